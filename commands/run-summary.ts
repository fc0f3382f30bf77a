import { boardOf } from "../reports/aggregates.ts";
import { leaderboardMarkdown, leaderboardText } from "../reports/render.ts";
import type { RequiredTask } from "../reports/required.ts";
import { taskTable } from "../reports/task-table.ts";
import type { Measured } from "../runners/measure.ts";

/** Writes each task's score, then the means: fitted to a terminal of `width` columns, or as Markdown. */
export function summary(
  measured: Measured,
  ran: readonly RequiredTask[],
  required: readonly RequiredTask[],
  width: number | undefined,
): string {
  const board = boardOf(measured, ran, required);
  const means = width === undefined ? leaderboardMarkdown(board) : leaderboardText(board, width, "a pipe");
  return `${taskTable(measured, ran, width)}\n${means}`;
}
