import { groupBy } from "../../datasets/group-by.ts";
import { mean } from "../metrics/lists.ts";
import type { Statistic } from "../statistic.ts";
import { pooledDegrees } from "./draws.ts";
import { studentTwoSided } from "./quantiles.ts";

/** One subset measured with two models, of which the candidate's has some of the base's units or all of them. */
export interface SharedUnits {
  readonly base: Statistic;
  readonly candidate: Statistic;
  /** Place among the base's units of each of the candidate's, [candidate's units]. */
  readonly places: Int32Array;
}

/** A difference of two scores, candidate minus base, and how it scatters over other units of the same kind. */
export interface Spread {
  readonly difference: number;
  /** NaN where it cannot be told. */
  readonly variance: number;
  /** Degrees of freedom of the variance. */
  readonly degrees: number;
}

/** Most groups of units that are left out in turn; as many scores are computed. */
const mostGroups = 100;

/** A subset's difference, in all experiments and of each without some of the units. */
interface Deviations {
  readonly difference: number;
  /** How far the difference without a group of units is from the mean of these, [groups]. */
  readonly values: Float64Array;
  /** Variance of the difference that other experiments bring. */
  readonly ofExperiments: number;
  readonly experiments: number;
  /** Number of units that carry the scatter. */
  readonly carrying: number;
  /** Subsets of one key have units at the same places of lists of one length. */
  readonly key: string;
}

const sumOfSquares = (values: Float64Array): number => values.reduce((sum, value) => sum + value ** 2, 0);

/** Returns how far values are from their mean. */
function centred(values: Float64Array): Float64Array {
  const centre = mean(values);
  return values.map((value) => value - centre);
}

/** The jackknife's variance of deviations. */
const jackknifed = (values: Float64Array): number => ((values.length - 1) / values.length) * sumOfSquares(values);

/** Leaves out every group of units in turn, of both models at once; the candidate's unit u is of group u mod their number. */
function deviationsOf({ base, candidate, places }: SharedUnits): Deviations {
  const { units, experiments } = candidate;
  if (places.length !== units || base.experiments !== experiments) {
    throw new RangeError(
      `spreadOf: ${places.length} places in ${base.experiments} experiments for ${units} units in ${experiments}`,
    );
  }
  const [ofBase, ofCandidate] = [new Int32Array(base.units), new Int32Array(units)];
  /** Difference in each experiment without a group; of all units where there is no such group. */
  const differences = (without: number, groups: number): Float64Array => {
    for (let unit = 0; unit < units; unit++) {
      ofCandidate[unit] = unit % groups === without ? 0 : 1;
      ofBase[places[unit]] = ofCandidate[unit];
    }
    const left = base.scores(ofBase).slice();
    return candidate.scores(ofCandidate).map((score, e) => score - left[e]);
  };
  const groups = Math.min(units, mostGroups);
  const whole = differences(-1, groups);
  const left = Array.from({ length: groups }, (_, group) => differences(group, groups));
  return {
    difference: mean(whole),
    values: centred(Float64Array.from(left, mean)),
    ofExperiments: experimentVariance(whole, left),
    experiments,
    carrying: candidate.effectiveUnits ?? units,
    key: JSON.stringify([groups, units, base.units]),
  };
}

/**
 * The variance that the mean over experiments has by these: what lies between them, less what the units of each bring to
 * that, which the variance by units has already; 0 for one experiment.
 */
function experimentVariance(whole: Float64Array, left: readonly Float64Array[]): number {
  const count = whole.length;
  if (count < 2) return 0;
  const own = (e: number): number =>
    jackknifed(centred(Float64Array.from(left, (differences) => differences[e] - mean(differences))));
  const between = sumOfSquares(centred(whole));
  const ofUnits = whole.reduce((sum, _, e) => sum + own(e), 0);
  return Math.max(0, between - ofUnits) / (count - 1) / count;
}

/**
 * Degrees of freedom of a variance of values: n − 1 where they are normal, and about twice the number of those that differ
 * from 0 where most do not, as the variance hangs on these alone. By the variance that an estimated variance has, whose
 * measure is the fourth moment. Infinite where all are 0.
 */
function degreesOf(values: Float64Array): number {
  const fourth = values.reduce((sum, value) => sum + value ** 4, 0);
  if (fourth === 0) return Number.POSITIVE_INFINITY;
  const carrying = sumOfSquares(values) ** 2 / fourth;
  const degrees = (2 * values.length * carrying) / (values.length - carrying);
  return carrying >= values.length ? values.length - 1 : Math.min(values.length - 1, degrees);
}

/**
 * How many units that nobody saw are taken to differ by as much as scores can: where all of n units are alike, or change by
 * a little, some in n of all may still change by much.
 */
const unseen = 1;

/**
 * Measures the difference of a task's score, the mean over its subsets, by the units that the candidate was scored on: a
 * paired jackknife, which leaves out groups of units of both models at once, so that it is of use for any score that is
 * made of units. Subsets of which the same places were drawn scatter together (`drawUnits`). Experiments add their share, as
 * in `compareSamples`, and so do units that nobody saw. The variance is NaN where the difference is undefined, also where it
 * is so without some of the units, and where a single unit carries it. Throws `RangeError` where places do not match, and for no subsets.
 */
export function spreadOf(subsets: readonly SharedUnits[]): Spread {
  if (subsets.length === 0) throw new RangeError("spreadOf: there is no mean of no subsets");
  const parts = subsets.map(deviationsOf);
  const together = [...groupBy(parts, ({ key }) => key).values()];
  const ofUnits = together.flatMap((same) => {
    const [{ values }] = same;
    const carrying = Math.min(...same.map((part) => part.carrying));
    const weight = 1 / parts.length;
    const sums = values.map((_, group) => weight * same.reduce((sum, part) => sum + part.values[group], 0));
    const floor = (unseen * weight * same.length) / carrying;
    return [
      [carrying < 2 ? Number.NaN : jackknifed(sums), Math.min(carrying - 1, degreesOf(sums))],
      [floor ** 2, Number.POSITIVE_INFINITY],
    ] as const;
  });
  const ofExperiments = parts.map(
    (part) => [part.ofExperiments / parts.length ** 2, Math.max(1, part.experiments - 1)] as const,
  );
  return joined(mean(parts.map((part) => part.difference)), [...ofUnits, ...ofExperiments]);
}

function joined(difference: number, parts: readonly (readonly [variance: number, degrees: number])[]): Spread {
  const variance = parts.reduce((sum, [one]) => sum + one, 0);
  const isKnown = Number.isFinite(variance + difference);
  return { difference, variance: isKnown ? variance : Number.NaN, degrees: pooledDegrees(variance, parts) };
}

/** Averages differences of tasks, whose units are others. The variance is NaN where one is. */
export function meanSpread(spreads: readonly Spread[]): Spread {
  return joined(
    mean(spreads.map((one) => one.difference)),
    spreads.map(({ variance, degrees }) => [variance / spreads.length ** 2, degrees] as const),
  );
}

/** Returns the interval of a difference that misses it with probability `error`; nothing where its variance is not known. */
export function intervalOf(
  { difference, variance, degrees }: Spread,
  error: number,
): readonly [low: number, high: number] | undefined {
  if (Number.isNaN(variance)) return undefined;
  const half = studentTwoSided(error, degrees) * Math.sqrt(variance);
  return [difference - half, difference + half];
}
