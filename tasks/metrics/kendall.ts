import { hasNaN, isConstant } from "./lists.ts";

/**
 * Computes Kendall's τ-b: pairs in the same order less those in opposite order, divided by the geometric mean of the pairs
 * that differ on either side. Lists of one length; −1 ≤ τ ≤ 1, higher is better. NaN for fewer than two values, for a
 * constant list, and where a value is NaN. Source: scipy 1.17 `stats.kendalltau`.
 */
export function kendallTau(x: ArrayLike<number>, y: ArrayLike<number>): number {
  if (x.length !== y.length) throw new RangeError(`kendallTau: ${x.length} values against ${y.length}`);
  const { length } = x;
  if (length < 2 || hasNaN(x) || hasNaN(y) || isConstant(x) || isConstant(y)) return Number.NaN;
  const order = Int32Array.from({ length }, (_, i) => i).sort((a, b) => x[a] - x[b] || y[a] - y[b]);
  const inOrder = Float64Array.from(order, (i) => y[i]);
  const tiedBoth = pairsAlike(length, (i) => x[order[i]] === x[order[i - 1]] && inOrder[i] === inOrder[i - 1]);
  const tiedX = pairsAlike(length, (i) => x[order[i]] === x[order[i - 1]]);
  const opposite = sortCountingSwaps(inOrder);
  const tiedY = pairsAlike(length, (i) => inOrder[i] === inOrder[i - 1]);
  const all = (length * (length - 1)) / 2;
  const difference = all - tiedX - tiedY + tiedBoth - 2 * opposite;
  const tau = difference / Math.sqrt(all - tiedX) / Math.sqrt(all - tiedY);
  return Math.max(-1, Math.min(1, tau));
}

/** Counts pairs within runs of neighbours that are alike. */
function pairsAlike(length: number, isLikeLast: (i: number) => boolean): number {
  let [pairs, run] = [0, 0];
  for (let i = 1; i < length; i++) {
    run = isLikeLast(i) ? run + 1 : 0;
    pairs += run;
  }
  return pairs;
}

/** Sorts the values, and counts the pairs of which the greater came first. */
function sortCountingSwaps(values: Float64Array): number {
  let swaps = 0;
  const merged = new Float64Array(values.length);
  for (let width = 1; width < values.length; width *= 2) {
    for (let start = 0; start < values.length; start += 2 * width) {
      const [middle, end] = [Math.min(start + width, values.length), Math.min(start + 2 * width, values.length)];
      let [left, right] = [start, middle];
      for (let at = start; at < end; at++) {
        if (right < end && (left >= middle || values[right] < values[left])) {
          merged[at] = values[right++];
          swaps += middle - left;
        } else merged[at] = values[left++];
      }
    }
    values.set(merged);
  }
  return swaps;
}
