import type { RunRecord, TaskResult } from "../runners/result.ts";
import { type TaskScore, taskScore } from "./leaderboard.ts";
import type { RequiredTask } from "./required.ts";
import { type Column, escapeCell, markdownTable, noValue, percent, right } from "./table.ts";
import { headingOf } from "./task-types.ts";

/** What one model reached: a column of the table. */
export interface TaskColumn {
  readonly model: string;
  readonly results: readonly TaskResult[];
}

const resultOf = (column: TaskColumn, task: RequiredTask): TaskResult | undefined =>
  column.results.find((result) => result.task === task.name);

function scoreOf(column: TaskColumn, task: RequiredTask): TaskScore {
  const result = resultOf(column, task);
  return result ? taskScore(result, task) : { score: null, reason: "missing" };
}

/** Something per second, whole from ten on; nothing where none was counted. */
function rate(amount: number, seconds: number): string {
  if (!(seconds > 0 && amount > 0)) return noValue;
  const value = amount / seconds;
  return value.toFixed(value < 10 ? 1 : 0);
}

const seconds = (value: number): string => (Number.isFinite(value) ? value.toFixed(1) : noValue);

/** Speed of one task: texts and tokens per second in the model, and the seconds of the whole task. */
function speedOf(result: TaskResult | undefined): string[] {
  // What was computed before has no speed here.
  const run: RunRecord | undefined = result?.run?.device === "precomputed" ? undefined : result?.run;
  return [
    run ? rate(run.texts, run.encodingSeconds) : noValue,
    run ? rate(run.tokens, run.encodingSeconds) : noValue,
    result ? seconds(result.evaluationSeconds) : noValue,
  ];
}

function reasons(columns: readonly TaskColumn[], tasks: readonly RequiredTask[]): string[] {
  return tasks.flatMap((task) =>
    columns.flatMap((column) => {
      const outcome = scoreOf(column, task);
      return outcome.score === null ? [`- ${escapeCell(`${task.name}, ${column.model}: ${outcome.reason}`)}\n`] : [];
    }),
  );
}

/**
 * A Markdown table of scores in percent: one row per task, one column per model. With a single model, its speed stands
 * beside: texts and tokens per second while the model worked, and the seconds of the whole task. Below stands why a
 * score is missing.
 */
export function taskTable(columns: readonly TaskColumn[], tasks: readonly RequiredTask[]): string {
  const single = columns.length === 1 ? columns[0] : undefined;
  const headings: Column[] = [
    { heading: "Task", align: "left" },
    { heading: "Type", align: "left" },
    ...columns.map(({ model }) => right(model)),
    ...(single ? ["texts/s", "tokens/s", "seconds"].map(right) : []),
  ];
  const rows = tasks.map((task) => [
    task.name,
    headingOf(task.type),
    ...columns.map((column) => percent(scoreOf(column, task).score)),
    ...(single ? speedOf(resultOf(single, task)) : []),
  ]);
  const notes = reasons(columns, tasks);
  return markdownTable(headings, rows) + (notes.length > 0 ? `\n${notes.join("")}` : "");
}
