import { setImmediate } from "node:timers/promises";
import { mean } from "../metrics/lists.ts";
import type { Statistic } from "../statistic.ts";
import { combine, type Draws, pooledDegrees, undrawn } from "./draws.ts";
import { drawNormals, drawWeights, randomState } from "./generator.ts";

/** One subset measured with two models: the same units and experiments, in the same order. */
export interface StatisticPair {
  readonly base: Statistic;
  readonly candidate: Statistic;
}

export interface CompareOptions {
  /** 1 or more; `defaultResamples` is enough for 100 tasks. */
  readonly resamples: number;
  /** A whole number; the same one gives the same draws on every machine. */
  readonly seed: number;
  /**
   * Name of the comparison, such as the task's; each has its own stream of the seed. Two tasks drawn from one stream
   * would scatter together, and the mean over them would look less sure, or surer, than it is.
   */
  readonly name: string;
  /** Is told the number of resamples of all subsets that are done. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the work within some milliseconds; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Resamples of a comparison. The least p-value is 2 / 4,001: after Holm's correction a task can be significant at 0.05
 * among up to 100. The Monte Carlo error of an end of the interval is then about 2 % of the interval's half width.
 */
export const defaultResamples = 4000;

/**
 * Compares a task's score, the mean over its subsets, between two models: their difference with its scatter by a paired
 * bootstrap, which scores both models on the same resampled units. Experiments are a second level, resampled by
 * themselves, paired too. There are no draws where a subset has a single effective unit, where a score is undefined,
 * and where it is undefined in more than half of the resamples; single ones of those are drawn again. Throws
 * `RangeError` where a pair does not match, for no pairs, and for fewer than one resample; rejects with the signal's
 * reason.
 *
 * The two levels are drawn one after the other, not at once: the variance of the single cell (this unit in this
 * experiment) is counted three times if both are drawn at once, and twice if each is drawn by itself (Owen, "The
 * pigeonhole bootstrap", Annals of Applied Statistics 1, 2007). The second time is taken out here: see `resample`.
 */
export async function compareSamples(subsets: readonly StatisticPair[], options: CompareOptions): Promise<Draws> {
  const { resamples, onProgress, signal } = options;
  if (!(resamples >= 1)) throw new RangeError(`compareSamples: ${resamples} resamples; it takes one or more`);
  subsets.forEach(checkPair);
  const drawn: Draws[] = [];
  const pause = pausing(signal, (done) => onProgress?.(drawn.length * resamples + done, subsets.length * resamples));
  for (const [index, pair] of subsets.entries()) {
    signal?.throwIfAborted();
    drawn.push(await resample(pair, index, options, pause));
  }
  onProgress?.(subsets.length * resamples, subsets.length * resamples);
  return combine(drawn);
}

/** Time for which the event loop is kept waiting, in milliseconds. */
const patience = 25;

/** Returns what gives other work its turn now and then, tells how much is done, and ends the work with the signal's reason. */
export function pausing(
  signal: AbortSignal | undefined,
  tell: (done: number) => void,
): (done: number) => Promise<void> {
  let last = performance.now();
  return async (done) => {
    if (performance.now() - last < patience) return;
    tell(done);
    await setImmediate();
    signal?.throwIfAborted();
    last = performance.now();
  };
}

function checkPair({ base, candidate }: StatisticPair): void {
  if (base.units === candidate.units && base.experiments === candidate.experiments) return;
  throw new RangeError(
    `compareSamples: ${base.units} units in ${base.experiments} experiments against ` +
      `${candidate.units} in ${candidate.experiments}`,
  );
}

/** Returns the number of units that carry a score's variance. */
export const effectiveUnits = (statistic: Statistic): number => statistic.effectiveUnits ?? statistic.units;

/** Computes the unbiased variance; 0 for one value. */
export function variance(values: Float64Array): number {
  if (values.length < 2) return 0;
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}

/** Writes the values times the factor to `out`, shifted so that their mean is 0. */
export function centred(out: Float64Array, values: Float64Array, factor: number): void {
  const centre = mean(values);
  for (let i = 0; i < out.length; i++) out[i] = (values[i] - centre) * factor;
}

/** Resamples the units of a pair; undefined where a score is in more than half of the resamples. */
async function resampleUnits(
  { base, candidate }: StatisticPair,
  state: Int32Array,
  resamples: number,
  pause: (done: number) => Promise<void>,
): Promise<UnitLevel | undefined> {
  const draws = new Float64Array(resamples);
  const weights = new Int32Array(base.units);
  const differences = new Float64Array(base.experiments);
  let betweenExperiments = 0;
  let undefinedDraws = 0;
  for (let done = 0; done < resamples; ) {
    drawWeights(weights, state);
    const [left, right] = [candidate.scores(weights), base.scores(weights)];
    for (let e = 0; e < differences.length; e++) differences[e] = left[e] - right[e];
    const draw = mean(differences);
    if (Number.isNaN(draw)) {
      if (++undefinedDraws > resamples) return undefined;
    } else {
      betweenExperiments += variance(differences) / resamples;
      draws[done++] = draw;
    }
    await pause(done);
  }
  return { draws, betweenExperiments };
}

/**
 * Resamples one subset: draw = difference + deviation with resampled units + deviation with other experiments. The
 * variance of n resampled units is short by (n − 1) / n, which the deviations make up for. Experiments are some ten,
 * too few to be drawn with replacement: their deviation is normal, with their variance (a parametric bootstrap). The
 * variance between experiments includes the share of the single cells, which resampled units bring already. The
 * resampling of units adds that share to the variance between experiments; it is taken from the second deviation, down
 * to none.
 */
async function resample(
  pair: StatisticPair,
  index: number,
  { seed, name, resamples }: CompareOptions,
  pause: (done: number) => Promise<void>,
): Promise<Draws> {
  const units = Math.min(effectiveUnits(pair.base), effectiveUnits(pair.candidate));
  const scores = { base: pair.base.scores().slice(), candidate: pair.candidate.scores().slice() };
  const nothing = undrawnPair(scores);
  if (units < 2 || Number.isNaN(nothing.difference)) return nothing;
  const level = await resampleUnits(pair, randomState(seed, name, index, "units"), resamples, pause);
  return level === undefined ? nothing : drawsOf(scores, units, level, randomState(seed, name, index, "experiments"));
}

/** The scores of two models in each experiment. */
interface PairScores {
  readonly base: Float64Array;
  readonly candidate: Float64Array;
}

/** Makes of two models' scores their difference, whose scatter is unknown. */
export function undrawnPair({ base, candidate }: PairScores): Draws {
  const scores = { base: mean(base), candidate: mean(candidate) };
  return { ...scores, ...undrawn(scores.candidate - scores.base) };
}

/** The first level of a pair: resampled units. */
export interface UnitLevel {
  /** Differences of the means over experiments, [resamples]. */
  readonly draws: Float64Array;
  /** Mean over the resamples of the variance of the difference between experiments. */
  readonly betweenExperiments: number;
}

/** Computes the variance of a mean over experiments by their choice, without the share that resampled units bring already. */
export function experimentsVariance(ofEach: Float64Array, betweenExperiments: number): number {
  const whole = variance(ofEach) / ofEach.length;
  return Math.max(0, Math.min(whole, 2 * whole - betweenExperiments / ofEach.length));
}

/** Adds to resampled units the second level, that of experiments, from a stream of its own. */
export function drawsOf(scores: PairScores, units: number, level: UnitLevel, state: Int32Array): Draws {
  const { base, candidate } = scores;
  const experiments = base.length;
  const resamples = level.draws.length;
  const differences = candidate.map((score, i) => score - base[i]);
  const { difference, ...means } = undrawnPair(scores);
  const draws = new Float64Array(resamples);
  centred(draws, level.draws, Math.sqrt(units / (units - 1)));
  const ofUnits = variance(draws);
  const ofExperiments = experimentsVariance(differences, level.betweenExperiments);
  if (ofExperiments > 0) {
    const deviations = new Float64Array(resamples);
    drawNormals(deviations, state);
    centred(deviations, deviations, Math.sqrt(ofExperiments));
    for (let i = 0; i < resamples; i++) draws[i] += deviations[i];
  }
  return {
    ...means,
    difference,
    draws: draws.map((deviation) => difference + deviation),
    variance: ofUnits + ofExperiments,
    // The experiments' variance is known from all of it, the share taken out included.
    degreesOfFreedom: pooledDegrees(ofUnits + ofExperiments, [
      [ofUnits, units - 1],
      [ofExperiments > 0 ? variance(differences) / experiments : 0, experiments - 1],
    ]),
  };
}
