import type { Leaderboard, LeaderboardRow, MissingTask } from "./leaderboard.ts";
import { type Column, csv, escapeCell, markdownTable, noValue, percent } from "./table.ts";
import { taskTypes } from "./task-types.ts";

/** A commit hash as people write it; other revisions whole. */
const shortRevision = (revision: string): string => (/^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 7) : revision);

/** The revision, and whether some of the scores were reported without one. */
const revisionCell = ({ revision, reported }: LeaderboardRow): string =>
  reported.length > 0 ? `${shortRevision(revision)} + ${reported.length} reported` : shortRevision(revision);

/** Missing tasks by type, such as `Retrieval: ArguAna, SCIDOCS (split test, subset default: undefined)`. */
function describeMissing(missing: readonly MissingTask[]): string {
  const name = ({ task, reason }: MissingTask): string => (reason === "missing" ? task : `${task} (${reason})`);
  return taskTypes
    .map(({ type, heading }) => ({ heading, names: missing.filter((one) => one.type === type).map(name) }))
    .filter(({ names }) => names.length > 0)
    .map(({ heading, names }) => `${heading}: ${names.join(", ")}`)
    .join("; ");
}

function footnotes(board: Leaderboard): string[] {
  const incomplete = board.rows.filter((row) => row.missing.length > 0);
  const lines = incomplete.map(({ model, revision, missing }, i) => {
    const tasks = board.tasks.length === 1 ? "1 task" : `${board.tasks.length} tasks`;
    const lack = `lacks ${missing.length} of ${tasks}, so it has no mean and no rank. ${describeMissing(missing)}`;
    return `(${i + 1}) ${model} at ${shortRevision(revision)} ${lack}`;
  });
  return [...lines, ...board.notes];
}

/**
 * A Markdown table in percent with two decimals, types in the published order and only those that the tasks have. A dash
 * stands for what is missing; rows with one bear a number, and a line below says what they lack. Scores that somebody
 * reported without a revision are counted beside the revision.
 */
export function leaderboardMarkdown(board: Leaderboard): string {
  if (board.rows.length === 0) return `No results.\n${board.notes.map((note) => `\n- ${escapeCell(note)}\n`).join("")}`;
  const types = taskTypes.filter(({ type }) => board.types.includes(type));
  const right = (heading: string): Column => ({ heading, align: "right" });
  const columns: Column[] = [
    right("Rank"),
    { heading: "Model", align: "left" },
    { heading: "Revision", align: "left" },
    right("Mean (Task)"),
    right("Mean (Type)"),
    ...types.map(({ heading }) => right(heading)),
  ];
  const incomplete = board.rows.filter((row) => row.missing.length > 0);
  const rows = board.rows.map((row) => [
    row.rank === null ? noValue : String(row.rank),
    row.missing.length > 0 ? `${row.model} (${incomplete.indexOf(row) + 1})` : row.model,
    revisionCell(row),
    percent(row.meanTask),
    percent(row.meanType),
    ...types.map(({ type }) => percent(row.byType[type] ?? null)),
  ]);
  const notes = footnotes(board).map((note) => `- ${escapeCell(note)}\n`);
  return markdownTable(columns, rows) + (notes.length > 0 ? `\n${notes.join("")}` : "");
}

const toPercent = (score: number | null | undefined): number | null =>
  score === null || score === undefined ? null : score * 100;

/** The numbers of a row in percent, unrounded, by the names they have in machine-readable output. */
function numbersOf(row: LeaderboardRow): readonly (readonly [string, number | null])[] {
  return [
    ["meanTask", toPercent(row.meanTask)],
    ["meanType", toPercent(row.meanType)],
    ...taskTypes.map(({ type, field }) => [field, toPercent(row.byType[type])] as const),
  ];
}

/**
 * Comma-separated values (RFC 4180) with the fields of `leaderboardJson`: percent, unrounded, empty where there is no
 * value; the last field holds the names of missing tasks, with blanks between.
 */
export function leaderboardCsv(board: Leaderboard): string {
  const names = ["meanTask", "meanType", ...taskTypes.map(({ field }) => field)];
  const rows = board.rows.map((row) => [
    row.rank,
    row.model,
    row.revision,
    ...numbersOf(row).map(([, value]) => value),
    row.missing.map(({ task }) => task).join(" "),
  ]);
  return csv([["rank", "model", "revision", ...names, "missing"], ...rows]);
}

/** A JSON array with one object per row: percent, unrounded, null where there is no value. */
export function leaderboardJson(board: Leaderboard): string {
  const rows = board.rows.map((row) => ({
    model: row.model,
    revision: row.revision,
    rank: row.rank,
    ...Object.fromEntries(numbersOf(row)),
    missing: row.missing,
    reported: row.reported,
  }));
  return `${JSON.stringify(rows, null, 2)}\n`;
}
