import type { CorrelationSamples } from "../samples.ts";
import { runsOf, type WeightedScore } from "./weighted-score.ts";

const { abs, max, min, sqrt } = Math;

/** Divides the values by the largest of them, so that their squares stay in range. */
function scaled(values: ArrayLike<number>): Float64Array {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const size = abs(values[i]);
    if (size < Infinity && size > largest) largest = size;
  }
  return Float64Array.from(values, (value) => (largest === 0 ? value : value / largest));
}

/** Computes Pearson's correlation, units repeated. NaN where either list is constant over the units that count. */
function weightedPearson(x: Float64Array, y: Float64Array, weights: Int32Array): number {
  let count = 0;
  let [meanX, meanY] = [0, 0];
  let [lowX, highX, lowY, highY] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i];
    if (weight === 0) continue;
    const [a, b] = [x[i], y[i]];
    count += weight;
    meanX += weight * a;
    meanY += weight * b;
    [lowX, highX] = [min(lowX, a), max(highX, a)];
    [lowY, highY] = [min(lowY, b), max(highY, b)];
  }
  // Means are rounded, so that deviations of equal values need not be 0.
  if (count === 0 || lowX === highX || lowY === highY) return Number.NaN;
  meanX /= count;
  meanY /= count;
  let [products, squaresX, squaresY] = [0, 0, 0];
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i];
    if (weight === 0) continue;
    const [dx, dy] = [x[i] - meanX, y[i] - meanY];
    products += weight * dx * dy;
    squaresX += weight * dx * dx;
    squaresY += weight * dy * dy;
  }
  return max(-1, min(1, products / (sqrt(squaresX) * sqrt(squaresY))));
}

/** Units of equal value, by rising value. */
interface Runs {
  /** Number of each unit's run. */
  readonly runOf: Int32Array;
  /** Of each run, for the present weights: number of units, and difference of their rank from the mean rank. */
  readonly sizes: Float64Array;
  readonly deviations: Float64Array;
}

function rankedRuns(values: ArrayLike<number>): Runs {
  const { runOf, runs } = runsOf(values);
  return { runOf, sizes: new Float64Array(runs), deviations: new Float64Array(runs) };
}

function countRuns({ runOf, sizes }: Runs, weights: Int32Array): void {
  sizes.fill(0);
  for (let u = 0; u < runOf.length; u++) sizes[runOf[u]] += weights[u];
}

/** Fills in the deviations of the average ranks and returns the sum of their squares over all units that count. */
function rankRuns({ sizes, deviations }: Runs, total: number): number {
  let [before, squares] = [0, 0];
  for (let run = 0; run < sizes.length; run++) {
    const size = sizes[run];
    // The average rank is before + (size + 1) / 2, the mean rank (total + 1) / 2.
    const deviation = before + (size - total) / 2;
    deviations[run] = deviation;
    squares += size * deviation * deviation;
    before += size;
  }
  return squares;
}

function spearmanOf(gold: Float64Array, scores: Float32Array): WeightedScore {
  const [x, y] = [rankedRuns(gold), rankedRuns(scores)];
  return (weights) => {
    countRuns(x, weights);
    countRuns(y, weights);
    let total = 0;
    for (let u = 0; u < weights.length; u++) total += weights[u];
    const [squaresX, squaresY] = [rankRuns(x, total), rankRuns(y, total)];
    let products = 0;
    for (let u = 0; u < weights.length; u++) {
      const deviation = x.deviations[x.runOf[u]];
      products += weights[u] * deviation * y.deviations[y.runOf[u]];
    }
    // Halves are exact: both are 0 where ranks are constant, and then this is NaN.
    return max(-1, min(1, products / (sqrt(squaresX) * sqrt(squaresY))));
  };
}

function pearsonOf(gold: Float64Array, scores: Float32Array): WeightedScore {
  const [x, y] = [scaled(gold), scaled(scores)];
  return (weights) => weightedPearson(x, y, weights);
}

/**
 * Returns Pearson's or Spearman's correlation of `metrics/correlation.ts`, units repeated. NaN where the units that
 * count have one gold score or one similarity, and where a value of them is NaN.
 */
export function correlationScore({ measure, gold, scores }: CorrelationSamples): WeightedScore {
  const score = measure === "pearson" ? pearsonOf(gold, scores) : spearmanOf(gold, scores);
  const unusable = [...gold.keys()].filter((u) => Number.isNaN(gold[u]) || Number.isNaN(scores[u]));
  return (weights) => (unusable.some((u) => weights[u] > 0) ? Number.NaN : score(weights));
}
