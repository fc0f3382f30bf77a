/**
 * Corrects p-values for their number, in their order: if those at or below a level are called significant, the
 * probability of a single false one is at most that level, however they depend on one another. The k-th smallest of m
 * is multiplied by m − k + 1, is at least the one before it and at most 1. A NaN stays NaN and does not count in m.
 * Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979).
 */
export function holm(pValues: readonly number[]): number[] {
  const order = [...pValues.keys()].filter((i) => !Number.isNaN(pValues[i])).sort((a, b) => pValues[a] - pValues[b]);
  const adjusted = pValues.map(() => Number.NaN);
  let largest = 0;
  order.forEach((i, rank) => {
    largest = Math.max(largest, Math.min(1, pValues[i] * (order.length - rank)));
    adjusted[i] = largest;
  });
  return adjusted;
}
