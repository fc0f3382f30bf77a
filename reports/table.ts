import { plainText } from "../datasets/shown.ts";
import { noValue } from "./page/browser/format.mjs";
import { wrapText } from "./wrap.ts";

export { csv, grouped, noValue, threeDigits } from "./page/browser/format.mjs";

export interface Column {
  readonly heading: string;
  /** Heading where room is short. */
  readonly short?: string;
  readonly align: "left" | "right";
}

/** Makes a column of texts. */
export const left = (heading: string): Column => ({ heading, align: "left" });

/** Makes a column of numbers. */
export const right = (heading: string): Column => ({ heading, align: "right" });

/** Escapes text for a cell of a Markdown table, on one line. */
export function escapeCell(text: string): string {
  return plainText(text.replace(/\s*[\r\n]\s*/g, " "))
    .replace(/[\\|`*~<[\]]/g, "\\$&")
    .trim();
}

/** Counts the characters of a text, each taken as one column of a terminal. */
const widthOf = (text: string): number => [...text].length;

function pad(text: string, width: number, align: Column["align"]): string {
  const blanks = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "left" ? text + blanks : blanks + text;
}

/** Cuts a text to `width` columns: an ellipsis stands for the middle, as names differ most at their ends. */
function cut(text: string, width: number): string {
  const characters = [...text];
  if (characters.length <= width) return text;
  const tail = Math.floor(((width - 1) * 2) / 3);
  return [...characters.slice(0, width - 1 - tail), "…", ...characters.slice(characters.length - tail)].join("");
}

/** Least width of names where room is short. */
const leastNames = 24;

/** Returns the least width that names are cut to, at which no two names become the same. */
function leastWidth(names: readonly string[], natural: number): number {
  const distinct = new Set(names).size;
  let width = Math.min(natural, leastNames);
  while (width < natural && new Set(names.map((name) => cut(name, width))).size < distinct) width++;
  return width;
}

/** Most columns without room that are named; the others are counted. */
const namedColumns = 12;

/** Blanks between two columns of a terminal's table. */
const gap = 2;

/**
 * Fits a table to a terminal of `width` columns. Where it is too wide, the names in column `names` are cut, then columns
 * are left out from the right; the two leftmost always stay.
 *
 * @param whole Option or command that shows all columns, besides a wider window.
 * @returns The table, how many columns it has, and a line that names those left out, where there are any.
 */
export function fitTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
  { names = 0, whole = "--format md" }: { readonly names?: number; readonly whole?: string | undefined } = {},
): { readonly lines: readonly string[]; readonly shown: number; readonly noRoom: readonly string[] } {
  const cells = [columns.map(({ heading, short = heading }) => short), ...rows].map((row) => row.map(plainText));
  const inColumn = (i: number): string[] => cells.map((row) => row[i] ?? "");
  const natural = columns.map((_, i) => Math.max(...inColumn(i).map(widthOf)));
  const least = natural.map((own, i) => (i === names ? leastWidth(inColumn(i), own) : own));
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
  const leftOut = columns.slice(shown).map(({ heading }) => heading);
  const more = leftOut.length > namedColumns ? ` and ${leftOut.length - namedColumns} more` : "";
  const noRoom = `no room for ${leftOut.slice(0, namedColumns).join(", ")}${more}: a wider window or ${whole} shows all`;
  return { lines, shown, noRoom: leftOut.length === 0 ? [] : [noRoom] };
}

/** Joins lines, each with its end. */
export const linesText = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

/** Joins the lines of a table and, after an empty one, those that belong below it, wrapped to the terminal's `width`. */
export const tableText = (lines: readonly string[], below: readonly string[], width: number): string =>
  linesText(below.length === 0 ? lines : [...lines, "", ...below.map((line) => wrapText(line, width))]);

/** Makes a cell of the delimiter row, of three characters or more; a colon marks columns aligned to the right. */
const rule = (width: number, align: Column["align"]): string =>
  align === "left" ? "-".repeat(width) : `${"-".repeat(width - 1)}:`;

/** Makes a Markdown table whose columns are padded, so that it reads well unrendered too. Cells are escaped here. */
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

/** Makes a Markdown list that begins with an empty line; an empty text where there is none. Lines are escaped here. */
export const markdownList = (lines: readonly string[]): string =>
  lines.length === 0 ? "" : `\n${linesText(lines.map((line) => `- ${escapeCell(line)}`))}`;

/** Formats a score as percent with two decimals, or as the dash. */
export const percent = (score: number | null): string => (score === null ? noValue : (score * 100).toFixed(2));

/** What products, sums and differences of scores as doubles are off by, in percent, at most. */
const lastBits = 1e-12;

/**
 * Returns percent or points without what doubles leave behind the tenth decimal: 63.1789 for 63.17889999999999. Figures
 * that have more decimals keep them all.
 */
export function plainPoints(points: number): number {
  const short = Number(points.toFixed(10));
  return Math.abs(short - points) < lastBits ? short : points;
}

/** Converts a score to percent for programs; null where there is none. */
export const toPercent = (score: number | null | undefined): number | null =>
  score === null || score === undefined ? null : plainPoints(score * 100);

/** Compares two texts by their UTF-16 units: the order is the same on every machine. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
