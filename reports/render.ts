import { count, plainText } from "../datasets/shown.ts";
import { publishedTypes } from "../tasks/types/index.ts";
import type { LeaderboardRow, MissingTask } from "./board-row.ts";
import {
  type BoardColumn,
  columnsFor,
  fieldsFor,
  incompleteRows,
  namesFor,
  partMark,
  shortRevision,
  viewColumns,
} from "./columns.ts";
import type { Leaderboard } from "./leaderboard.ts";
import { namesOf } from "./notes.ts";
import { placesNotes } from "./places.ts";
import { type Column, csv, fitTable, left, linesText, markdownList, markdownTable, right, tableText } from "./table.ts";

/** Number of splits and subsets that a note names of an incomplete task; it counts the others. */
const namedPlaces = 3;

/** Names a missing task, with what it lacks: `SCIDOCS (split test, subset default: undefined)`. */
function nameMissing({ task, reason }: MissingTask): string {
  if (reason === "missing") return task;
  const places = reason.split("; ");
  const more = places.length > namedPlaces ? `; ${places.length - namedPlaces} more` : "";
  return `${task} (${places.slice(0, namedPlaces).join("; ")}${more})`;
}

/**
 * Lists missing tasks by type, such as `Retrieval 2 of 10: ArguAna, SCIDOCS (split test, subset default: undefined)`; at most
 * `most` of each.
 */
export function describeMissing(missing: readonly MissingTask[], { tasks }: Leaderboard, most: number): string {
  return publishedTypes
    .map(({ type, heading }) => ({
      heading,
      all: tasks.filter((task) => task.type === type).length,
      names: missing.filter((one) => one.type === type).map(nameMissing),
    }))
    .filter(({ names }) => names.length > 0)
    .map(({ heading, all, names }) => {
      const more = names.length > most ? ` and ${names.length - most} more` : "";
      return `${heading} ${names.length} of ${all}: ${names.slice(0, most).join(", ")}${more}`;
    })
    .join("; ");
}

/**
 * Returns the notes below a table: what it is over, the tasks that each incomplete row lacks, and those on results left out.
 *
 * @param most Missing tasks that are named of each type. Default: all; where notes are to be brief, a few of all types.
 */
export function footnotes(board: Leaderboard, most = Number.POSITIVE_INFINITY): string[] {
  const { tasks, rows, by, scope, brief = false } = board;
  const without = (pronoun: string): string => (by === undefined ? `, so ${pronoun} no mean` : "");
  const lines = [...incompleteRows(board)].map(([{ model, revision, missing }, number]) => {
    const lack = `lacks ${missing.length} of ${count(tasks.length, "task")}${without("it has")}`;
    const names = brief
      ? `: ${namesOf(missing.map(nameMissing), brief)}`
      : `. ${describeMissing(missing, board, most)}`;
    return `(${number}) ${model} at ${shortRevision(revision)} ${lack}${names}`;
  });
  const incomplete = rows.filter(({ missing }) => missing.length > 0).length;
  const all = `${count(incomplete, "row")} of ${rows.length} lack tasks${without("they have")} (--verbose names them)`;
  const scopes = scope === undefined || rows.length === 0 ? [] : [scope];
  const places = board.places === undefined || rows.length === 0 ? [] : placesNotes(board.places, brief);
  return [...scopes, ...places, ...partsNote(board), ...(lines.length < incomplete ? [all] : lines), ...board.notes];
}

/** Explains the mark of means by language over less than is required. */
const partsNote = ({ by, rows, languages = [] }: Leaderboard): readonly string[] =>
  by === "language" && rows.some((row) => languages.some((language) => row.languages?.get(language)?.isPart))
    ? [`${partMark} over those splits and subsets in the language that there are results of`]
    : [];

const cellsOf = (board: Leaderboard, columns: readonly BoardColumn[]): string[][] =>
  board.rows.map((row) => columns.map(({ text }) => text(row)));

/** A table's columns and cells, for people. */
interface BoardTable {
  readonly columns: readonly Column[];
  readonly cells: readonly (readonly string[])[];
}

/**
 * Lays out a table by task or by language: a row each, a column a model.
 *
 * @param headingOf Heading of a model's column. Default: its name.
 */
function viewTable(board: Leaderboard, headingOf?: (place: number) => string): BoardTable {
  const names = namesFor(board);
  const models = board.rows.map((row, i) => right(headingOf?.(i) ?? names.text(row)));
  return {
    columns: [left(board.by === "task" ? "Task" : "Language"), ...models],
    cells: viewColumns(board).map(({ heading, text }) => [heading, ...board.rows.map(text)]),
  };
}

/** Lays out a table in Markdown. */
export function tableOf(board: Leaderboard): BoardTable {
  if (board.by !== undefined) return viewTable(board);
  const columns = columnsFor(board);
  return { columns, cells: cellsOf(board, columns) };
}

/**
 * Writes a Markdown table in percent with two decimals, types in the published order and only those that the tasks have.
 * A dash stands for a missing score; such rows bear a number, and a line below names the tasks that they lack.
 */
export function leaderboardMarkdown(board: Leaderboard): string {
  const notes = footnotes(board);
  if (board.rows.length === 0) return `No results.\n${notes.map((note) => markdownList([note])).join("")}`;
  const { columns, cells } = tableOf(board);
  return markdownTable(columns, cells) + markdownList(notes);
}

const isRevision = ({ field }: BoardColumn): boolean => field === "revision";

/**
 * Writes the same table for a terminal of `width` columns: headings are short, names are cut, and columns that still do
 * not fit are left out from the right, which a line says. The revision goes last.
 *
 * @param whole Option or command that shows all columns, besides a wider window.
 */
export function leaderboardText(board: Leaderboard, width: number, whole?: string): string {
  const marks = board.rows.some(({ baseline }) => baseline) ? ["* published scores"] : [];
  const notes = [...marks, ...footnotes(board)].map(plainText);
  if (board.rows.length === 0) return linesText(["No results.", ...notes]);
  if (board.by !== undefined) return viewText(board, width, notes, whole);
  const all = columnsFor(board, "*");
  const columns = [...all.filter((column) => !isRevision(column)), ...all.filter(isRevision)];
  const names = columns.findIndex(({ field }) => field === "model");
  const { lines, noRoom } = fitTable(columns, cellsOf(board, columns), width, { names, whole });
  return tableText(lines, [...noRoom, ...notes], width);
}

/** Writes a table by task or by language for a terminal: models have numbers, and a list above says which is which. */
function viewText(board: Leaderboard, width: number, notes: readonly string[], whole?: string): string {
  const names = namesFor(board, "*");
  const { columns, cells } = viewTable(board, (place) => `#${place + 1}`);
  const { lines, shown, noRoom } = fitTable(columns, cells, width, { whole });
  const models = board.rows.slice(0, shown - 1).map((row, i) => plainText(`#${i + 1} ${names.text(row)}`));
  return tableText([...models, "", ...lines], [...noRoom, ...notes], width);
}

/** Lists the languages whose mean is over a part of what is required in them. */
const partlyIn = ({ languages = [] }: Leaderboard, row: LeaderboardRow): readonly string[] =>
  languages.filter((language) => row.languages?.get(language)?.isPart);

/**
 * Writes comma-separated values (RFC 4180) with the fields of `leaderboardJson`: percent, unrounded, empty where there is
 * no value; the last field holds the names of missing tasks, with blanks between. In a table by language one more holds the
 * languages of which a part is measured.
 */
export function leaderboardCsv(board: Leaderboard): string {
  const fields = fieldsFor(board);
  const rows = board.rows.map((row) => [
    ...fields.map(({ value }) => value(row)),
    String(row.baseline),
    row.missing.map(({ task }) => task).join(" "),
    ...(board.by === "language" ? [partlyIn(board, row).join(" ")] : []),
  ]);
  const headings = [
    ...fields.map(({ field }) => field),
    "baseline",
    "missing",
    ...(board.by === "language" ? ["partly"] : []),
  ];
  return csv([headings, ...rows]);
}

/** Writes JSON lines: each a row, as an object of `leaderboardJson`. */
export const leaderboardJsonLines = (board: Leaderboard): string =>
  linesText(rowObjects(board).map((row) => JSON.stringify(row)));

/** Writes a JSON array with one object per row: percent, unrounded, null where there is no value. */
export const leaderboardJson = (board: Leaderboard): string => `${JSON.stringify(rowObjects(board), null, 2)}\n`;

function rowObjects(board: Leaderboard): readonly object[] {
  const fields = fieldsFor(board);
  return board.rows.map((row) => ({
    ...Object.fromEntries(fields.map(({ field, value }) => [field, value(row)])),
    ...{ baseline: row.baseline, revisions: row.revisions, missing: row.missing },
    ...(board.by === "language" ? { partly: partlyIn(board, row) } : {}),
  }));
}
