import { plainText } from "../../datasets/shown.ts";
import { type Slice, significant } from "../../tasks/slices.ts";
import { shortRevision } from "../columns.ts";
import { fitTable, left, linesText, right } from "../table.ts";
import { wrapText } from "../wrap.ts";
import type { Counts } from "./examine.ts";
import { type ExaminedTask, points } from "./text.ts";

/** What changed in a task between two runs. */
export interface ChangedTask {
  readonly task: string;
  readonly measure: string;
  /** Main scores, 0 … 1. */
  readonly base: number;
  readonly candidate: number;
  readonly counts: Counts;
  /** Mean change of the units' values. */
  readonly change: number;
  /** The slice that fell most of those that surely change otherwise than the rest; null where none fell. */
  readonly worstSlice: Slice | null;
}

/** A run, as it was found. */
interface NamedRun {
  readonly model: string;
  readonly revision: string;
}

/** What changed between two runs, task by task. */
export interface ChangedTasks {
  readonly base: NamedRun;
  readonly candidate: NamedRun;
  /** The one whose units lost most comes first. */
  readonly tasks: readonly ChangedTask[];
  /** Tasks that cannot be looked at, and why. */
  readonly without: readonly { readonly task: string; readonly reason: string }[];
  /** The command that shows a task's units, up to the name of the task. */
  readonly next: string;
}

/** Sums up what was found out about a task of two runs. */
export function changedTask({ task, measure, runs, counts, mean, slices }: ExaminedTask): ChangedTask {
  const fallen = slices.filter(({ pValue, mean: own, rest }) => pValue < significant && own < Math.min(0, rest));
  const worst = fallen.reduce<Slice | null>((most, one) => (most === null || one.mean < most.mean ? one : most), null);
  const [base, candidate] = [runs.base.score, runs.candidate?.score ?? Number.NaN];
  return { task, measure, base, candidate, counts, change: mean, worstSlice: worst };
}

/** Sorts tasks by what their units lost; those without a change go last. */
export const byLoss = (tasks: readonly ChangedTask[]): readonly ChangedTask[] =>
  [...tasks].sort((a, b) => (Number.isNaN(a.change) ? 1 : Number.isNaN(b.change) ? -1 : a.change - b.change));

const columns = [left("Task"), right("Score"), right("Change"), right("Worse"), right("Better"), right("Units")];

const explained =
  "Score: difference of the main scores; Change: mean change of the units' values; both candidate minus base, in points. " +
  "Whether a difference is more than chance says `pramana compare`.";

/** Writes what changed for people, for a terminal of `width` columns. */
export function changedTasksText({ base, candidate, tasks, without, next }: ChangedTasks, width: number): string {
  const rows = tasks.map(({ task, base: was, candidate: is, counts, change }) => [
    task,
    points(is - was),
    points(change),
    ...[counts.worse, counts.better, counts.units].map(String),
  ]);
  const { lines, noRoom } = fitTable(columns, rows, width, { whole: "--format json" });
  const slices = tasks.flatMap(({ task, worstSlice }) => (worstSlice === null ? [] : [sliceText(task, worstSlice)]));
  const run = (side: string, { model, revision }: NamedRun): string =>
    `${side.padEnd(9)}  ${model} at ${shortRevision(revision)}`;
  const [first] = tasks;
  const below = [
    ...(slices.length === 0 ? [] : ["What fell most within a task, more than the rest of it:", ...slices, ""]),
    run("base", base),
    run("candidate", candidate),
    explained,
    ...without.map(({ task, reason }) => `left out: ${task}: ${reason}`),
    ...(first === undefined ? [] : [`The units of a task: ${next} --task ${first.task}`]),
  ];
  return linesText([...lines, ...noRoom, "", ...below].flatMap((line) => wrapText(plainText(line), width).split("\n")));
}

/** Says of a slice how much it fell: `  STS12: length: 9 to 24 characters: −6.1 (777 units; others −3.1)`. */
const sliceText = (task: string, { facet, value, mean, rest, units }: Slice): string =>
  `  ${task}: ${facet}: ${value}: ${points(mean)} (${units} units; others ${points(rest)})`;
