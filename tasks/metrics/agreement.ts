const { log, log10 } = Math;

const [thresholdCount, largest] = [30, 6.5];

/** The thresholds of a ratio of distances, 1 to 6.5 in equal steps of their logarithm. */
export const ratioThresholds: readonly number[] = Array.from(
  { length: thresholdCount },
  (_, i) => 10 ** ((i / (thresholdCount - 1)) * log10(largest)),
);

/**
 * Integrates alpha = 2 · agreed ÷ triplets − 1 over the logarithm of the thresholds for which there are triplets, by
 * trapezoids, and divides by their span; −1 … 1, alpha itself where there is one such threshold, NaN where there is none.
 * Source: mteb 2.26 `StakeholderGrounding`, `_alpha_auc`.
 * @param triplets Number of triplets whose ratio of distances is above each threshold, [thresholds].
 * @param agreed Those of them that the model orders as people did, [thresholds].
 */
export function alphaAuc(triplets: ArrayLike<number>, agreed: ArrayLike<number>): number {
  let [area, first, last, alpha] = [0, Number.NaN, Number.NaN, Number.NaN];
  for (const [i, threshold] of ratioThresholds.entries()) {
    if (triplets[i] === 0) continue;
    const [place, value] = [log(threshold), (2 * agreed[i]) / triplets[i] - 1];
    if (Number.isNaN(first)) first = place;
    else area += ((alpha + value) / 2) * (place - last);
    [last, alpha] = [place, value];
  }
  return last === first ? alpha : area / (last - first);
}
