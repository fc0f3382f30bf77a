import { count, plainText } from "../../datasets/shown.ts";
import { fitTable, left, linesText, right } from "../table.ts";
import { wrapText } from "../wrap.ts";
import type { Comparison } from "./comparison.ts";
import type { Gate } from "./gate.ts";
import { candidateRows, type Gated, unlikeNotes } from "./gated.ts";
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

/** Writes a table of the candidates for a terminal of `width` columns; the gates stand in the last lines. */
export function severalText(gated: readonly Gated[], width: number): string {
  const [{ comparison }] = gated;
  const [base, candidate, difference, interval, pValue, verdict] = differenceColumns(comparison);
  const columns = [difference, verdict, interval, pValue, candidate, base];
  const rows = candidateRows(gated).map((row) => [row.name, ...columns.map(({ text }) => text(row)), row.about]);
  const { lines, noRoom } = fitTable([left("Model"), ...columns, right("Tasks")], rows, width);
  const apart = gated.flatMap(({ comparison: { candidate, incomparable, notes } }) => [
    ...incomparable.map(({ task, reason }) => `${runText(candidate)}: not comparable: ${task}: ${reason}`),
    ...notes.map((note) => `${runText(candidate)}: ${note}`),
  ]);
  const all = [
    ...lines,
    ...noRoom,
    "",
    ...unlikeNotes(gated),
    ...apart,
    `base  ${runText(comparison.base)}`,
    "Mean (Task) of each; a comparison of two runs, and --format md of these, show the tasks.",
    computedText(comparison),
    ...gated.flatMap(({ comparison: { candidate }, gate }) =>
      gate.rules.length === 0 ? [] : ["", runText(candidate), ...gateLines(gate)],
    ),
  ];
  return wrapText(linesText(all.map(plainText)), width);
}
