import { count, plainText } from "../datasets/shown.ts";
import { publishedTypes } from "../tasks/types/index.ts";
import type { MissingTask } from "./board-row.ts";
import {
  type BoardColumn,
  type ColumnChoice,
  columnsFor,
  fieldsFor,
  incompleteRows,
  shortRevision,
} from "./columns.ts";
import type { Leaderboard } from "./leaderboard.ts";
import { csv, fitTable, linesText, markdownList, markdownTable, tableText } from "./table.ts";

/** Number of missing tasks that a note names of each type; it counts the others. */
const namedTasks = 5;

/** Lists missing tasks by type, such as `Retrieval 2 of 10: ArguAna, SCIDOCS (split test, subset default: undefined)`. */
function describeMissing(missing: readonly MissingTask[], { tasks }: Leaderboard): string {
  const name = ({ task, reason }: MissingTask): string => (reason === "missing" ? task : `${task} (${reason})`);
  return publishedTypes
    .map(({ type, heading }) => ({
      heading,
      all: tasks.filter((task) => task.type === type).length,
      names: missing.filter((one) => one.type === type).map(name),
    }))
    .filter(({ names }) => names.length > 0)
    .map(({ heading, all, names }) => {
      const more = names.length > namedTasks ? ` and ${names.length - namedTasks} more` : "";
      return `${heading} ${names.length} of ${all}: ${names.slice(0, namedTasks).join(", ")}${more}`;
    })
    .join("; ");
}

/** Returns the notes below a table: the tasks that each incomplete row lacks, then those on results left out. */
export function footnotes(board: Leaderboard): string[] {
  const lines = [...incompleteRows(board)].map(([{ model, revision, missing }, number]) => {
    const lack = `lacks ${missing.length} of ${count(board.tasks.length, "task")}, so it has no mean`;
    return `(${number}) ${model} at ${shortRevision(revision)} ${lack}. ${describeMissing(missing, board)}`;
  });
  const incomplete = board.rows.filter(({ missing }) => missing.length > 0).length;
  const all = `${count(incomplete, "row")} of ${board.rows.length} lack tasks, so they have no mean (--verbose names them)`;
  return [...(lines.length < incomplete ? [all] : lines), ...board.notes];
}

const cellsOf = (board: Leaderboard, columns: readonly BoardColumn[]): string[][] =>
  board.rows.map((row) => columns.map(({ text }) => text(row)));

/**
 * Writes a Markdown table in percent with two decimals, types in the published order and only those that the tasks have.
 * A dash stands for a missing score; such rows bear a number, and a line below names the tasks that they lack.
 */
export function leaderboardMarkdown(board: Leaderboard, choice: ColumnChoice = "all"): string {
  const notes = footnotes(board);
  if (board.rows.length === 0) return `No results.\n${notes.map((note) => markdownList([note])).join("")}`;
  const columns = columnsFor(board, choice);
  return markdownTable(columns, cellsOf(board, columns)) + markdownList(notes);
}

const isRevision = ({ field }: BoardColumn): boolean => field === "revision";

/**
 * Writes the same table for a terminal of `width` columns: headings are short, names are cut, and columns that still do
 * not fit are left out from the right, which a line says. The revision goes last.
 *
 * @param whole Option or command that shows all columns, besides a wider window.
 */
export function leaderboardText(board: Leaderboard, choice: ColumnChoice, width: number, whole?: string): string {
  const marks = board.rows.some(({ baseline }) => baseline) ? ["* published scores"] : [];
  const notes = [...marks, ...footnotes(board)].map(plainText);
  if (board.rows.length === 0) return linesText(["No results.", ...notes]);
  const all = columnsFor(board, choice, "*");
  const columns = [...all.filter((column) => !isRevision(column)), ...all.filter(isRevision)];
  const names = columns.findIndex(({ field }) => field === "model");
  const { lines, noRoom } = fitTable(columns, cellsOf(board, columns), width, { names, whole });
  return tableText(lines, [...noRoom, ...notes]);
}

/**
 * Writes comma-separated values (RFC 4180) with the fields of `leaderboardJson`: percent, unrounded, empty where there is
 * no value; the last field holds the names of missing tasks, with blanks between.
 */
export function leaderboardCsv(board: Leaderboard, choice: ColumnChoice = "all"): string {
  const fields = fieldsFor(board, choice);
  const rows = board.rows.map((row) => [
    ...fields.map(({ value }) => value(row)),
    ...(choice === "all" ? [String(row.baseline), row.missing.map(({ task }) => task).join(" ")] : []),
  ]);
  const headings = [...fields.map(({ field }) => field), ...(choice === "all" ? ["baseline", "missing"] : [])];
  return csv([headings, ...rows]);
}

/** Writes a JSON array with one object per row: percent, unrounded, null where there is no value. */
export function leaderboardJson(board: Leaderboard, choice: ColumnChoice = "all"): string {
  const fields = fieldsFor(board, choice);
  const rows = board.rows.map((row) => ({
    ...Object.fromEntries(fields.map(({ field, value }) => [field, value(row)])),
    ...(choice === "all" ? { baseline: row.baseline, revisions: row.revisions, missing: row.missing } : {}),
  }));
  return `${JSON.stringify(rows, null, 2)}\n`;
}
