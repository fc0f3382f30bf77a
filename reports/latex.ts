import { plainText } from "../datasets/shown.ts";
import type { BestTest, BestTests, LeaderboardRow } from "./board-row.ts";
import { type BoardColumn, columnsFor, namesFor, partMark, viewColumns } from "./columns.ts";
import type { Leaderboard } from "./leaderboard.ts";
import { placesMeaning } from "./places.ts";
import { footnotes } from "./render.ts";
import { type Column, left, linesText, noValue, right } from "./table.ts";

/** What stands for characters that LaTeX does not take as they are; before the others goes a backslash. */
const commands: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  [noValue]: "--",
  "–": "--",
  "…": "\\ldots{}",
};

/** Escapes text for LaTeX, on one line. */
export const escapeLatex = (text: string): string =>
  plainText(text.replace(/\s+/g, " ")).replace(
    /[\\{}$&#%_~^<>|—–…]/g,
    (character) => commands[character] ?? `\\${character}`,
  );

/** Writes the scores of some rows in one column, the best bold and the second underlined, as the reader tells them apart. */
function markedScores(column: BoardColumn, rows: readonly LeaderboardRow[], tests?: BestTests): string[] {
  const own = tests?.get(column.field);
  return boldScores(column, rows).map((text, i) => {
    const test = own?.get(rows[i]);
    return test === undefined || testMarks[test] === "" ? text : `${text}\\rlap{${testMarks[test]}}`;
  });
}

/** Marks of scores that were tested against the best. */
const testMarks: Readonly<Record<BestTest, string>> = {
  worse: "$^{\\dagger}$",
  "not told apart": "",
  untested: "$^{\\ddagger}$",
};

/** Explains the places that a table has. */
const placesOf = ({ places, rows }: Leaderboard): readonly string[] =>
  places !== undefined && rows.some((row) => row.places !== undefined)
    ? [`${escapeLatex(sentence(placesMeaning(places)))}, 95\\,\\% sure for all rows at once.`]
    : [];

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Explains the marks that a table has. */
function testNotes({ tests }: Leaderboard): readonly string[] {
  const all = new Set([...(tests?.values() ?? [])].flatMap((own) => [...own.values()]));
  if (all.size === 0) return [];
  const notes: Readonly<Record<BestTest, string>> = {
    worse: "significantly below the best (paired bootstrap, 95\\,\\%, corrected over tasks and models)",
    "not told apart": "",
    untested: "not tested, for lack of samples or of a like measurement",
  };
  const marked = (["worse", "untested"] as const).filter((test) => all.has(test));
  if (marked.length === 0)
    return ["No score is significantly below the best (paired bootstrap, 95\\,\\%, corrected over tasks and models)."];
  return [`${marked.map((test) => `${testMarks[test]}: ${notes[test]}`).join("; ")}.`];
}

function boldScores(column: BoardColumn, rows: readonly LeaderboardRow[]): string[] {
  const texts = rows.map(column.text);
  const shown = texts.map((text) => (text === noValue ? Number.NaN : Number(text.replace(partMark, ""))));
  const [best, second] = [...new Set(shown.filter((value) => !Number.isNaN(value)))].sort((a, b) => b - a);
  return texts.map((text, i) => {
    const own = escapeLatex(text);
    if (second === undefined) return own;
    return shown[i] === best ? `\\textbf{${own}}` : shown[i] === second ? `\\underline{${own}}` : own;
  });
}

const transposed = (lists: readonly (readonly string[])[]): string[][] =>
  (lists[0] ?? []).map((_, i) => lists.map((list) => list[i]));

/** Lays the table out: headings, and rows of escaped cells. */
function laidOut(board: Leaderboard): { columns: readonly Column[]; rows: string[][] } {
  const { by, rows } = board;
  if (by !== undefined) {
    const models = rows.map(namesFor(board).text);
    return {
      columns: [left(by === "task" ? "Task" : "Language"), ...models.map(right)],
      rows: viewColumns(board).map((one) => [escapeLatex(one.heading), ...markedScores(one, rows, board.tests)]),
    };
  }
  const columns = columnsFor(board);
  const cells = columns.map((one) =>
    one.isScore ? markedScores(one, rows, board.tests) : rows.map((row) => escapeLatex(one.text(row))),
  );
  return { columns, rows: transposed(cells) };
}

/**
 * Writes the table for LaTeX, with the rules of the package booktabs: in percent with two decimals, of each score the best
 * bold and the second underlined, equal ones alike; where it was tested, a dagger stands at those that are significantly below
 * the best. The notes are comments above it.
 */
export function leaderboardLatex(board: Leaderboard): string {
  const { columns, rows } = laidOut(board);
  const line = (cells: readonly string[]): string => `    ${cells.join(" & ")} \\\\`;
  const caption = board.scope === undefined ? "" : `, ${board.scope}`;
  return linesText([
    "% \\usepackage{booktabs}",
    ...footnotes(board).map((note) => `% ${plainText(note)}`),
    "\\begin{table}",
    "  \\centering",
    `  \\caption{Scores in percent${escapeLatex(caption)}. ${["The best is bold, the second underlined.", ...testNotes(board), ...placesOf(board)].join(" ")}}`,
    `  \\begin{tabular}{${columns.map(({ align }) => align[0]).join("")}}`,
    "    \\toprule",
    line(columns.map(({ heading }) => escapeLatex(heading))),
    "    \\midrule",
    ...rows.map(line),
    "    \\bottomrule",
    "  \\end{tabular}",
    "\\end{table}",
  ]);
}
