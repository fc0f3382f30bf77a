import type { Leaderboard } from "../reports/leaderboard.ts";
import type { PlacesOver } from "../reports/places.ts";
import { type Selection, sortedBy } from "../reports/selection.ts";
import { readMainScores } from "../runners/results/read-results.ts";
import { boardFormats, type FormatOf, formatFor } from "./formats.ts";
import { readBoard, type ShownChoice, type ShownView } from "./shown-results.ts";
import type { Terminal } from "./terminal.ts";

export interface LeaderboardChoice extends ShownChoice, ShownView, Selection {
  /** Default: a table that fits the window where standard output is a terminal, otherwise Markdown. */
  readonly format?: FormatOf<typeof boardFormats>;
  /** What is drawn anew to say which places each row may have. Default: queries where all rows have samples, else tasks. */
  readonly places?: PlacesOver | "none";
  /** A line for each row and result that is left out. */
  readonly verbose?: boolean;
}

/** Prints the table of the stored results. */
export async function leaderboard(choice: LeaderboardChoice, terminal: Terminal): Promise<void> {
  const withPlaces = choice.by === undefined && choice.places !== "none";
  const shown = await readBoard(choice, readMainScores, terminal, { brief: choice.verbose !== true, withPlaces });
  const placed =
    withPlaces && choice.places !== "tasks"
      ? await (await import("./sample-places.ts")).withSamplePlaces(shown, choice.places === "queries", terminal)
      : shown.board;
  // Places may be what rows are sorted by.
  const board = choice.sort === undefined ? placed : sortedBy(placed, choice.sort);
  const tested =
    choice.format === "latex"
      ? await (await import("./best-tests.ts")).withBestTests(board, choice.results, terminal)
      : board;
  await print(tested, choice, terminal);
}

/** Prints a table in the form that was chosen. */
export async function print(
  board: Leaderboard,
  { format }: Pick<LeaderboardChoice, "format">,
  { out, err, outWidth }: Terminal,
): Promise<void> {
  const { load, notesApart } = boardFormats[formatFor(format, outWidth)];
  const write = await load();
  if (notesApart) for (const note of [board.scope ?? [], board.notes].flat()) err(`${note}\n`);
  out(write(board, outWidth ?? Infinity));
}
