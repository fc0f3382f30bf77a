import type { StoredComparison, StoredDifference, WatchEntry } from "../../runners/watch/history.ts";
import type { Look } from "../../tasks/resampling/looks.ts";
import { studentTwoSided } from "../../tasks/resampling/quantiles.ts";
import { taskTypes } from "../../tasks/types/index.ts";
import type { Comparison, Difference } from "../comparison/comparison.ts";
import type { Seen, Standing } from "../stopping/stopping.ts";

/** Chance of a false alarm in a whole watch, however many checkpoints it sees. */
export const falseAlarmLevel = 0.05;

/** Name of the mean over the tasks in a list of differences. */
export const meanName = "Mean (Task)";

/**
 * Returns the chance of a false alarm that is left to a checkpoint with `look` others before it:
 * error / (look² · (look + 1)).
 *
 * The shares 1 / (look · (look + 1)) add up to 1 over endlessly many looks (alpha spending, Lan and DeMets 1983). Each is
 * divided by `look` once more (Bonferroni), because the checkpoint is compared with the best of so many, which may be the
 * best by luck, so that the next one looks worse. So each pair of checkpoints has its own level; all levels add up to
 * the error, and it does not matter which pairs are compared.
 *
 * @param look 1 or above.
 * @param error Chance of a false alarm in the whole watch.
 */
export const levelOf = (look: number, error = falseAlarmLevel): number => error / (look * look * (look + 1));

/** A difference with the degrees of freedom of its spread. */
interface Judged extends StoredDifference {
  readonly degrees: number;
}

const toJudged = (of: string, { difference, interval, degreesOfFreedom: degrees }: Difference): Judged[] =>
  interval === undefined || degrees === undefined
    ? []
    : [{ of, difference, interval: [interval[0], interval[1]], degrees }];

/** Tells on which side of 0 the interval lies, once it is widened about the difference. */
function sideOf({ difference, interval: [low, high] }: Judged, factor: number): "above" | "below" | "neither" {
  if (difference + (high - difference) * factor < 0) return "below";
  return difference - (difference - low) * factor > 0 ? "above" : "neither";
}

const toStored = ({ of, difference, interval }: Judged): StoredDifference => ({ of, difference, interval });

/** Which comparison of a watch it is, and what it may spend. */
export interface WatchLook {
  /** Number of checkpoints before, 1 or above. */
  readonly look: number;
  /** Chance of a false alarm in the whole watch, where it is not `falseAlarmLevel`. */
  readonly error?: number;
  /** Share of what is left to the comparison that its last look may spend, where it had others before. Default: all. */
  readonly spends?: number;
}

/**
 * Finds the significant drops in the comparison of a new checkpoint with the best one so far.
 *
 * A difference counts as a drop if its interval, widened to the level of this look, lies below 0. Half of the level is
 * Mean (Task)'s, the other half is divided among the tasks (Bonferroni); where there is one task, it has all. The interval
 * is widened in the ratio of the quantiles of Student's t: resampling a few thousand times cannot tell chances as small as
 * later looks ask for, and the scores, means over many samples, are near normal.
 *
 * @param base Name of the best checkpoint.
 */
export function judgeDrop(
  comparison: Comparison,
  base: string,
  { look, error, spends = 1 }: WatchLook,
): StoredComparison {
  const { confidence, overall } = comparison;
  const level = levelOf(look, error) * spends;
  const given = (1 - confidence) / 2;
  const side = (one: Judged, tail: number): ReturnType<typeof sideOf> =>
    sideOf(one, studentTwoSided(2 * tail, one.degrees) / studentTwoSided(2 * given, one.degrees));
  const tasks = comparison.tasks.flatMap((one) => toJudged(one.task, one));
  const types = comparison.types.flatMap((one) => toJudged(taskTypes[one.type].heading, one));
  const single = tasks.length === 1;
  const [mean] = overall === undefined ? [] : toJudged(meanName, overall);
  const meanSide = mean === undefined ? "unknown" : side(mean, single ? level : level / 2);
  const share = single ? level : level / 2 / tasks.length;
  const drops = [
    ...(mean !== undefined && meanSide === "below" && !single ? [mean] : []),
    ...tasks.filter((one) => side(one, share) === "below"),
  ];
  const verdicts = { above: "better", below: "worse", neither: "no difference", unknown: "unknown" } as const;
  return {
    base,
    baseRevision: comparison.base.revision,
    look,
    level,
    ...(error === undefined ? {} : { error }),
    confidence,
    verdict: verdicts[meanSide],
    ...(mean === undefined ? {} : { overall: toStored(mean) }),
    drops: drops.map(toStored),
    differences: [...types, ...tasks].map(toStored),
  };
}

/** What is known of a checkpoint whose evaluation ended at a look before the last. */
export interface StoppedLook {
  /** Of `askedOfDrop`, whose first standing is that of the mean, or of the only task. */
  readonly seen: Seen;
  readonly looks: readonly Look[];
}

/**
 * Returns what a history says of a checkpoint that was worse for sure at a look before the last. The intervals are those of
 * that look, which hold all together whenever an evaluation stops.
 */
export function stoppedEntry(
  { seen: { standings, look: at, units, texts }, looks }: StoppedLook,
  base: Pick<WatchEntry, "name" | "revision">,
  { look, error }: WatchLook & Required<Pick<WatchLook, "error">>,
): Required<Pick<WatchEntry, "stopped" | "comparison">> {
  const stored = ({ name, difference, interval }: Standing): StoredDifference[] =>
    interval === undefined
      ? []
      : [{ of: name === "overall" ? meanName : name, difference, interval: [interval[0], interval[1]] }];
  const level = levelOf(look, error) * looks[at - 1].spends;
  const [overall] = stored(standings[0]);
  const comparison: StoredComparison = {
    base: base.name,
    baseRevision: base.revision,
    look,
    level,
    error,
    confidence: 1 - level,
    verdict: "worse",
    ...(overall === undefined ? {} : { overall: { ...overall, of: meanName } }),
    drops: standings.filter(({ verdict }) => verdict === "worse").flatMap(stored),
    differences: standings.filter(({ name }) => name !== "overall").flatMap(stored),
  };
  return { stopped: { look: [at, looks.length], units, ...(texts && { texts }) }, comparison };
}
