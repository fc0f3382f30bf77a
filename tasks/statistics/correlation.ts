import type { CorrelationSamples } from "../samples.ts";
import { sortedRuns, type WeightedScore } from "./weighted-score.ts";

const { abs, max, min, sqrt } = Math;

/** The values over the largest of them, so that their squares stay in range. */
function scaled(values: ArrayLike<number>): Float64Array {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const size = abs(values[i] as number);
    if (size < Infinity && size > largest) largest = size;
  }
  return Float64Array.from(values, (value) => (largest === 0 ? value : value / largest));
}

/** Pearson's correlation where places count several times. NaN where either list is constant over what counts. */
function weightedPearson(x: Float64Array, y: Float64Array, weights: Int32Array): number {
  let count = 0;
  let [meanX, meanY] = [0, 0];
  let [lowX, highX, lowY, highY] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] as number;
    if (weight === 0) continue;
    const [a, b] = [x[i] as number, y[i] as number];
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
    const weight = weights[i] as number;
    if (weight === 0) continue;
    const [dx, dy] = [(x[i] as number) - meanX, (y[i] as number) - meanY];
    products += weight * dx * dy;
    squaresX += weight * dx * dx;
    squaresY += weight * dy * dy;
  }
  return max(-1, min(1, products / (sqrt(squaresX) * sqrt(squaresY))));
}

/** Writes each place's average rank among the values where places count several times. */
function rankerOf(values: ArrayLike<number>): (out: Float64Array, weights: Int32Array) => void {
  const { order, ends } = sortedRuns(values);
  return (out, weights) => {
    let [start, before] = [0, 0];
    for (let run = 0; run < ends.length; run++) {
      const end = ends[run] as number;
      let weight = 0;
      for (let i = start; i < end; i++) weight += weights[order[i] as number] as number;
      const rank = before + (weight + 1) / 2;
      for (let i = start; i < end; i++) out[order[i] as number] = rank;
      before += weight;
      start = end;
    }
  };
}

function spearmanOf(gold: Float64Array, scores: Float32Array): WeightedScore {
  const [rankGold, rankScores] = [rankerOf(gold), rankerOf(scores)];
  const [x, y] = [new Float64Array(gold.length), new Float64Array(gold.length)];
  return (weights) => {
    rankGold(x, weights);
    rankScores(y, weights);
    return weightedPearson(x, y, weights);
  };
}

function pearsonOf(gold: Float64Array, scores: Float32Array): WeightedScore {
  const [x, y] = [scaled(gold), scaled(scores)];
  return (weights) => weightedPearson(x, y, weights);
}

/**
 * Pearson's or Spearman's correlation of `metrics/correlation.ts`, units repeated. NaN where the units that count have
 * one gold score or one similarity, and where a value of them is NaN.
 */
export function correlationScore({ measure, gold, scores }: CorrelationSamples): WeightedScore {
  const score = measure === "pearson" ? pearsonOf(gold, scores) : spearmanOf(gold, scores);
  const unusable = [...gold.keys()].filter((u) => Number.isNaN(gold[u]) || Number.isNaN(scores[u]));
  return (weights) => (unusable.some((u) => (weights[u] as number) > 0) ? Number.NaN : score(weights));
}
