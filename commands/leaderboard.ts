import { asUsage } from "../datasets/errors.ts";
import { withAggregates } from "../reports/aggregates.ts";
import { readBaselines } from "../reports/baselines.ts";
import type { ColumnChoice } from "../reports/columns.ts";
import { type Leaderboard, makeLeaderboard } from "../reports/leaderboard.ts";
import { leaderboardHtml } from "../reports/leaderboard-html.ts";
import { leaderboardCsv, leaderboardJson, leaderboardMarkdown, leaderboardText } from "../reports/render.ts";
import { readMainScores } from "../runners/results/read-results.ts";
import { aggregates } from "../tasks/aggregates.ts";
import { type ShownTaskChoice, shownTasks, tellReading } from "./shown-results.ts";
import { withSpeed } from "./speed.ts";
import { readingBy, type Terminal } from "./terminal.ts";

export interface LeaderboardChoice extends ShownTaskChoice {
  readonly results: readonly string[];
  /** Default: a table that fits the window where standard output is a terminal, otherwise Markdown. */
  readonly format?: "md" | "json" | "csv" | "html";
  readonly columns: ColumnChoice;
  /** Whether the published scores that come with the program are ranked too. */
  readonly baselines?: boolean;
  /** Whether latency and throughput are shown too. */
  readonly withBench?: boolean;
}

/** Prints the table of all stored results. */
export async function leaderboard(choice: LeaderboardChoice, terminal: Terminal): Promise<void> {
  const { results: folders, baselines = false } = choice;
  const { known, required } = await shownTasks(choice);
  const names = new Set(known.map(({ name }) => name));
  const reading = await asUsage(() => readMainScores(folders, { ...readingBy(terminal), known: names }));
  tellReading(reading, folders, terminal);
  const stored = withAggregates(reading.results, aggregates, known);
  const context = { descriptions: reading.models, published: await readBaselines(), baselines };
  const board = makeLeaderboard(stored, known, required, context);
  print(choice.withBench ? await withSpeed(board, folders, terminal) : board, choice, terminal);
}

type BoardForm = Pick<LeaderboardChoice, "format" | "columns" | "benchmark">;

/** Prints a table in the form that was chosen. */
export function print(board: Leaderboard, choice: BoardForm, terminal: Terminal): void {
  const { format } = choice;
  if (format === "csv" || format === "json") for (const note of board.notes) terminal.err(`${note}\n`);
  terminal.out(formOf(board, choice, terminal));
}

function formOf(board: Leaderboard, { format, columns, benchmark }: BoardForm, { outWidth }: Terminal): string {
  if (format === "csv") return leaderboardCsv(board, columns);
  if (format === "json") return leaderboardJson(board, columns);
  if (format === "html") return leaderboardHtml(board, columns, benchmark ?? "Leaderboard");
  if (format === undefined && outWidth !== undefined) return leaderboardText(board, columns, outWidth);
  return leaderboardMarkdown(board, columns);
}
