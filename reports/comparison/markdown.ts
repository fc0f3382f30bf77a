import { count, plainText } from "../../datasets/shown.ts";
import { type Column, escapeCell, left, markdownTable, right } from "../table.ts";
import type { Comparison, RunName } from "./comparison.ts";
import { type Gate, outcomesOf } from "./gate.ts";
import { candidateRows, type Gated, unlikeNotes } from "./gated.ts";
import { type DifferenceRow, differenceColumns, meanRows, taskRows } from "./rows.ts";
import { computedText, headline, runText, verdictText } from "./wording.ts";

/** Puts text on one line; behind an @ goes an invisible joiner (U+2060), so that it calls nobody in a comment. */
const quiet = (text: string): string => plainText(text).replace(/@(?=[\w-])/g, "@\u2060");

/** Escapes text for Markdown. */
const plain = (text: string): string => escapeCell(quiet(text));

/** Formats text as code on one line; the fence is longer than any row of backticks in it. */
export function code(text: string): string {
  const line = plainText(text).trim();
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}

function tableMarkdown(first: readonly Column[], rows: readonly DifferenceRow[], comparison: Comparison): string {
  const columns = differenceColumns(comparison);
  const cells = rows.map((row) => [quiet(row.name), row.about, ...columns.map(({ text }) => text(row))]);
  return markdownTable([...first, ...columns], cells);
}

const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}\n`).join("");

function gateMarkdown(gate: Gate): string {
  const { rules, trips } = gate;
  if (rules.length === 0) return "";
  const lines = outcomesOf(gate).map(
    ({ rule, tripped, reasons }) =>
      `${code(rule)}: ${tripped ? `**tripped**, ${reasons.map(plain).join("; ")}` : "passed"}`,
  );
  const verdict = trips.length === 0 ? "Gate passed" : "Gate failed";
  return `**${verdict}**: ${trips.length} of ${count(rules.length, "rule")} tripped.\n\n${list(lines)}\n`;
}

function tasksMarkdown(comparison: Comparison): string {
  const rows = taskRows(comparison);
  if (rows.length === 0) return "";
  const table = tableMarkdown([left("Task"), left("Type")], rows, comparison);
  const all = rows.length === 1 ? "The task" : `All ${rows.length} tasks`;
  return `<details>\n<summary>${all}</summary>\n\n${table}\n</details>\n\n`;
}

function incomparableMarkdown({ incomparable }: Comparison): string {
  if (incomparable.length === 0) return "";
  const lines = incomparable.map(({ task, reason }) => `${plain(task)}: ${plain(reason)}`);
  return `**Not comparable**: ${count(incomparable.length, "task")}.\n\n${list(lines)}\n`;
}

/** Writes all but how it was computed. */
function bodyMarkdown({ comparison, gate }: Gated): string {
  const { base, candidate, notes } = comparison;
  const means = meanRows(comparison);
  return [
    `**${verdictText(comparison)}**: ${headline(comparison)}.\n\n`,
    `Candidate ${named(candidate)} against base ${named(base)}.\n\n`,
    gateMarkdown(gate),
    means.length === 0 ? "" : `${tableMarkdown([left("Mean"), right("Tasks")], means, comparison)}\n`,
    tasksMarkdown(comparison),
    incomparableMarkdown(comparison),
    notes.length === 0 ? "" : `${list(notes.map(plain))}\n`,
  ].join("");
}

const named = (run: RunName): string => code(runText(run));

/**
 * Writes a comparison as Markdown for a comment on a pull request: the verdict with the mean's difference, the gate, the
 * means, all tasks folded away, the tasks that cannot be compared, and how it was computed. Names and reasons are escaped.
 */
export const comparisonMarkdown = (comparison: Comparison, gate: Gate): string =>
  `${bodyMarkdown({ comparison, gate })}${computedText(comparison)}\n`;

/** Writes several comparisons with one base as Markdown: a table of the candidates, then each comparison. */
export function severalMarkdown(gated: readonly Gated[]): string {
  const [{ comparison }] = gated;
  const rows = candidateRows(gated);
  return [
    `**${gated.length} candidates** against base ${named(comparison.base)}.\n\n`,
    rows.length === 0 ? "" : `${tableMarkdown([left("Model"), right("Tasks")], rows, comparison)}\n`,
    ...unlikeNotes(gated).map((note) => `- ${plain(note)}\n\n`),
    ...gated.map((one) => `### ${named(one.comparison.candidate)}\n\n${bodyMarkdown(one)}`),
    `${computedText(comparison)}\n`,
  ].join("");
}
