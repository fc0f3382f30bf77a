import { pairwiseSum64, standardDeviation } from "./float64.ts";
import { roundHalfEven } from "./rounding.ts";

/** Shares of the queries that are left unanswered, as numpy's `linspace(0, 1, 11)[:-1]` makes them. */
const rates = Float64Array.from({ length: 10 }, (_, i) => i * 0.1);

/** Confidences of a ranking, from its scores. */
export interface Confidence {
  /** Best score. */
  readonly max: number;
  /** Population standard deviation of the scores. */
  readonly std: number;
  /** Distance of the best score from the second; 0 for fewer than two. */
  readonly diff1: number;
}

/**
 * Reads confidences from scores, best first; all 0 where nothing was ranked. Source: mteb 2.26 `confidence_scores`.
 * @param listed the same scores in the order in which their deviations are added up
 */
export function confidenceOf(scores: ArrayLike<number>, listed = scores): Confidence {
  const [first = 0, second] = [scores[0], scores[1]];
  return { max: first, std: standardDeviation(listed), diff1: second === undefined ? 0 : first - second };
}

/** Queries in the order in which they are left unanswered. */
export interface AbstentionOrder {
  /** Queries by rising confidence, [queries]. */
  readonly order: Uint32Array;
  /** Starts of the groups of equal confidence, and at last the number of queries. */
  readonly groups: Uint32Array;
}

function groupsOf(sorted: (i: number) => number, count: number): Uint32Array {
  const starts: number[] = [];
  for (let i = 0; i < count; i++) if (i === 0 || sorted(i) !== sorted(i - 1)) starts.push(i);
  return Uint32Array.from([...starts, count]);
}

/** Compares numbers; one that is NaN, as infinite scores make it, comes last. */
const compareNumbers = (a: number, b: number): number => Number(Number.isNaN(a)) - Number(Number.isNaN(b)) || a - b;

/** Orders queries by rising confidence, equal ones grouped, but none with another whose confidence is NaN. */
export function abstentionOrder(confidence: Float64Array): AbstentionOrder {
  const order = Uint32Array.from(confidence, (_, i) => i);
  order.sort((a, b) => compareNumbers(confidence[a], confidence[b]) || a - b);
  return { order, groups: groupsOf((i) => confidence[order[i]], order.length) };
}

/** Replaces each group's values by their mean, added up as numpy's `add.reduceat` does. */
function averageGroups(out: Float64Array, groups: Uint32Array): void {
  for (let g = 0; g + 1 < groups.length; g++) {
    const [start, end] = [groups[g], groups[g + 1]];
    const size = end - start;
    if (size === 1) continue;
    out.fill((out[start] + pairwiseSum64(out, start + 1, size - 1)) / size, start, end);
  }
}

/** Averages the values that are left at each rate of abstention, the first values being given up first, [10]. */
function curveOf(sorted: Float64Array): Float64Array {
  return rates.map((rate) => {
    const given = Math.min(roundHalfEven(rate * sorted.length, 0), sorted.length - 1);
    return pairwiseSum64(sorted, given) / (sorted.length - given);
  });
}

/** Sums up the trapezoids under a curve over the rates. Source: scikit-learn 1.9 `auc`. */
function areaUnder(curve: Float64Array): number {
  const parts = new Float64Array(curve.length - 1);
  for (let i = 0; i < parts.length; i++) {
    const width = rates[i + 1] - rates[i];
    parts[i] = (width * (curve[i + 1] + curve[i])) / 2;
  }
  return pairwiseSum64(parts);
}

/**
 * Computes the normalized area under the abstention curve for each order of abstention: the gain from leaving the
 * queries with the least confidence unanswered, as a share of an oracle's, which leaves the worst ones. At most 1; 0
 * for no gain, below 0 for a loss; NaN where the oracle gains nothing. Queries of equal confidence count as their mean.
 * Source: Gisserot-Boukhlef et al. 2024 (arXiv 2402.12997), mteb 2.26 `nauc`.
 * @param values a measure of each query, at least one
 */
export function normalizedAreas(values: Float64Array, orders: readonly AbstentionOrder[]): number[] {
  const oracle = Float64Array.from(values).sort();
  averageGroups(
    oracle,
    groupsOf((i) => oracle[i], oracle.length),
  );
  const best = curveOf(oracle);
  const bestArea = areaUnder(best);
  const flatArea = best[0] * (rates[rates.length - 1] - rates[0]);
  return orders.map(({ order, groups }) => {
    if (bestArea === flatArea) return Number.NaN;
    const sorted = new Float64Array(values.length);
    for (let i = 0; i < sorted.length; i++) sorted[i] = values[order[i]];
    averageGroups(sorted, groups);
    return (areaUnder(curveOf(sorted)) - flatArea) / (bestArea - flatArea);
  });
}
