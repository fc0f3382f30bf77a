import { pairwiseSum64 } from "./float64.ts";
import { hasNaN, isConstant } from "./lists.ts";

/** Divides deviations from the mean by their length; the largest is divided out first, so that squares stay in range. */
function standardize(values: ArrayLike<number>): Float64Array {
  // As numpy's mean: where values differ in their last digits alone, a mean that is off by one moves the correlation.
  const mean = pairwiseSum64(Float64Array.from(values)) / values.length;
  const deviations = Float64Array.from(values, (value) => value - mean);
  let largest = 0;
  for (const deviation of deviations) largest = Math.max(largest, Math.abs(deviation));
  let squares = 0;
  for (const deviation of deviations) squares += (deviation / largest) ** 2;
  const length = largest * Math.sqrt(squares);
  return deviations.map((deviation) => deviation / length);
}

/**
 * Computes Pearson's correlation: the inner product of the two lists' deviations from their means, both scaled to
 * length 1. Lists of one length; −1 ≤ r ≤ 1, higher is better. NaN for fewer than two values, for a constant list, and
 * where a value is NaN. Computed in float64 whatever the lists hold. Source: `scipy.stats.pearsonr` 1.17.
 */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number {
  if (x.length !== y.length) throw new RangeError(`pearson: ${x.length} values against ${y.length}`);
  if (x.length < 2 || isConstant(x) || isConstant(y)) return Number.NaN;
  const a = standardize(x);
  const b = standardize(y);
  let r = 0;
  for (let i = 0; i < a.length; i++) r += a[i] * b[i];
  return Math.max(-1, Math.min(1, r));
}

/** Ranks the values from 1, ascending; equal values share the mean of their ranks, [values.length]. */
export function averageRanks(values: ArrayLike<number>): Float64Array {
  const order = Int32Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let i = start; i < end; i++) ranks[order[i]] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** Computes the covariance of ranks. The mean of n ranks is (n + 1) / 2 whatever the ties, so nothing is rounded. */
function covariance(a: Float64Array, b: Float64Array): number {
  const mean = (a.length + 1) / 2;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - mean) * (b[i] - mean);
  return sum * (1 / (a.length - 1));
}

/**
 * Computes Spearman's rank correlation: Pearson's of the average ranks, by way of their covariances as scipy has it.
 * Lists of one length; −1 ≤ ρ ≤ 1, higher is better; ties share the mean of their ranks. NaN for fewer than two values,
 * for a constant list, and where a value is NaN. Source: `scipy.stats.spearmanr` 1.17.
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  if (x.length !== y.length) throw new RangeError(`spearman: ${x.length} values against ${y.length}`);
  if (x.length < 2 || hasNaN(x) || hasNaN(y) || isConstant(x) || isConstant(y)) return Number.NaN;
  const [a, b] = [averageRanks(x), averageRanks(y)];
  const rho = covariance(a, b) / Math.sqrt(covariance(b, b)) / Math.sqrt(covariance(a, a));
  return Math.max(-1, Math.min(1, rho));
}
