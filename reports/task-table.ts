import { groupBy } from "../datasets/group-by.ts";
import { count, plainText } from "../datasets/shown.ts";
import type { MissingTask } from "../runners/needs.ts";
import { limitOf, type TaskResult } from "../runners/results/result.ts";
import { taskTypes } from "../tasks/types/index.ts";
import { bytesText } from "./columns.ts";
import type { RequiredTask } from "./required.ts";
import { taskScore } from "./scores.ts";
import { fitTable, grouped, left, markdownList, markdownTable, noValue, percent, right, tableText } from "./table.ts";

/** A model with its results. */
export interface MeasuredModel {
  readonly model: string;
  readonly results: readonly TaskResult[];
  /** Tasks that were not run, as their data cannot be had. */
  readonly skipped?: readonly MissingTask[];
}

const seconds = (value: number): string => (Number.isFinite(value) ? value.toFixed(1) : noValue);

/** Returns the bytes of what is searched of a document; a dash where nothing is. */
function indexText({ run }: TaskResult): string {
  const bytes = run?.bytesPerDocument;
  return bytes === undefined ? noValue : bytesText(bytes);
}

const ofAll = ([part, all]: readonly [number, number]): string => `${grouped(part)} of ${grouped(all)}`;

/** Returns how many units a limited result is of, and the interval that they allow. */
function shareOf({ run }: TaskResult): string[] {
  const limit = run?.limit;
  const ends = limit?.interval?.map(percent) ?? [noValue];
  return [limit === undefined ? noValue : ofAll(limit.scored), ends.join(" – ")];
}

/** Says why limited results have no interval, a line for each reason, and what their searches were cut to. */
function limitNotes(results: readonly TaskResult[]): string[] {
  const said = results.flatMap(({ task, run }) => {
    const { without, searched } = run?.limit ?? {};
    if (without === undefined) return [];
    const cut = searched !== undefined && searched[0] < searched[1] ? ` (${ofAll(searched)} searched)` : "";
    return [{ task, reason: `no interval: ${without}${cut}` }];
  });
  const alike = [...groupBy(said, ({ reason }) => reason)];
  return alike.map(([reason, those]) => `${those.map(({ task }) => task).join(", ")}: ${reason}`);
}

/**
 * Makes a table of a model's scores in percent, one row for each task that has a result, with the seconds that it took. Of
 * limited scores it says how many units they are of, and where those of all units lie by 95 %. Below it stands how many tasks
 * have no result (the table of means names them), and why a score or an interval is missing.
 *
 * @param width Columns of the terminal that the table is fitted to; Markdown where there is none.
 */
export function taskTable(
  { model, results, skipped = [] }: MeasuredModel,
  tasks: readonly RequiredTask[],
  width?: number,
): string {
  const found = tasks.flatMap((task) => {
    const result = results.find((one) => one.task === task.name);
    return result === undefined ? [] : [{ task, result, outcome: taskScore(result, task) }];
  });
  // In a terminal the model's name stands elsewhere.
  const score = width === undefined ? model : "Score";
  const isLimited = results.some((result) => limitOf(result) !== undefined);
  const limit = isLimited ? ["scored", "95 % interval"] : [];
  // Of dense models the length of a vector tells it, for all tasks alike.
  const isIndexed = results.some(
    ({ run }) => run !== undefined && run.vectorType === undefined && run.bytesPerDocument,
  );
  const index = isIndexed ? ["bytes/document"] : [];
  const columns = [...[left("Task"), left("Type")], ...[score, ...limit, "Seconds", ...index].map(right)];
  const rows = found.map(({ task, result, outcome }) => [
    task.name,
    taskTypes[task.type].heading,
    percent(outcome.score),
    ...(isLimited ? shareOf(result) : []),
    seconds(result.evaluationSeconds),
    ...(isIndexed ? [indexText(result)] : []),
  ]);
  const missing = found.flatMap(({ task: { name }, outcome }) =>
    outcome.score === null ? [`${name}, ${model}: ${outcome.reason}`] : [],
  );
  const failed = tasks.length - found.length - skipped.length;
  const lacking = [
    ...(skipped.length > 0 ? [`${count(skipped.length, "task")} skipped, as the data cannot be had`] : []),
    ...(failed > 0 ? [`${count(failed, "task")} failed`] : []),
  ];
  const notes = [...missing, ...lacking, ...limitNotes(found.map(({ result }) => result))];
  if (width === undefined) return markdownTable(columns, rows) + markdownList(notes);
  const { lines, noRoom } = fitTable(columns, rows, width, { whole: "a pipe" });
  return tableText(lines, [...noRoom, ...notes.map(plainText)], width);
}
