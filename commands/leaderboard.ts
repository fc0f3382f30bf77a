import { asUsage } from "../datasets/errors.ts";
import { withAggregates } from "../reports/aggregates.ts";
import { readBaselines } from "../reports/baselines.ts";
import type { ColumnChoice } from "../reports/columns.ts";
import { type Leaderboard, makeLeaderboard } from "../reports/leaderboard.ts";
import { readMainScores } from "../runners/results/read-results.ts";
import { boardFormats, type FormatOf, formatFor } from "./formats.ts";
import { type ShownTaskChoice, shownTasks, tellReading } from "./shown-results.ts";
import { withSpeed } from "./speed.ts";
import { readingBy, type Terminal } from "./terminal.ts";

export interface LeaderboardChoice extends ShownTaskChoice {
  readonly results: readonly string[];
  /** Default: a table that fits the window where standard output is a terminal, otherwise Markdown. */
  readonly format?: FormatOf<typeof boardFormats>;
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
  const stored = withAggregates(reading.results, known);
  const context = { descriptions: reading.models, published: await readBaselines(), baselines };
  const board = makeLeaderboard(stored, known, required, context);
  await print(choice.withBench ? await withSpeed(board, folders, terminal) : board, choice, terminal);
}

type BoardForm = Pick<LeaderboardChoice, "format" | "columns" | "benchmark">;

/** Prints a table in the form that was chosen. */
export async function print(
  board: Leaderboard,
  { format, columns, benchmark = "Leaderboard" }: BoardForm,
  { out, err, outWidth }: Terminal,
): Promise<void> {
  const { load, notesApart } = boardFormats[formatFor(format, outWidth)];
  const write = await load();
  if (notesApart) for (const note of board.notes) err(`${note}\n`);
  out(write(board, columns, benchmark, outWidth ?? Infinity));
}
