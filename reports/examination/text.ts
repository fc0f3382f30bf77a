import { count, plainText } from "../../datasets/shown.ts";
import { type Slice, significant } from "../../tasks/slices.ts";
import { shortRevision } from "../columns.ts";
import { fitTable, left, linesText, percent, right } from "../table.ts";
import { wrapText } from "../wrap.ts";
import type { Cause } from "./causes.ts";
import type { Confusion, Counts, Examination, ExaminedUnit, Made, Order, Sided } from "./examine.ts";
import type { RankedDocument } from "./ranked.ts";

/** A run that was looked at. */
export interface ExaminedRun {
  readonly model: string;
  readonly revision: string;
  /** Main score of the task, 0 … 1. */
  readonly score: number;
}

/** All that was found out about the units of a task. */
export interface ExaminedTask extends Examination {
  readonly task: string;
  readonly measure: string;
  readonly runs: Sided<ExaminedRun>;
  readonly causes: readonly Cause[];
}

/** The same, with the units in one order. */
export interface ExaminationReport extends Omit<ExaminedTask, "shown"> {
  /** Absent where none is to be shown. */
  readonly order?: Order;
  readonly shown: readonly ExaminedUnit[];
}

const titles: Readonly<Record<Order, string>> = {
  worse: "What got worse most",
  better: "What got better most",
  moved: "What moved most",
  flipped: "What is solved no more, or anew",
  worst: "What fares worst",
};

/** Most slices of which a report tells. */
const mostSlices = 12;

/** Returns the slices of which a report tells, and whether they are surely other than the rest: else they are the nearest to it. */
export function toldSlices(slices: readonly Slice[]): {
  readonly told: readonly Slice[];
  readonly areTelling: boolean;
} {
  const telling = slices.filter(({ pValue }) => pValue < significant);
  const areTelling = telling.length > 0;
  return { told: (areTelling ? telling : slices).slice(0, mostSlices), areTelling };
}

/** Writes an examination for people, in lines of at most `width` characters where texts are cut. */
export function examinationText(report: ExaminationReport, width: number): string {
  const { runs, order, shown, causes, slices, confusions } = report;
  const isPaired = runs.candidate !== undefined;
  const blocks = [
    headOf(report).flatMap((line) => wrapText(line, width).split("\n")),
    causes.length === 0
      ? []
      : [
          "",
          "What may explain it:",
          ...causes.flatMap((cause) => wrapText(`  - ${causeText(cause)}`, width).split("\n")),
        ],
    sliceLines(slices, isPaired, width),
    confusionLines(confusions, width),
    order === undefined ? [] : ["", shownTitle(order, report)],
    ...shown.map((unit, i) => ["", ...unitLines(unit, i, isPaired, width)]),
  ];
  return linesText(blocks.flat().map(plainText));
}

/** Heads the units that are shown, or says why there are none. */
function shownTitle(order: Order, { shown, counts }: ExaminationReport): string {
  if (shown.length > 0) return `${titles[order]}:`;
  const hasNone = order === "flipped" && counts.lost === undefined;
  return hasNone
    ? `${titles[order]}: no unit is solved or not in this task, where all are right by degrees; --by moved shows which moved most.`
    : `${titles[order]}: nothing.`;
}

const runLine = (side: string, { model, revision, score }: ExaminedRun): string =>
  `  ${side.padEnd(9)}  ${percent(score).padStart(6)}  ${model} at ${shortRevision(revision)}`;

function headOf({ task, measure, meaning, runs, counts }: ExaminationReport): string[] {
  return [
    `${task}, ${measure}, ${count(counts.units, "unit")}; the value of a unit: ${meaning}`,
    runLine("base", runs.base),
    ...(runs.candidate ? [runLine("candidate", runs.candidate)] : []),
    ...countLines(counts, runs.candidate !== undefined),
  ];
}

function countLines({ units, worse, better, lost, won, unsolved }: Counts, isPaired: boolean): string[] {
  const flips = lost === undefined ? "" : `; solved no more: ${lost}, anew: ${won}`;
  return [
    ...(isPaired ? [`  worse: ${worse}, better: ${better}, as before: ${units - worse - better}${flips}`] : []),
    ...(unsolved && !isPaired ? [`  not solved: ${unsolved.base} of ${units}`] : []),
  ];
}

const causeText = ({ what, certainty }: Cause): string => `${what}${certainty === "likely" ? " (likely)" : ""}`;

/** Writes a change in points with its sign; one that is rounded to 0 has the plus. */
export function points(value: number): string {
  const rounded = Math.abs(100 * value).toFixed(1);
  return `${value < 0 && Number(rounded) > 0 ? "−" : "+"}${rounded}`;
}

const valueText = (value: number): string => (100 * value).toFixed(1).replace("-", "−");

function sliceLines(slices: readonly Slice[], isPaired: boolean, width: number): string[] {
  if (slices.length === 0) return [];
  const { told, areTelling } = toldSlices(slices);
  const text = isPaired ? points : valueText;
  const columns = [
    left("Slice"),
    right("Units"),
    right(isPaired ? "Change" : "Value"),
    right("95 % interval"),
    right("Others"),
    right("p"),
  ];
  const rows = told.map(({ facet, value, units, mean, rest, interval: [low, high], pValue }) => [
    `${facet}: ${value}`,
    String(units),
    text(mean),
    `[${text(low)}, ${text(high)}]`,
    text(rest),
    pValue < 0.001 ? "<0.001" : pValue.toFixed(3),
  ]);
  const { lines, noRoom } = fitTable(columns, rows, width - 2);
  const what = isPaired ? "change" : "fare";
  return [
    "",
    areTelling
      ? `Slices that ${what} otherwise than the rest (p corrected for ${slices.length} slices):`
      : `No slice of ${slices.length} ${isPaired ? "changes" : "fares"} otherwise than the rest; the nearest to it:`,
    ...lines.map((line) => `  ${line}`),
    ...noRoom.map((line) => `  ${line}`),
  ];
}

function confusionLines(confusions: readonly Confusion[], width: number): string[] {
  if (confusions.length === 0) return [];
  const lines = confusions.map(({ right, said, base, candidate }) => {
    const times = candidate === undefined ? String(base) : `${base} → ${candidate}`;
    return cutLine(`  ${oneLine(said)} where ${oneLine(right)} is right: ${times}`, width);
  });
  return ["", "What is said most often in place of what is right:", ...lines];
}

function unitLines(unit: ExaminedUnit, place: number, isPaired: boolean, width: number): string[] {
  const { split, subset, name, texts, wanted, base, candidate } = unit;
  const where = subset === "default" ? split : `${split}, ${subset}`;
  const values = candidate ? `${valueText(base.value)} → ${valueText(candidate.value)}` : valueText(base.value);
  return [
    `${place + 1}. ${name} (${where}): ${values}`,
    ...Object.entries(texts).map(([what, text]) => cutLine(`   ${what}: ${oneLine(text)}`, width)),
    ...(wanted === undefined ? [] : [cutLine(`   right: ${oneLine(wanted)}`, width)]),
    ...madeLines(isPaired ? "base" : "model", base, width),
    ...(candidate ? madeLines("candidate", candidate, width) : []),
  ];
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

function cutLine(line: string, width: number): string {
  const characters = [...line];
  return characters.length <= width ? line : `${characters.slice(0, Math.max(1, width - 1)).join("")}…`;
}

function madeLines(side: string, { said, ranked }: Made, width: number): string[] {
  const relevant = ranked?.relevant.map(({ id, rank }) => `${id} at ${rank ?? "no place"}`).join(", ");
  return [
    ...(said === undefined ? [] : [cutLine(`   ${side}: ${oneLine(said)}`, width)]),
    ...(ranked === undefined ? [] : [cutLine(`   ${side}: relevant: ${relevant || "none"}`, width)]),
    ...(ranked?.first ?? []).map((one) => cutLine(`     ${documentText(one)}`, width)),
  ];
}

const documentText = ({ rank, id, isRelevant, text }: RankedDocument): string =>
  `${rank}. ${isRelevant ? "(relevant) " : ""}${id}: ${oneLine(text)}`;
