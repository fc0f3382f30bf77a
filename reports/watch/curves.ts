import { hasStandingDrop, isComplete, type StoredDifference, type WatchEntry } from "../../runners/watch/history.ts";
import { stepOf } from "../../runners/watch/listing.ts";
import { publishedTypes } from "../../tasks/types/index.ts";
import { intervalText, signedPoints } from "../comparison/wording.ts";
import { meanName } from "./drop.ts";

/** A checkpoint in a curve. */
export interface CurvePoint {
  readonly name: string;
  /** Step, or the place in the order where not every checkpoint has a step of its own. */
  readonly x: number;
  /** Percent. */
  readonly score: number;
  /**
   * Ends of the interval of the difference from the best checkpoint before, laid about the score: where it does not reach
   * that one's score, the two differ. Absent for the first checkpoint, and where nothing tells how sure the difference is.
   */
  readonly low?: number;
  readonly high?: number;
  /** True where this score fell significantly. */
  readonly isDrop: boolean;
  /** Name, score and drop in words. */
  readonly description: string;
}

/** A curve. Each has a plot of its own: tasks differ more in their scores than checkpoints do. */
export interface Curve {
  readonly heading: string;
  readonly kind: "mean" | "type" | "task";
  /** In the order of training. */
  readonly points: readonly CurvePoint[];
}

/** The first checkpoint that is significantly worse than the best before it, where nobody accepted that. */
export interface FirstDrop {
  readonly name: string;
  readonly x: number;
  readonly base: string;
  readonly confidence: number;
  readonly drops: readonly StoredDifference[];
}

export interface Curves {
  readonly axis: "step" | "checkpoint";
  /** Checkpoints in the order of training. */
  readonly entries: readonly WatchEntry[];
  /** Their places on the axis. */
  readonly places: readonly { readonly name: string; readonly x: number }[];
  /** Mean (Task) first, then types with several tasks, then tasks. */
  readonly curves: readonly Curve[];
  readonly firstDrop?: FirstDrop;
}

/** Sorts by step; entries without one go last, in the order of their evaluation. */
export const inTrainingOrder = (entries: readonly WatchEntry[]): WatchEntry[] =>
  [...entries].sort((a, b) => (a.step ?? Number.MAX_VALUE) - (b.step ?? Number.MAX_VALUE) || a.date - b.date);

/** Formats a difference with its interval: `−3.20 points [−4.11, −2.29]`. */
export const differenceText = ({ difference, interval }: StoredDifference): string =>
  `${signedPoints(difference)} points ${intervalText({ interval })}`;

/** Returns how a checkpoint's score differs from that of the best before, where that is known with its interval. */
function differenceIn({ comparison }: WatchEntry, heading: string): StoredDifference | undefined {
  if (heading === meanName) return comparison?.overall;
  return comparison?.differences?.find(({ of }) => of === heading);
}

type ScoreOf = (entry: WatchEntry) => number | null | undefined;

/**
 * Makes the curves of a watch.
 *
 * @param entries Checkpoints with the same tasks and settings (`curveEntries`), in the order of their evaluation.
 */
export function makeCurves(entries: readonly WatchEntry[]): Curves {
  const ordered = inTrainingOrder(entries);
  const steps = ordered.map(({ name }) => stepOf(name));
  const hasSteps = new Set(steps).size === steps.length && !steps.includes(null);
  const places = ordered.map(({ name }, i) => ({ name, x: hasSteps ? (steps[i] ?? 0) : i + 1 }));
  const curve = (heading: string, kind: Curve["kind"], of: ScoreOf): Curve => ({
    heading,
    kind,
    points: ordered.flatMap((entry, i): CurvePoint[] => {
      const score = of(entry);
      if (score === null || score === undefined) return [];
      const drop = entry.comparison?.drops.find((one) => one.of === heading);
      const fall =
        drop === undefined ? "" : `, a significant drop from ${entry.comparison?.base}: ${differenceText(drop)}`;
      const sure = differenceIn(entry, heading);
      const against =
        sure === undefined || drop !== undefined ? "" : `, against ${entry.comparison?.base} ${differenceText(sure)}`;
      const description = `${entry.name}: ${heading} ${(score * 100).toFixed(2)} %${fall}${against}`;
      const end = (limit: number): number => (score + limit - (sure?.difference ?? 0)) * 100;
      const ends = sure === undefined ? {} : { low: end(sure.interval[0]), high: end(sure.interval[1]) };
      const point = { name: entry.name, x: places[i]?.x ?? 0, score: score * 100, ...ends };
      return [{ ...point, isDrop: drop !== undefined, description }];
    }),
  });
  const tasks = ordered.at(-1)?.tasks ?? [];
  const several = publishedTypes.filter(({ type }) => tasks.filter((task) => task.type === type).length > 1);
  const mean = tasks.length > 1 ? [curve(meanName, "mean", ({ meanTask }) => meanTask)] : [];
  const types = new Set(tasks.map(({ type }) => type)).size > 1 ? several : [];
  const first = entries.find(hasStandingDrop);
  const place = places.find(({ name }) => name === first?.name);
  const { comparison } = first ?? {};
  return {
    axis: hasSteps ? "step" : "checkpoint",
    entries: ordered,
    places,
    curves: [
      ...mean,
      ...types.map(({ type, heading }) => curve(heading, "type", (entry) => entry.types[type])),
      ...tasks.map(({ task }) => curve(task, "task", (entry) => entry.tasks.find((one) => one.task === task)?.score)),
    ],
    ...(place === undefined || comparison === undefined
      ? {}
      : { firstDrop: { ...place, base: comparison.base, confidence: comparison.confidence, drops: comparison.drops } }),
  };
}

/** Counts the checkpoints that lack a score. */
export const incompleteCount = ({ entries }: Curves): number => entries.filter((one) => !isComplete(one)).length;
