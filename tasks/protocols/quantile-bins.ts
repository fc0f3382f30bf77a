/** Returns a quantile between values in ascending order, 0 ≤ share ≤ 1, as numpy interpolates. */
function quantile(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const [low, high] = [sorted[below], sorted[Math.min(below + 1, sorted.length - 1)]];
  const t = place - below;
  const step = high - low;
  return t >= 0.5 ? high - step * (1 - t) : low + step * t;
}

const bins = 10;

/**
 * Numbers values by the quantile that they fall in, [values.length], from 0 and without gaps: bins end at the quantiles 0.1,
 * 0.2 … 1, the upper end within; equal ends are one. Source: pandas 3.1 `qcut(values, 10, duplicates="drop")`, the numbers
 * then counted as mteb 2.26 `AbsTaskRegression.stratified_subsampling` does.
 */
export function quantileBins(values: readonly number[]): Int32Array {
  const sorted = Float64Array.from(values).sort();
  // pandas asks numpy for percentages, which are divided by 100 again.
  const shares = Array.from({ length: bins + 1 }, (_, i) => (i === bins ? 1 : (i * (1 / bins) * 100) / 100));
  const ends = [...new Set(shares.map((share) => quantile(sorted, share)))];
  const numbers = Int32Array.from(values, (value) => {
    const place = ends.findIndex((end) => value <= end);
    return Math.max(0, place - 1);
  });
  const used = [...new Set(numbers)].sort((a, b) => a - b);
  const renumbered = new Map(used.map((number, i) => [number, i]));
  return numbers.map((number) => renumbered.get(number) as number);
}
