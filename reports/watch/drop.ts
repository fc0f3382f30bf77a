import type { StoredComparison, StoredDifference } from "../../runners/watch/history.ts";
import type { Comparison, Difference } from "../comparison/comparison.ts";

/** Chance of a false alarm in a whole watch, however many checkpoints it sees. */
export const falseAlarmLevel = 0.05;

/** What stands for the mean over the tasks in a list of differences. */
export const meanName = "Mean (Task)";

/**
 * Chance of a false alarm that is left to a checkpoint with `look` others before it: 0.05 / (look² · (look + 1)).
 *
 * The shares 1 / (look · (look + 1)) add up to 1 over endlessly many looks (alpha spending, Lan and DeMets 1983). Each is
 * divided by `look` once more (Bonferroni), because the best of so many is the one compared with: it may be the best by
 * luck, and then whichever comes next looks worse. So each pair of checkpoints has its own level, all of which together
 * are 0.05, and it does not matter which pairs are looked at.
 *
 * @param look 1 or above.
 */
export const levelOf = (look: number): number => falseAlarmLevel / (look * look * (look + 1));

/** Terms of the continued fraction, beyond which nothing changes in a double for z from 1 on. */
const terms = 300;

/** Chance that a standard normal value is above z, for z from 1 on: Mills' ratio as Laplace's continued fraction. */
export function upperTail(z: number): number {
  let fraction = z;
  for (let n = terms; n >= 1; n--) fraction = z + n / fraction;
  return Math.exp((-z * z) / 2) / (Math.sqrt(2 * Math.PI) * fraction);
}

/** The value above which a standard normal one is with the chance `tail`, 0 < tail < 0.15: `upperTail` inverted. */
export function upperQuantile(tail: number): number {
  let [low, high] = [1, 38];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (upperTail(middle) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Whether the interval, widened about the difference, lies on one side of 0: above it, below it, or neither. */
function sideOf(
  { difference, interval: [low, high] }: StoredDifference,
  factor: number,
): "above" | "below" | "neither" {
  if (difference + (high - difference) * factor < 0) return "below";
  return difference - (difference - low) * factor > 0 ? "above" : "neither";
}

const toStored = (of: string, { difference, interval }: Difference): StoredDifference[] =>
  interval === undefined ? [] : [{ of, difference, interval: [...interval] as [number, number] }];

/**
 * What a comparison with the best checkpoint so far says of a new one: what is significantly worse.
 *
 * A difference counts as a drop if its interval, widened to the level of this look, lies below 0. Half of the level is
 * Mean (Task)'s, the other half is divided among the tasks (Bonferroni); where there is one task, it has all. The interval
 * is widened in the ratio of the normal distribution's quantiles: resampling a few thousand times cannot tell chances as
 * small as later looks ask for, and the scores, means over hundreds of samples, are near normal.
 */
export function judgeDrop(comparison: Comparison, base: string, look: number): StoredComparison {
  const { confidence, overall } = comparison;
  const level = levelOf(look);
  const given = upperQuantile((1 - confidence) / 2);
  const factorOf = (tail: number): number => upperQuantile(tail) / given;
  const tasks = comparison.tasks.flatMap((one) => toStored(one.task, one));
  const single = tasks.length === 1;
  const means = overall === undefined ? [] : toStored(meanName, overall);
  const meanFactor = factorOf(single ? level : level / 2);
  const taskFactor = tasks.length === 0 ? 1 : factorOf(single ? level : level / 2 / tasks.length);
  const isDrop = (factor: number) => (one: StoredDifference) => sideOf(one, factor) === "below";
  const drops = [...(single ? [] : means.filter(isDrop(meanFactor))), ...tasks.filter(isDrop(taskFactor))];
  const [mean] = means;
  const verdicts = { above: "better", below: "worse", neither: "no difference" } as const;
  return {
    base,
    baseRevision: comparison.base.revision,
    look,
    level,
    confidence,
    verdict: mean === undefined ? "unknown" : verdicts[sideOf(mean, meanFactor)],
    ...(mean === undefined ? {} : { overall: mean }),
    drops,
  };
}
