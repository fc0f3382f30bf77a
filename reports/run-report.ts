import type { Measured } from "../runners/measure.ts";
import { limitOf } from "../runners/results/result.ts";
import { roundHalfEven } from "../tasks/metrics/rounding.ts";
import { asInFile, boardOfAll } from "./aggregates.ts";
import type { BoardView } from "./board-row.ts";
import type { Leaderboard } from "./leaderboard.ts";
import type { PredictionReport } from "./prediction/predict-board.ts";
import { predictionMarkdown, predictionText } from "./prediction/prediction-text.ts";
import { leaderboardMarkdown, leaderboardText, tableOf } from "./render.ts";
import type { RequiredTask } from "./required.ts";
import { taskScore } from "./scores.ts";
import { type Stopped, stoppedFacts } from "./stopping/wording.ts";
import { csv, linesText, markdownTable } from "./table.ts";
import { taskTable } from "./task-table.ts";

/** What was measured of a model. */
export interface MeasuredRun extends Measured {
  /** What came of the comparison that it was to stop by. */
  readonly stopped?: Stopped;
}

/** A model that ran, with the reasons of its tasks that failed. */
interface ModelRun extends MeasuredRun {
  readonly failures: ReadonlyMap<string, string>;
}

/** What came of running tasks. */
export interface RunReport {
  /** Models that ran, in the order in which they were named. */
  readonly runs: readonly ModelRun[];
  /** Models that could not be run, and why. */
  readonly failed: readonly { readonly model: string; readonly reason: string }[];
  readonly ran: readonly RequiredTask[];
  /** Tasks that the means are over: those that ran, with aggregates in place of their parts. */
  readonly required: readonly RequiredTask[];
  /** The benchmark that they are of; absent where they were named. */
  readonly benchmark?: string | undefined;
  /** What is predicted of the means, where few tasks stand for a benchmark: its table then has the place of the means. */
  readonly prediction?: PredictionReport;
}

/** Makes the leaderboard of what ran, with the scores that its files have, so that it says what later tables of them say. */
function boardOfRuns(
  { runs, ran, required }: Pick<RunReport, "runs" | "ran" | "required">,
  by?: BoardView,
): Leaderboard {
  const asStored = runs.map((run) => ({ ...run, results: run.results.map(asInFile) }));
  return boardOfAll(asStored, ran, required, by);
}

/** Writes each model's tasks with their speed; of several models the scores side by side. */
function tasksText({ runs, ran, required }: RunReport, width: number | undefined): string {
  const isLimited = runs.some(({ results }) => results.some((result) => limitOf(result) !== undefined));
  // A limited score has an interval beside it, for which there is no room side by side.
  if (runs.length === 1 || isLimited) return runs.map((one) => taskTable(one, ran, width)).join("\n");
  const all = [...ran, ...required.filter(({ name }) => !ran.some((task) => task.name === name))];
  const board = boardOfRuns({ runs, ran, required: all }, "task");
  // The table of the means has the notes.
  const scores = { ...board, notes: [], rows: board.rows.map((row) => ({ ...row, missing: [] })) };
  if (width !== undefined) return leaderboardText(scores, width, "a pipe");
  const { columns, cells } = tableOf(scores);
  return markdownTable(columns, cells);
}

/** Writes each task's score and the means, as Markdown. */
export function runMarkdown(report: RunReport): string {
  if (report.runs.length === 0) return "";
  const { prediction } = report;
  const means = prediction ? predictionMarkdown(prediction) : leaderboardMarkdown(boardOfRuns(report));
  return `${tasksText(report, undefined)}\n${means}`;
}

/** Writes the same for a terminal of `width` columns. */
export function runText(report: RunReport, width: number): string {
  if (report.runs.length === 0) return "";
  const { prediction } = report;
  const means = prediction ? predictionText(prediction, width) : leaderboardText(boardOfRuns(report), width, "a pipe");
  return `${tasksText(report, width)}\n${means}`;
}

/** Returns a score in percent, rounded as files of results round it: a stored one is told as it was when it was new. */
const percentOf = (score: number | null | undefined): number | null =>
  score === null || score === undefined ? null : roundHalfEven(score * 100, 4);

/** Lists the tasks of a model that ran, for programs: scores in percent, null where there is none. */
function tasksOf({ results, skipped, failures }: ModelRun, ran: readonly RequiredTask[]) {
  return ran.map((task) => {
    const result = results.find((one) => one.task === task.name);
    const outcome = taskScore(result, task);
    const missing = skipped.find((one) => one.task === task.name)?.reason ?? failures.get(task.name);
    return {
      task: task.name,
      type: task.type,
      score: percentOf(outcome.score),
      reason: outcome.score === null ? (missing ?? outcome.reason) : null,
      interval: result?.run?.limit?.interval?.map(percentOf) ?? null,
      evaluationSeconds: result?.evaluationSeconds ?? null,
      encodingSeconds: result?.run?.encodingSeconds ?? null,
      texts: result?.run?.texts ?? null,
      tokens: result?.run?.tokens ?? null,
      subsets: Object.entries(result?.splits ?? {}).flatMap(([split, entries]) =>
        entries.map(({ subset, mainScore }) => ({
          ...{ split, subset },
          score: Number.isFinite(mainScore) ? percentOf(mainScore) : null,
        })),
      ),
    };
  });
}

/** Lists what is told of each model that ran. */
const modelsOf = ({ runs, ran, required }: RunReport) =>
  runs.map((run) => {
    const [row] = boardOfRuns({ runs: [run], ran, required }).rows;
    const aggregates = required.filter(({ name }) => !ran.some((task) => task.name === name));
    return {
      model: run.model,
      revision: run.revision,
      meanTask: percentOf(row?.meanTask),
      meanType: percentOf(row?.meanType),
      byType: Object.fromEntries(Object.entries(row?.byType ?? {}).map(([type, mean]) => [type, percentOf(mean)])),
      ...(run.stopped && { stopped: stoppedFacts(run.stopped) }),
      tasks: tasksOf(run, ran),
      aggregates: aggregates.map(({ name, type }) => ({ task: name, type, score: percentOf(row?.scores[name]) })),
    };
  });

/** Writes one JSON document: the models with their means and tasks, and the models that failed. */
export function runJson(report: RunReport): string {
  const { benchmark = null, failed, prediction } = report;
  return `${JSON.stringify({ benchmark, models: modelsOf(report), failed, prediction }, null, 2)}\n`;
}

/** Lists a record for each model and task, with the fields of the JSON document. */
const recordsOf = (report: RunReport) =>
  modelsOf(report).flatMap(({ model, revision, tasks }) =>
    tasks.map(({ subsets: _subsets, ...task }) => ({ model, revision, ...task })),
  );

/** Writes JSON lines, one for each model and task. */
export const runJsonLines = (report: RunReport): string =>
  linesText(recordsOf(report).map((record) => JSON.stringify(record)));

/** Fields of a record, in the order of the columns. */
const fields = [
  ...(["model", "revision", "task", "type", "score", "reason"] as const),
  ...(["evaluationSeconds", "encodingSeconds", "texts", "tokens"] as const),
];

/** Writes comma-separated values (RFC 4180), a row for each model and task. */
export const runCsv = (report: RunReport): string =>
  csv([fields, ...recordsOf(report).map((record) => fields.map((field) => record[field]))]);
