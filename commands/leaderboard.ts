import type { Leaderboard } from "../reports/leaderboard.ts";
import type { PlacesOver } from "../reports/places.ts";
import { type Selection, sortedBy } from "../reports/selection.ts";
import { readMainScores } from "../runners/results/read-results.ts";
import { boardFormats, endingsOf, type FormatOf, formatFor } from "./formats.ts";
import { outputFiles, writeOutputs } from "./output-files.ts";
import { readBoard, type ShownChoice, type ShownView } from "./shown-results.ts";
import type { Terminal } from "./terminal.ts";

export interface LeaderboardChoice extends ShownChoice, ShownView, Selection {
  /** Default: a table that fits the window where standard output is a terminal, otherwise Markdown. */
  readonly format?: FormatOf<typeof boardFormats>;
  /** Further files to write, whose names end with their forms. */
  readonly output?: readonly string[];
  /** What is drawn anew to say which places each row may have. Default: queries where all rows have samples, else tasks. */
  readonly places?: PlacesOver | "none";
  /** A line for each row and result that is left out. */
  readonly verbose?: boolean;
}

/** Prints the table of the stored results, and writes it into files. */
export async function leaderboard(choice: LeaderboardChoice, terminal: Terminal): Promise<void> {
  const files = await outputFiles("leaderboard", choice.output ?? [], endingsOf(boardFormats));
  const withPlaces = choice.by === undefined && choice.places !== "none";
  const shown = await readBoard(choice, readMainScores, terminal, { brief: choice.verbose !== true, withPlaces });
  const placed =
    withPlaces && choice.places !== "tasks"
      ? await (await import("./sample-places.ts")).withSamplePlaces(shown, choice.places === "queries", terminal)
      : shown.board;
  // Places may be what rows are sorted by.
  const board = choice.sort === undefined ? placed : sortedBy(placed, choice.sort);
  const tested = [choice.format, ...files.map(({ form }) => form)].includes("latex")
    ? await (await import("./best-tests.ts")).withBestTests(board, choice.results, terminal)
    : board;
  const boardFor = (form: typeof choice.format): Leaderboard => (form === "latex" ? tested : board);
  await writeOutputs("leaderboard", files, async (form) => (await boardFormats[form].load())(boardFor(form), Infinity));
  await print(boardFor(choice.format), choice, terminal);
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
