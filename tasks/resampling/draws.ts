import { normalTwoSided, studentTwoSided } from "./quantiles.ts";

/** The difference of two scores and its scatter over other samples of the same size. */
export interface Draws {
  /** Score, 0 … 1. */
  readonly base: number;
  readonly candidate: number;
  /** Candidate minus base. */
  readonly difference: number;
  /** Resampled differences, centred on the difference, [resamples]; empty where its scatter is unknown. */
  readonly draws: Float64Array;
  /** Of the difference; NaN where `draws` is empty. */
  readonly variance: number;
  /** Degrees of freedom of the variance; infinite where it is 0. */
  readonly degreesOfFreedom: number;
}

/** Summary of a difference; empty where its scatter is unknown. */
export interface Summary {
  /** Ends of the interval. */
  readonly interval?: readonly [low: number, high: number];
  /** Two-sided, of the hypothesis that the difference is 0; above 0 … 1. */
  readonly pValue?: number;
  readonly degreesOfFreedom?: number;
}

/**
 * Combines the draws of the members of a mean, which are fixed and whose samples are independent: subsets of a task,
 * tasks of a type, types of a benchmark. The mean has no draws where a member has none. The degrees of freedom are
 * Satterthwaite's, "An approximate distribution of estimates of variance components", Biometrics Bulletin 2 (1946).
 * Throws `RangeError` for no members and for members of unequal numbers of draws.
 */
export function combine(members: readonly Draws[]): Draws {
  const [first] = members;
  if (first === undefined) throw new RangeError("combine: there is no mean of no draws");
  const count = members.length;
  const mean = (value: (member: Draws) => number): number =>
    members.reduce((sum, member) => sum + value(member), 0) / count;
  const scores = { base: mean((one) => one.base), candidate: mean((one) => one.candidate) };
  const difference = mean((one) => one.difference);
  if (members.some(({ draws }) => draws.length === 0)) return { ...scores, ...undrawn(difference) };
  const odd = members.find(({ draws }) => draws.length !== first.draws.length);
  if (odd !== undefined) {
    throw new RangeError(`combine: ${odd.draws.length} draws beside ${first.draws.length}; all must be as many`);
  }
  const draws = new Float64Array(first.draws.length);
  for (const member of members) {
    for (let i = 0; i < draws.length; i++) draws[i] += member.draws[i] / count;
  }
  const variances = members.map((one) => one.variance / count ** 2);
  const variance = variances.reduce((sum, one) => sum + one, 0);
  const degrees = variances.map((one, i) => [one, members[i].degreesOfFreedom] as const);
  return { ...scores, difference, draws, variance, degreesOfFreedom: pooledDegrees(variance, degrees) };
}

/** Makes draws of a difference whose scatter is unknown. */
export function undrawn(difference: number): Pick<Draws, "difference" | "draws" | "variance" | "degreesOfFreedom"> {
  return { difference, draws: new Float64Array(0), variance: Number.NaN, degreesOfFreedom: Number.NaN };
}

/** Computes Satterthwaite's degrees of freedom, at least 1, of a sum of variances, each with degrees of its own. */
export function pooledDegrees(sum: number, parts: readonly (readonly [variance: number, degrees: number])[]): number {
  const known = parts.filter(([variance]) => variance > 0);
  const below = known.reduce((total, [variance, degrees]) => total + variance ** 2 / degrees, 0);
  return below === 0 ? Number.POSITIVE_INFINITY : Math.max(1, sum ** 2 / below);
}

/**
 * Returns the k-th end of an interval from below, 1 ≤ k ≤ resamples / 2, or from above: the k-th of the sorted draws,
 * its distance from the difference stretched by the ratio of Student's t to the normal at the same level.
 */
function endpoint(sorted: Float64Array, k: number, side: "low" | "high", from: Draws): number {
  const alpha = (2 * k) / (sorted.length + 1);
  const stretch = studentTwoSided(alpha, from.degreesOfFreedom) / normalTwoSided(alpha);
  const draw = sorted[side === "low" ? k - 1 : sorted.length - k];
  return from.difference + stretch * (draw - from.difference);
}

/** Counts the draws beyond each end: as many as the level allows, as a p-value below it says. */
const outside = (resamples: number, confidence: number): number =>
  Math.ceil(((resamples + 1) * (1 - confidence)) / 2 - 1e-9) - 1;

/**
 * Computes the interval of a difference, and the p-value that it is 0: twice the smaller share of draws beyond 0, each
 * with the end that it would make, (1 + beyond) / (1 + resamples). 0 lies outside the interval exactly where the
 * p-value is below 1 − confidence. The least p-value is 2 / (1 + resamples). `confidence` is above 0 and below 1; 0.95.
 * Throws `RangeError` where there are too few draws for an interval of that confidence.
 *
 * Sources: percentile intervals stretched for small samples, Hesterberg, "What Teachers Should Know About the
 * Bootstrap", The American Statistician 69 (2015), with the degrees of freedom of all that is resampled; the p-value's
 * form, Davison and Hinkley, "Bootstrap Methods and their Application", 4.2 (1997).
 */
export function summarize(from: Draws, confidence = 0.95): Summary {
  const resamples = from.draws.length;
  if (resamples === 0) return {};
  const k = outside(resamples, confidence);
  if (k < 1) throw new RangeError(`summarize: ${resamples} draws are too few for an interval at ${confidence}`);
  const sorted = from.draws.slice().sort();
  const interval = [endpoint(sorted, k, "low", from), endpoint(sorted, k, "high", from)] as const;
  const beyond = Math.min(
    countBeyond(resamples, (at) => endpoint(sorted, at, "low", from) <= 0),
    countBeyond(resamples, (at) => endpoint(sorted, at, "high", from) >= 0),
  );
  const pValue = Math.min(1, (2 * (1 + beyond)) / (1 + resamples));
  return { interval, pValue, degreesOfFreedom: from.degreesOfFreedom };
}

/** Counts the k of 1 … resamples / 2 for which the test holds: all up to some k, and none after it. */
function countBeyond(resamples: number, holds: (k: number) => boolean): number {
  let low = 0;
  let high = Math.floor(resamples / 2);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
