import { plainText } from "../datasets/shown.ts";
import type { RunRecord, TaskResult } from "../runners/results/result.ts";
import { taskTypes } from "../tasks/types/index.ts";
import { type TaskScore, taskScore } from "./leaderboard.ts";
import type { RequiredTask } from "./required.ts";
import {
  fitTable,
  left,
  markdownList,
  markdownTable,
  noRoomLines,
  noValue,
  percent,
  right,
  tableText,
} from "./table.ts";

/** What one model reached. */
export interface MeasuredModel {
  readonly model: string;
  readonly results: readonly TaskResult[];
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

const noResult: TaskScore = { score: null, reason: "missing" };

/**
 * A table of a model's scores in percent, one row per task, with its speed beside: texts and tokens per second while the
 * model worked, and the seconds of the whole task. Below stands why a score is missing.
 *
 * @param width Columns of the terminal that the table is fitted to; Markdown where there is none.
 */
export function taskTable({ model, results }: MeasuredModel, tasks: readonly RequiredTask[], width?: number): string {
  const found = tasks.map((task) => {
    const result = results.find((one) => one.task === task.name);
    return { task, result, outcome: result ? taskScore(result, task) : noResult };
  });
  // Where the window is what there is, the model's name stands elsewhere.
  const score = width === undefined ? model : "Score";
  const columns = [left("Task"), left("Type"), ...[score, "texts/s", "tokens/s", "seconds"].map(right)];
  const rows = found.map(({ task, result, outcome }) => [
    task.name,
    taskTypes[task.type].heading,
    percent(outcome.score),
    ...speedOf(result),
  ]);
  const notes = found.flatMap(({ task, outcome }) =>
    outcome.score === null ? [`${task.name}, ${model}: ${outcome.reason}`] : [],
  );
  if (width === undefined) return markdownTable(columns, rows) + markdownList(notes);
  const { lines, dropped } = fitTable(columns, rows, width, 0);
  return tableText(lines, [...noRoomLines(columns, dropped, "a pipe"), ...notes.map(plainText)]);
}
