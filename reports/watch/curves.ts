import {
  hasStandingDrop,
  isComplete,
  isStopped,
  type StoppedEarly,
  type StoredComparison,
  type StoredDifference,
  type WatchEntry,
} from "../../runners/watch/history.ts";
import { stepOf } from "../../runners/watch/listing.ts";
import { publishedTypes } from "../../tasks/types/index.ts";
import { intervalText, signedPoints } from "../comparison/wording.ts";
import { shareText } from "../stopping/wording.ts";
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
export interface FirstDrop extends DropEvidence {
  readonly name: string;
  readonly x: number;
  readonly base: string;
}

/** What is known of a drop, for people. */
interface DropEvidence {
  /** What fell, and how far, each in a line without its end. */
  readonly fell: readonly string[];
  /** What tells it: intervals, or the units that were scored. */
  readonly by: string;
}

/** A checkpoint that was stopped early: it has a place, and no score. */
export interface StoppedPlace {
  readonly x: number;
  readonly description: string;
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
  readonly stopped: readonly StoppedPlace[];
}

/** Sorts by step; entries without one go last, in the order of their evaluation. */
export const inTrainingOrder = (entries: readonly WatchEntry[]): WatchEntry[] =>
  [...entries].sort((a, b) => (a.step ?? Number.MAX_VALUE) - (b.step ?? Number.MAX_VALUE) || a.date - b.date);

/** Formats a difference with its interval: `−3.20 points [−4.11, −2.29]`. */
const differenceText = ({ difference, interval }: StoredDifference): string =>
  `${signedPoints(difference)} points ${intervalText({ interval })}`;

/** Says how far below 0 a difference is for sure: `−2.65 points, at least 1.39 worse`. */
export const worseText = ({ difference, interval }: StoredDifference): string =>
  `${signedPoints(difference)} points, at least ${(100 * -interval[1]).toFixed(2)} worse`;

/** Says what is known of a checkpoint's drops. */
export function dropEvidence(
  { confidence, drops }: Pick<StoredComparison, "confidence" | "drops">,
  stopped: StoppedEarly | undefined,
): DropEvidence {
  const fell = (text: (drop: StoredDifference) => string): string[] => drops.map((drop) => `${drop.of}: ${text(drop)}`);
  return stopped === undefined
    ? { fell: fell(differenceText), by: `${(confidence * 100).toFixed(0)} % interval` }
    : { fell: fell(worseText), by: `stopped after ${shareText(stopped.units, "units")}, without a score` };
}

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
  const { comparison, stopped } = first ?? {};
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
      : { firstDrop: { ...place, base: comparison.base, ...dropEvidence(comparison, stopped) } }),
    stopped: ordered.flatMap((one, i) => {
      if (one.comparison === undefined || one.stopped === undefined) return [];
      const { fell, by } = dropEvidence(one.comparison, one.stopped);
      return [{ x: places[i]?.x ?? 0, description: `${one.name}, ${by}: ${fell.join("; ")}` }];
    }),
  };
}

/** Counts the checkpoints that lack a score though all units were to be scored. */
export const incompleteCount = ({ entries }: Curves): number =>
  entries.filter((one) => !isComplete(one) && !isStopped(one)).length;

/** Counts the checkpoints whose evaluation was stopped early. */
export const stoppedCount = ({ entries }: Curves): number => entries.filter(isStopped).length;
