import { count, plainText } from "../../datasets/shown.ts";
import { taskTypes } from "../../tasks/types/index.ts";
import { type Column, escapeCell, left, markdownTable, percent, right } from "../table.ts";
import type { Comparison, Difference, RunName, Verdict } from "./comparison.ts";
import type { Gate } from "./gate.ts";
import {
  computedText,
  confidenceText,
  headline,
  intervalText,
  meansOf,
  pValueText,
  runText,
  signedPoints,
  verdictText,
} from "./wording.ts";

/** Text on one line; an @ calls nobody in a comment, because of a joiner that is not seen (U+2060). */
const quiet = (text: string): string => plainText(text).replace(/@(?=[\w-])/g, "@\u2060");

/** Text within Markdown: nothing in it is read as such. */
const plain = (text: string): string => escapeCell(quiet(text));

/** Text as code, on one line; its fence is longer than any row of backticks in it. */
export function code(text: string): string {
  const line = plainText(text).trim();
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}

const columns = (comparison: Comparison): readonly Column[] => [
  ...["Base", "Candidate", "Difference", `${confidenceText(comparison)} interval`, "p"].map(right),
  left("Verdict"),
];

const cells = (one: Difference & { readonly verdict: Verdict }): string[] => [
  percent(one.base),
  percent(one.candidate),
  signedPoints(one.difference),
  intervalText(one),
  pValueText(one),
  one.verdict,
];

const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}\n`).join("");

function gateMarkdown({ rules, trips }: Gate): string {
  if (rules.length === 0) return "";
  const lines = rules.map((rule) => {
    const trip = trips.find((one) => one.rule === rule);
    return `${code(rule.text)}: ${trip ? `**tripped**, ${trip.reasons.map(plain).join("; ")}` : "passed"}`;
  });
  const verdict = trips.length === 0 ? "Gate passed" : "Gate failed";
  return `**${verdict}**: ${trips.length} of ${count(rules.length, "rule")} tripped.\n\n${list(lines)}\n`;
}

function tasksMarkdown(comparison: Comparison): string {
  const { tasks } = comparison;
  if (tasks.length === 0) return "";
  const rows = tasks.map((one) => [quiet(one.task), taskTypes[one.type].heading, ...cells(one)]);
  const table = markdownTable([left("Task"), left("Type"), ...columns(comparison)], rows);
  const all = tasks.length === 1 ? "The task" : `All ${tasks.length} tasks`;
  return `<details>\n<summary>${all}</summary>\n\n${table}\n</details>\n\n`;
}

function incomparableMarkdown({ incomparable }: Comparison): string {
  if (incomparable.length === 0) return "";
  const lines = incomparable.map(({ task, reason }) => `${plain(task)}: ${plain(reason)}`);
  return `**Not comparable**: ${count(incomparable.length, "task")}.\n\n${list(lines)}\n`;
}

/**
 * Markdown for a comment on a pull request: the verdict with the mean's difference, the gate, the means, all tasks
 * folded away, what could not be compared, and how it was computed. Names and reasons are escaped.
 */
export function comparisonMarkdown(comparison: Comparison, gate: Gate): string {
  const { base, candidate, notes } = comparison;
  const means = meansOf(comparison);
  const named = (run: RunName): string => code(runText(run));
  const rows = means.map((one) => [one.name, String(one.tasks), ...cells(one)]);
  const table = markdownTable([left("Mean"), right("Tasks"), ...columns(comparison)], rows);
  return [
    `**${verdictText(comparison)}**: ${headline(comparison)}.\n\n`,
    `Candidate ${named(candidate)} against base ${named(base)}.\n\n`,
    gateMarkdown(gate),
    means.length === 0 ? "" : `${table}\n`,
    tasksMarkdown(comparison),
    incomparableMarkdown(comparison),
    notes.length === 0 ? "" : `${list(notes.map(plain))}\n`,
    `${computedText(comparison)}\n`,
  ].join("");
}
