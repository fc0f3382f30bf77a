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

/** Time for which the event loop is kept waiting, in milliseconds. */
const patience = 25;

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
  let last = performance.now();
  const pause = async (done: number): Promise<void> => {
    if (performance.now() - last < patience) return;
    onProgress?.(drawn.length * resamples + done, subsets.length * resamples);
    await setImmediate();
    signal?.throwIfAborted();
    last = performance.now();
  };
  for (const [index, pair] of subsets.entries()) {
    signal?.throwIfAborted();
    drawn.push(await resample(pair, index, options, pause));
  }
  onProgress?.(subsets.length * resamples, subsets.length * resamples);
  return combine(drawn);
}

function checkPair({ base, candidate }: StatisticPair): void {
  if (base.units === candidate.units && base.experiments === candidate.experiments) return;
  throw new RangeError(
    `compareSamples: ${base.units} units in ${base.experiments} experiments against ` +
      `${candidate.units} in ${candidate.experiments}`,
  );
}

const effectiveUnits = (statistic: Statistic): number => statistic.effectiveUnits ?? statistic.units;

/** Computes the unbiased variance; 0 for one value. */
function variance(values: Float64Array): number {
  if (values.length < 2) return 0;
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}

/** Writes the values times the factor to `out`, shifted so that their mean is 0. */
function centred(out: Float64Array, values: Float64Array, factor: number): void {
  const centre = mean(values);
  for (let i = 0; i < out.length; i++) out[i] = (values[i] - centre) * factor;
}

/**
 * Resamples the units: differences of the means over experiments, [resamples], and the mean over the resamples of the
 * variance of the difference between experiments.
 */
async function resampleUnits(
  { base, candidate }: StatisticPair,
  state: Int32Array,
  resamples: number,
  pause: (done: number) => Promise<void>,
): Promise<{ readonly draws: Float64Array; readonly betweenExperiments: number } | undefined> {
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
  const { experiments } = pair.base;
  const units = Math.min(effectiveUnits(pair.base), effectiveUnits(pair.candidate));
  const base = pair.base.scores().slice();
  const candidate = pair.candidate.scores().slice();
  const differences = candidate.map((score, i) => score - base[i]);
  const scores = { base: mean(base), candidate: mean(candidate) };
  const difference = scores.candidate - scores.base;
  const nothing = { ...scores, ...undrawn(difference) };
  if (units < 2 || Number.isNaN(difference)) return nothing;
  const level = await resampleUnits(pair, randomState(seed, name, index, "units"), resamples, pause);
  if (level === undefined) return nothing;

  const draws = new Float64Array(resamples);
  centred(draws, level.draws, Math.sqrt(units / (units - 1)));
  const ofUnits = variance(draws);
  const whole = variance(differences) / experiments;
  const ofExperiments = Math.max(0, Math.min(whole, 2 * whole - level.betweenExperiments / experiments));
  if (ofExperiments > 0) {
    const deviations = new Float64Array(resamples);
    drawNormals(deviations, randomState(seed, name, index, "experiments"));
    centred(deviations, deviations, Math.sqrt(ofExperiments));
    for (let i = 0; i < resamples; i++) draws[i] += deviations[i];
  }
  return {
    ...scores,
    difference,
    draws: draws.map((deviation) => difference + deviation),
    variance: ofUnits + ofExperiments,
    // The experiments' variance is known from all of it, the share taken out included.
    degreesOfFreedom: pooledDegrees(ofUnits + ofExperiments, [
      [ofUnits, units - 1],
      [ofExperiments > 0 ? whole : 0, experiments - 1],
    ]),
  };
}
