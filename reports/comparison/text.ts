import { count, plainText } from "../../datasets/shown.ts";
import { type Column, fitTable, left, noRoomLines, percent, right } from "../table.ts";
import type { Comparison, Difference, Verdict } from "./comparison.ts";
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

/** Columns of a table of differences, the most important first: what does not fit is left out from the right. */
const columns = (comparison: Comparison): readonly Column[] => [
  right("Difference"),
  left("Verdict"),
  right(`${confidenceText(comparison)} interval`),
  right("Base"),
  right("Candidate"),
  right("p"),
];

const cells = (one: Difference & { readonly verdict: Verdict }): string[] => [
  signedPoints(one.difference),
  one.verdict,
  intervalText(one),
  percent(one.base),
  percent(one.candidate),
  pValueText(one),
];

/** Lines on the rules that were given; none where there were none. */
function gateLines({ rules, trips }: Gate): string[] {
  if (rules.length === 0) return [];
  return [
    trips.length === 0
      ? `Gate passed: ${rules.map(({ text }) => text).join("; ")}`
      : `Gate failed: ${trips.length} of ${count(rules.length, "rule")} tripped`,
    ...trips.flatMap(({ rule, reasons }) => reasons.map((reason) => `${rule.text}: ${reason}`)),
  ];
}

/** Tables for a terminal of `width` columns, tasks first, and what matters most in the last lines. */
export function comparisonText(comparison: Comparison, gate: Gate, width: number): string {
  const { base, candidate, tasks, incomparable, notes } = comparison;
  const table = (heading: string, rows: readonly (Difference & { verdict: Verdict; name: string })[]): string[] => {
    if (rows.length === 0) return [];
    const all = [left(heading), ...columns(comparison)];
    const { lines, dropped } = fitTable(
      all,
      rows.map((row) => [row.name, ...cells(row)]),
      width,
      0,
    );
    return [...lines, ...noRoomLines(all, dropped), ""];
  };
  const lines = [
    ...table(
      "Task",
      tasks.map((one) => ({ ...one, name: one.task })),
    ),
    ...table("Mean", meansOf(comparison)),
    ...incomparable.map(({ task, reason }) => `not comparable: ${task}: ${reason}`),
    ...notes,
    ...(incomparable.length + notes.length > 0 ? [""] : []),
    `base       ${runText(base)}`,
    `candidate  ${runText(candidate)}`,
    computedText(comparison),
    "",
    `${verdictText(comparison)}: ${headline(comparison)}`,
    ...gateLines(gate),
  ];
  return lines.map((line) => `${plainText(line)}\n`).join("");
}
