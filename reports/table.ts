import { plainText } from "../datasets/shown.ts";

/** Stands in a cell that has no value. */
export const noValue = "—";

export interface Column {
  readonly heading: string;
  readonly align: "left" | "right";
}

/** A column of texts. */
export const left = (heading: string): Column => ({ heading, align: "left" });

/** A column of numbers. */
export const right = (heading: string): Column => ({ heading, align: "right" });

/** Text as the inside of a Markdown table's cell: on one line, and with nothing in it that Markdown reads. */
export function escapeCell(text: string): string {
  return plainText(text.replace(/\s*[\r\n]\s*/g, " "))
    .replace(/[\\|`*~<[\]]/g, "\\$&")
    .trim();
}

/** Characters that a terminal shows, taken as one column each. */
const widthOf = (text: string): number => [...text].length;

function pad(text: string, width: number, align: Column["align"]): string {
  const blanks = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "left" ? text + blanks : blanks + text;
}

/** Text in at most `width` columns: an ellipsis stands for the middle of a longer one; names differ most at their ends. */
function cut(text: string, width: number): string {
  const characters = [...text];
  if (characters.length <= width) return text;
  const tail = Math.floor(((width - 1) * 2) / 3);
  return [...characters.slice(0, width - 1 - tail), "…", ...characters.slice(characters.length - tail)].join("");
}

/** Columns of a terminal that names keep where room is short. */
const leastNames = 24;

/** The width that names are cut to: so few columns that most fit, so many that no two names become the same. */
function leastWidth(names: readonly string[], natural: number): number {
  const distinct = new Set(names).size;
  let width = Math.min(natural, leastNames);
  while (width < natural && new Set(names.map((name) => cut(name, width))).size < distinct) width++;
  return width;
}

/** Blanks between two columns of a terminal's table. */
const gap = 2;

/** A table in the columns of a terminal. */
export interface FittedTable {
  readonly lines: readonly string[];
  /** Columns left out at the right. */
  readonly dropped: number;
}

/**
 * A table for a terminal of `width` columns. Where it is too wide, the names in column `names` are cut, then columns are
 * left out from the right; the two leftmost always stay.
 */
export function fitTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
  names: number,
): FittedTable {
  const cells = [columns.map(({ heading }) => heading), ...rows].map((row) => row.map(plainText));
  const natural = columns.map((_, i) => Math.max(...cells.map((row) => widthOf(row[i] ?? ""))));
  const least = natural.map((own, i) =>
    i === names
      ? leastWidth(
          cells.map((row) => row[i] ?? ""),
          own,
        )
      : own,
  );
  const needed = (shown: number): number =>
    least.slice(0, shown).reduce((sum, own) => sum + own, 0) + gap * (shown - 1);
  let shown = columns.length;
  while (shown > 2 && needed(shown) > width) shown--;
  const room = Math.max(0, width - needed(shown));
  const widths = least.map((own, i) => (i === names ? Math.min(natural[i], own + room) : own));
  const lines = cells.map((row) =>
    columns
      .slice(0, shown)
      .map(({ align }, i) => pad(cut(row[i] ?? "", widths[i]), widths[i], align))
      .join(" ".repeat(gap))
      .trimEnd(),
  );
  return { lines, dropped: columns.length - shown };
}

/** Says which columns `fitTable` left out, where it did, and that a wider window or `whole` shows them. */
export function noRoomLines(columns: readonly Column[], dropped: number, whole = "--format md"): string[] {
  const left = columns.slice(columns.length - dropped).map(({ heading }) => heading);
  return dropped === 0 ? [] : [`no room for ${left.join(", ")}: a wider window or ${whole} shows all`];
}

/** Each line with its end. */
export const linesText = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

/** The lines of a table and, after an empty one, those that belong below it. */
export const tableText = (lines: readonly string[], below: readonly string[]): string =>
  linesText(below.length === 0 ? lines : [...lines, "", ...below]);

/** A delimiter row needs three characters; the colon marks columns that are aligned to the right. */
const rule = (width: number, align: Column["align"]): string =>
  align === "left" ? "-".repeat(width) : `${"-".repeat(width - 1)}:`;

/**
 * A Markdown table whose columns are padded, so that it reads well unrendered too. Cells are escaped here.
 *
 * @param rows One text per column each.
 */
export function markdownTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const headings = columns.map(({ heading }) => escapeCell(heading));
  const cells = rows.map((row) => row.map(escapeCell));
  const widths = headings.map((heading, i) =>
    Math.max(3, widthOf(heading), ...cells.map((row) => widthOf(row[i] ?? ""))),
  );
  const line = (texts: readonly string[]): string => `| ${texts.join(" | ")} |`;
  const padded = (row: readonly string[]): string =>
    line(columns.map(({ align }, i) => pad(row[i] ?? "", widths[i], align)));
  const rules = line(columns.map(({ align }, i) => rule(widths[i], align)));
  return linesText([padded(headings), rules, ...cells.map(padded)]);
}

/** A Markdown list to stand below something, after an empty line; nothing where it is empty. Lines are escaped here. */
export const markdownList = (lines: readonly string[]): string =>
  lines.length === 0 ? "" : `\n${linesText(lines.map((line) => `- ${escapeCell(line)}`))}`;

/**
 * A number as CSV and people read it, in the way that RFC 4180 quotes it. A text that a spreadsheet would take for a
 * formula gets an apostrophe in front, as OWASP's "CSV injection" has it: names in results are not the user's own.
 */
function csvField(value: string | number | null): string {
  const text = typeof value === "string" ? value.replace(/^[=+\-@\t\r]/, "'$&") : value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Comma-separated values as RFC 4180 has them; null is an empty field. */
export function csv(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map(csvField).join(",")}\r\n`).join("");
}

/** A score as percent with two decimals, or the dash. */
export function percent(score: number | null): string {
  return score === null ? noValue : (score * 100).toFixed(2);
}

/** A score as percent for programs, unrounded; null where there is none. */
export const toPercent = (score: number | null | undefined): number | null =>
  score === null || score === undefined ? null : score * 100;

/** A whole number, its digits in groups of three. */
export const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ",");

/** The order of two texts by their UTF-16 units, the same on every machine. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
