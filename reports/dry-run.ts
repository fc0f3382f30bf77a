import { groupBy } from "../datasets/group-by.ts";
import { byteText, count, plainText } from "../datasets/shown.ts";
import type { DryRun, ForeseenTask, TaskState } from "../runners/dry-run.ts";
import { taskTypes } from "../tasks/types/index.ts";
import { duration } from "./duration.ts";
import { fitTable, grouped, left, linesText, markdownList, markdownTable, noValue, right, tableText } from "./table.ts";
import { wrapText } from "./wrap.ts";

const states: readonly TaskState[] = ["stored", "cached", "to fetch", "not to be had", "faulty"];

const sum = (values: readonly (number | null)[]): number =>
  values.reduce<number>((all, value) => all + (value ?? 0), 0);

/** Number of names in a line; the table has all. */
const fewNames = 3;

/** Tells of which tasks something is not known; an empty text where there is none. */
function unknownOf(tasks: readonly ForeseenTask[], isUnknown: (task: ForeseenTask) => boolean): string {
  const names = tasks.filter(isUnknown).map(({ task }) => task);
  if (names.length === 0) return "";
  const more = names.length > fewNames ? ", …" : "";
  return `; not known of ${count(names.length, "task")} (${names.slice(0, fewNames).join(", ")}${more})`;
}

const sizeText = (bytes: number): string => (bytes === 0 ? "nothing" : byteText(bytes));

function modelLine({ model, modelBytesToFetch, machine }: DryRun): string {
  if (modelBytesToFetch === null) return `model: ${model} cannot be had, or is not known`;
  if (modelBytesToFetch > 0) return `model: ${model}, ${byteText(modelBytesToFetch)} to fetch`;
  // One that is no repository was not looked at.
  return `model: ${model}, ${machine === null ? "nothing to fetch" : "at hand"}`;
}

function dataLine({ tasks }: DryRun): string {
  const counts = states.map((state) => [state, tasks.filter((task) => task.state === state).length] as const);
  const told = counts.filter(([, tally]) => tally > 0).map(([state, tally]) => `${tally} ${state}`);
  return `data: ${count(tasks.length, "task")}: ${told.join(", ")}`;
}

function fetchLine({ bytesToFetch, cacheFolder, freeBytes: free, tasks }: DryRun): string {
  const room = free === null ? "" : `, ${byteText(free)} free`;
  const enough = free !== null && free < bytesToFetch ? ": there is not enough room" : "";
  const unknown = unknownOf(tasks, (task) => task.bytesToFetch === null);
  return `to fetch: ${sizeText(bytesToFetch)}${unknown}; into ${cacheFolder}${room}${enough}`;
}

function textLine(left: readonly ForeseenTask[]): string {
  const [texts, different] = [sum(left.map((task) => task.texts)), sum(left.map((task) => task.distinctTexts))];
  const saved = texts > different ? `, ${grouped(different)} of them different, each encoded once` : "";
  const unknown = unknownOf(left, (task) => task.texts === null);
  return `texts: ${grouped(texts)}${saved}${unknown}`;
}

function timeLine({ machine, whyNoTime }: DryRun, left: readonly ForeseenTask[]): string {
  if (left.length === 0) return "time: none: nothing is left to run";
  if (whyNoTime !== null || machine === null) return `time: not known: ${whyNoTime ?? "the model was not tried out"}`;
  const { processor, device, threads } = machine;
  const where = `${processor} (${device}, ${count(threads, "thread")} an operator)`;
  const unknown = unknownOf(left, (task) => task.seconds === null);
  return `time: about ${duration(sum(left.map((task) => task.seconds)))} of encoding${unknown}, by a short probe on ${where}; fetching and scoring come on top`;
}

function vectorLine({ vectorBytes, vectorLimit }: DryRun): readonly string[] {
  if (vectorBytes === null || vectorLimit === 0) return [];
  return [`kept vectors: ${byteText(vectorBytes)} at most (limit ${byteText(vectorLimit)})`];
}

const rowOf = (task: ForeseenTask): string[] => [
  task.task,
  taskTypes[task.type].heading,
  task.state,
  task.bytesToFetch === null ? noValue : sizeText(task.bytesToFetch),
  task.texts === null ? noValue : grouped(task.texts),
  task.seconds === null ? noValue : duration(task.seconds),
];

/** Writes the lines for the whole of a run. */
export function dryRunHead(plan: DryRun): string {
  const toRun = plan.tasks.filter(({ state }) => state !== "stored");
  const head = [modelLine(plan), dataLine(plan), fetchLine(plan), textLine(toRun), timeLine(plan, toRun)];
  return linesText([...head, ...vectorLine(plan)].map(plainText));
}

/** Most tasks that a reason names; the table names all. */
const mostNamed = 3;

/** Lists the reasons why tasks cannot be had, each with the tasks that have it. */
function dryRunReasons({ tasks }: DryRun): readonly string[] {
  const lacking = tasks.flatMap(({ task, reason }) => (reason === null ? [] : [{ task, reason }]));
  return [...groupBy(lacking, ({ reason }) => reason)].map(([reason, group]) => {
    const names = group.slice(0, mostNamed).map(({ task }) => task);
    const more = group.length > mostNamed ? ` and ${group.length - mostNamed} more` : "";
    return `${names.join(", ")}${more}: ${reason}`;
  });
}

/**
 * Writes what a run would need and take: lines for the whole of it, a table of its tasks, and the reasons why some cannot be
 * had.
 *
 * @param width Columns of the terminal that the table is fitted to; Markdown where there is none.
 */
export function dryRunText(plan: DryRun, width?: number): string {
  const { tasks } = plan;
  const lines = dryRunHead(plan);
  const columns = [left("Task"), left("Type"), left("Data"), ...["To fetch", "Texts", "Encoding"].map(right)];
  const reasons = dryRunReasons(plan);
  if (width === undefined) return `${lines}\n${markdownTable(columns, tasks.map(rowOf))}${markdownList(reasons)}`;
  const { lines: table, noRoom } = fitTable(columns, tasks.map(rowOf), width, { whole: "a pipe" });
  return `${wrapText(lines, width)}\n${tableText(table, [...noRoom, ...reasons.map(plainText)], width)}`;
}
