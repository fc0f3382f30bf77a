/**
 * p-values corrected for their number, in their order: with those at or below a level called significant, the chance of
 * a single false one among them all is at most that level, however they depend on one another. The k-th smallest of m is
 * multiplied by m − k + 1, is at least the one before it and at most 1. A NaN stays NaN and does not count into m.
 * Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979).
 */
export function holm(pValues: readonly number[]): number[] {
  const order = [...pValues.keys()]
    .filter((place) => !Number.isNaN(pValues[place]))
    .sort((a, b) => pValues[a] - pValues[b]);
  const adjusted = pValues.map(() => Number.NaN);
  let largest = 0;
  order.forEach((place, rank) => {
    largest = Math.max(largest, Math.min(1, pValues[place] * (order.length - rank)));
    adjusted[place] = largest;
  });
  return adjusted;
}
