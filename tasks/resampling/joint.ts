import { mean } from "../metrics/lists.ts";
import type { Statistic } from "../statistic.ts";
import {
  type CompareOptions,
  centred,
  drawsOf,
  effectiveUnits,
  experimentsVariance,
  pausing,
  type UnitLevel,
  undrawnPair,
  variance,
} from "./compare-samples.ts";
import { combine, type Draws } from "./draws.ts";
import { drawNormals, drawWeights, randomState } from "./generator.ts";

/** One subset measured with several members, models or prompts of one: the same units and experiments, in the same order. */
interface JointSubset {
  /** The score of each experiment, [members][experiments]. */
  readonly scores: readonly Float64Array[];
  /** The number of units that carry each member's variance, [members]. */
  readonly units: readonly number[];
  /** The scores with resampled units, [members][resamples · experiments]; undefined where their scatter is unknown. */
  readonly draws: readonly Float64Array[] | undefined;
  /** Returns the stream of its experiments. */
  readonly ofExperiments: () => Int32Array;
}

/** The scores of several members on the same resampled units, by subset. */
export type Joint = readonly JointSubset[];

const range = (length: number): readonly number[] => Array.from({ length }, (_, i) => i);

/**
 * Resamples the units of a task once for all members, with the draws that `compareSamples` has for two of them: so a
 * difference of two of the members is the one that a comparison gives. Subsets have no draws for the same reasons. Throws
 * `RangeError` for members of other units; rejects with the signal's reason.
 *
 * @param subsets The members' statistics of each subset, [subsets][members]
 */
export async function drawJointly(subsets: readonly (readonly Statistic[])[], options: CompareOptions): Promise<Joint> {
  const { seed, name, resamples, onProgress, signal } = options;
  const joint: JointSubset[] = [];
  const tell = (done: number): void => onProgress?.(joint.length * resamples + done, subsets.length * resamples);
  const pause = pausing(signal, tell);
  for (const [index, members] of subsets.entries()) {
    checkMembers(members);
    joint.push({
      scores: members.map((member) => member.scores().slice()),
      units: members.map(effectiveUnits),
      draws: await resampleUnits(members, randomState(seed, name, index, "units"), resamples, pause),
      ofExperiments: () => randomState(seed, name, index, "experiments"),
    });
  }
  onProgress?.(subsets.length * resamples, subsets.length * resamples);
  return joint;
}

function checkMembers([first, ...others]: readonly Statistic[]): void {
  if (first === undefined) throw new RangeError("drawJointly: a subset has no members");
  for (const { units, experiments } of others) {
    if (units === first.units && experiments === first.experiments) continue;
    throw new RangeError(
      `drawJointly: ${first.units} units in ${first.experiments} experiments against ${units} in ${experiments}`,
    );
  }
}

/** Scores all members with the same weights; draws in which one of them has no score are drawn again. */
async function resampleUnits(
  members: readonly Statistic[],
  state: Int32Array,
  resamples: number,
  pause: (done: number) => Promise<void>,
): Promise<readonly Float64Array[] | undefined> {
  const { units, experiments } = members[0];
  if (members.some((member) => effectiveUnits(member) < 2 || member.scores().some(Number.isNaN))) return undefined;
  const weights = new Int32Array(units);
  const draws = members.map(() => new Float64Array(resamples * experiments));
  let undefinedDraws = 0;
  for (let done = 0; done < resamples; ) {
    drawWeights(weights, state);
    const scored = members.map((member) => member.scores(weights));
    if (scored.some((scores) => scores.some(Number.isNaN))) {
      if (++undefinedDraws > resamples) return undefined;
    } else {
      for (const [member, scores] of scored.entries()) draws[member].set(scores, done * experiments);
      done++;
    }
    await pause(done);
  }
  return draws;
}

/** Reduces the resampled differences of two lists to their means over experiments, and the variance between these. */
function levelOf(base: Float64Array, candidate: Float64Array, experiments: number): UnitLevel {
  const draws = new Float64Array(base.length / experiments);
  const differences = new Float64Array(experiments);
  let betweenExperiments = 0;
  for (let r = 0; r < draws.length; r++) {
    for (let e = 0; e < experiments; e++) differences[e] = candidate[r * experiments + e] - base[r * experiments + e];
    draws[r] = mean(differences);
    betweenExperiments += variance(differences) / draws.length;
  }
  return { draws, betweenExperiments };
}

/** Returns the difference of two members' task scores, the means over subsets, with its scatter. */
export function differenceIn(joint: Joint, base: number, candidate: number): Draws {
  return combine(
    joint.map(({ scores, units, draws, ofExperiments }) => {
      const pair = { base: scores[base], candidate: scores[candidate] };
      if (draws === undefined) return undrawnPair(pair);
      const level = levelOf(draws[base], draws[candidate], pair.base.length);
      return drawsOf(pair, Math.min(units[base], units[candidate]), level, ofExperiments());
    }),
  );
}

/** Computes the mean of several lists, place by place. */
function meanOf(lists: readonly Float64Array[]): Float64Array {
  const sums = new Float64Array(lists[0].length);
  for (const list of lists) for (let i = 0; i < sums.length; i++) sums[i] += list[i] / lists.length;
  return sums;
}

/**
 * Returns how far each member's task score lies from its own over other samples of the same size, [members][resamples], the
 * mean of all members taken out: what all share decides neither which is best nor how far they lie apart. Members deviate
 * together, in resampled units and in experiments. Undefined where the scatter of a subset is unknown.
 */
export function deviationsIn(joint: Joint): readonly Float64Array[] | undefined {
  const subsets = joint.map(deviationsOfSubset);
  if (!subsets.every((one) => one !== undefined)) return undefined;
  return range(joint[0].scores.length).map((member) => meanOf(subsets.map((one) => one[member])));
}

function deviationsOfSubset({ scores, units, draws, ofExperiments }: JointSubset): Float64Array[] | undefined {
  if (draws === undefined) return undefined;
  const common = { scores: meanOf(scores), draws: meanOf(draws) };
  const experiments = common.scores.length;
  const least = Math.min(...units);
  const resamples = common.draws.length / experiments;
  const normals = new Float64Array(experiments > 1 ? resamples * experiments : 0);
  drawNormals(normals, ofExperiments());
  return draws.map((own, member) => {
    const level = levelOf(common.draws, own, experiments);
    const contrasts = scores[member].map((score, e) => score - common.scores[e]);
    const deviations = new Float64Array(resamples);
    centred(deviations, level.draws, Math.sqrt(least / (least - 1)));
    const spread = experimentsVariance(contrasts, level.betweenExperiments);
    const whole = variance(contrasts);
    if (spread === 0) return deviations;
    // Weighted by the same normals for all members, experiments have the members' own covariance.
    const factor = Math.sqrt(spread / whole / (experiments - 1));
    const centre = mean(contrasts);
    for (let r = 0; r < resamples; r++) {
      for (let e = 0; e < experiments; e++) {
        deviations[r] += factor * normals[r * experiments + e] * (contrasts[e] - centre);
      }
    }
    return deviations;
  });
}
