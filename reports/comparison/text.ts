import { count, plainText } from "../../datasets/shown.ts";
import { fitTable, left, linesText } from "../table.ts";
import { wrapText } from "../wrap.ts";
import type { Comparison } from "./comparison.ts";
import type { Gate } from "./gate.ts";
import { type DifferenceRow, differenceColumns, meanRows, taskRows } from "./rows.ts";
import { computedText, headline, runText, verdictText } from "./wording.ts";

function gateLines({ rules, trips }: Gate): string[] {
  if (rules.length === 0) return [];
  return [
    trips.length === 0
      ? `Gate passed: ${rules.map(({ text }) => text).join("; ")}`
      : `Gate failed: ${trips.length} of ${count(rules.length, "rule")} tripped`,
    ...trips.flatMap(({ rule, reasons }) => reasons.map((reason) => `${rule.text}: ${reason}`)),
  ];
}

/** Writes tables for a terminal of `width` columns, tasks first; the verdict and the gate stand in the last lines. */
export function comparisonText(comparison: Comparison, gate: Gate, width: number): string {
  const { base: baseRun, candidate: candidateRun, incomparable, notes } = comparison;
  const [base, candidate, difference, interval, pValue, verdict] = differenceColumns(comparison);
  // Columns that do not fit are left out from the right, so the most important ones go first.
  const columns = [difference, verdict, interval, base, candidate, pValue];
  const table = (heading: string, rows: readonly DifferenceRow[]): string[] => {
    if (rows.length === 0) return [];
    const cells = rows.map((row) => [row.name, ...columns.map(({ text }) => text(row))]);
    const { lines, noRoom } = fitTable([left(heading), ...columns], cells, width);
    return [...lines, ...noRoom, ""];
  };
  const lines = [
    ...table("Task", taskRows(comparison)),
    ...table("Mean", meanRows(comparison)),
    ...incomparable.map(({ task, reason }) => `not comparable: ${task}: ${reason}`),
    ...notes,
    ...(incomparable.length + notes.length > 0 ? [""] : []),
    `base       ${runText(baseRun)}`,
    `candidate  ${runText(candidateRun)}`,
    computedText(comparison),
    "",
    `${verdictText(comparison)}: ${headline(comparison)}`,
    ...gateLines(gate),
  ];
  return wrapText(linesText(lines.map(plainText)), width);
}
