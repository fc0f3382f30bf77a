import { count, plainText } from "../datasets/shown.ts";
import type { Explanation } from "../runners/explanation.ts";
import { taskTypes } from "../tasks/types/index.ts";
import { shortRevision } from "./columns.ts";
import { type Reproduction, summarize } from "./reproduction.ts";
import {
  escapeCell,
  fitTable,
  left,
  linesText,
  markdownList,
  markdownTable,
  noValue,
  percent,
  plainPoints,
  right,
  tableText,
  toPercent,
} from "./table.ts";
import { wrapText } from "./wrap.ts";

/** The outcome of a reproduction. */
export interface ReproductionReport {
  /** Name of the model, with marks for the options that change its scores. */
  readonly model: string;
  readonly revision: string;
  /** Name of the model whose official scores are compared. */
  readonly official: string;
  readonly rows: readonly Reproduction[];
  /** One for each task whose difference was looked into. */
  readonly explanations: readonly Explanation[];
  /** In what the versions of transformers differ for the model, where something was looked into. */
  readonly versions: readonly string[];
}

/** Decimals of a difference in points, as many as the six places of result files give. */
const decimals = 4;

/** Formats a difference in points with its sign; zero has none. */
function signed(difference: number | null): string {
  if (difference === null) return noValue;
  const text = difference.toFixed(decimals);
  return Number(text) === 0 ? (0).toFixed(decimals) : difference > 0 ? `+${text}` : text;
}

/** Returns the counts of the verdicts, then the largest and the mean absolute difference. */
function summaryLine(rows: readonly Reproduction[]): string {
  const { reproduced, differing, missing, largest, meanDifference } = summarize(rows);
  const counts = [
    `${reproduced} of ${count(rows.length, "task")} reproduced`,
    ...(differing > 0 ? [`${differing} beyond the tolerance`] : []),
    ...(missing > 0 ? [`${missing} without a result`] : []),
  ].join(", ");
  if (largest === null || meanDifference === null) return counts;
  return (
    `${counts}; largest absolute difference ${largest.difference.toFixed(decimals)} points (${largest.task}), ` +
    `mean ${meanDifference.toFixed(decimals)}`
  );
}

const versionsTitle = "Official scores may be of transformers 4 or 5, which differ for this model:";

/** How the parts of a report are written. */
interface Form {
  readonly table: typeof markdownTable;
  readonly line: (text: string) => string;
  readonly list: (items: readonly string[]) => string;
}

const markdown: Form = { table: markdownTable, line: escapeCell, list: markdownList };

/** Fits tables and lines to a window. */
const windowForm = (width: number): Form => ({
  table: (columns, rows) => {
    const { lines, noRoom } = fitTable(columns, rows, width);
    return tableText(lines, noRoom, width);
  },
  line: (text) => wrapText(plainText(text), width),
  list: (items) =>
    items.length === 0 ? "" : `\n${linesText(items.map((one) => wrapText(`- ${plainText(one)}`, width)))}`,
});

/** Writes Markdown: what `reportText` says. */
export const reproductionMarkdown = (report: ReproductionReport): string => reportText(report, markdown);

/** Writes the same for a terminal of so many columns. */
export const reproductionText = (report: ReproductionReport, width: number): string =>
  reportText(report, windowForm(width));

/**
 * Writes one row per task with our score and the official one in percent, their signed difference and the
 * tolerance in points; the counts; the reasons in the files for each difference; the scores of each task's variants; in what
 * the versions of transformers differ.
 */
function reportText(
  { model, revision, official, rows, explanations, versions }: ReproductionReport,
  form: Form,
): string {
  const columns = [
    ...["Task", "Type"].map(left),
    ...["Ours", "Official", "Difference", "Tolerance"].map(right),
    ...["Verdict", "Remarks"].map(left),
  ];
  const cells = rows.map((row) => [
    row.task,
    taskTypes[row.type].heading,
    percent(row.ours),
    percent(row.official),
    signed(row.difference),
    String(row.tolerance),
    row.verdict,
    row.remarks.join("; ") || noValue,
  ]);
  const reasons = rows.flatMap((row) => row.reasons.map((reason) => `${row.task}: ${reason}`));
  const title = `${model} at ${shortRevision(revision)} against the official scores of ${official}, differences in points`;
  return [
    `${form.line(title)}\n\n`,
    form.table(columns, cells),
    `\n${form.line(summaryLine(rows))}\n`,
    form.list(reasons),
    ...explanations.map((one) => explanationText(one, form)),
    ...(versions.length === 0 ? [] : [`\n${form.line(versionsTitle)}\n`, form.list(versions)]),
  ].join("");
}

function explanationText({ task, official, tried, nearest, explains }: Explanation, form: Form): string {
  const columns = [left("Variant"), ...["Score", "Difference"].map(right), left("Why not")];
  const cells = tried.map((one) => [one.variant, percent(one.score), signed(one.difference), one.reason ?? noValue]);
  const verdict =
    nearest === null
      ? "no variant takes away a tenth of the difference"
      : explains
        ? `${nearest} lands within the tolerance`
        : `${nearest} comes nearest, but not within the tolerance`;
  const title = `${task}, official ${percent(official)}: ${verdict}`;
  return `\n${form.line(title)}\n\n${form.table(columns, cells)}`;
}

const plainOrNull = (points: number | null): number | null => (points === null ? null : plainPoints(points));

/** Writes one JSON object: scores in percent, differences and tolerances in points, unrounded, null where missing. */
export function reproductionJson({ rows, explanations, ...about }: ReproductionReport): string {
  const { largest, meanDifference, ...counts } = summarize(rows);
  const value = {
    ...about,
    ...counts,
    largest: largest && { ...largest, difference: plainPoints(largest.difference) },
    meanDifference: plainOrNull(meanDifference),
    tasks: rows.map((row) => ({
      ...row,
      ours: toPercent(row.ours),
      official: toPercent(row.official),
      difference: plainOrNull(row.difference),
    })),
    explanations: explanations.map(({ official, tried, ...one }) => ({
      ...one,
      official: toPercent(official),
      tried: tried.map((each) => ({
        ...each,
        score: toPercent(each.score),
        difference: plainOrNull(each.difference),
      })),
    })),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}
