import { plainText } from "../../datasets/shown.ts";
import {
  hasStandingDrop,
  isDrop,
  type StoppedEarly,
  type StoredComparison,
  type WatchEntry,
} from "../../runners/watch/history.ts";
import { publishedTypes } from "../../tasks/types/index.ts";
import { signedPoints } from "../comparison/wording.ts";
import { shareText } from "../stopping/wording.ts";
import { type Column, fitTable, left, linesText, markdownTable, noValue, percent, right } from "../table.ts";
import { dropEvidence, inTrainingOrder, worseText } from "./curves.ts";
import { falseAlarmLevel, meanName } from "./drop.ts";

function verdictText(entry: WatchEntry): string {
  const { stopped } = entry;
  if (!isDrop(entry)) return entry.comparison?.verdict ?? noValue;
  const early = stopped === undefined ? [] : [`stopped at ${shareOf(stopped.units)}`];
  return ["drop", ...early, ...(entry.isAccepted ? ["accepted"] : [])].join(", ");
}

const shareOf = ([part, all]: StoppedEarly["units"]): string => `${((100 * part) / all).toFixed(1)} %`;

/** Describes a checkpoint that was stopped early on one line, without a score. */
function stoppedLine(entry: WatchEntry, { units }: StoppedEarly): string {
  const { comparison } = entry;
  const found = comparison?.overall;
  const against = found === undefined ? "" : `  ${meanName} ${worseText(found)} than ${comparison?.base}`;
  return plainText(`${entry.name}  stopped after ${shareText(units, "units")}${against}  drop`);
}

/** Returns the difference to the best checkpoint before, where one is known. */
const differenceOf = (entry: WatchEntry, base: WatchEntry | undefined): number | undefined =>
  entry.meanTask === null || base === undefined || base.meanTask === null ? undefined : entry.meanTask - base.meanTask;

/**
 * Describes a checkpoint on one line: `checkpoint-500  Mean 61.32 (+0.41 to checkpoint-400)  STS 78.10`.
 *
 * @param base The best checkpoint before; undefined for the first.
 */
export function entryLine(entry: WatchEntry, base: WatchEntry | undefined): string {
  if (entry.stopped !== undefined) return stoppedLine(entry, entry.stopped);
  const difference = differenceOf(entry, base);
  const against =
    difference === undefined || base === undefined ? "" : ` (${signedPoints(difference)} to ${base.name})`;
  const failed = entry.tasks.filter(({ score }) => score === null).map(({ task }) => task);
  const verdict = entry.comparison === undefined ? [] : [verdictText(entry)];
  return plainText(
    [
      entry.name,
      `Mean ${percent(entry.meanTask)}${against}`,
      ...typesOf([entry]).map(({ type, short }) => `${short} ${percent(entry.types[type] ?? null)}`),
      ...(failed.length > 0 ? [`no score: ${failed.join(", ")}`] : []),
      ...verdict.filter((text) => text !== "unknown"),
    ].join("  "),
  );
}

/** Returns the chance of a false alarm in a whole watch: the largest that was chosen for its comparisons. */
export function errorOf(entries: readonly WatchEntry[]): number {
  const chosen = entries.flatMap(({ comparison }) => (comparison ? [comparison.error ?? falseAlarmLevel] : []));
  return chosen.length === 0 ? falseAlarmLevel : Math.max(...chosen);
}

/** Says what of a whole watch's error a comparison may spend. */
function levelText({ look, level, error = falseAlarmLevel }: StoredComparison, isShared: boolean): string {
  const spender = isShared ? `this look of comparison ${look}` : `comparison ${look}`;
  return `at the level ${level.toPrecision(2)}, which ${spender} may spend of ${error}`;
}

/** Returns the lines that report a significant drop; none where there is no drop. */
export function dropLines({ name, comparison, stopped }: WatchEntry, isFirst: boolean): string[] {
  if (comparison === undefined || comparison.drops.length === 0) return [];
  const { base, error } = comparison;
  const { fell, by } = dropEvidence(comparison, stopped);
  return [
    `${isFirst ? "FIRST SIGNIFICANT DROP" : "significant drop"}: ${name} is worse than ${base}, the best before it`,
    ...(stopped === undefined ? fell.map((text) => `  ${text} (${by})`) : [...fell, by].map((text) => `  ${text}`)),
    `  ${levelText(comparison, error !== undefined)}`,
  ].map(plainText);
}

/** A checkpoint in the table and the page. */
export interface WatchRow {
  readonly name: string;
  readonly cells: readonly string[];
  /** It has a drop that nobody accepted. */
  readonly isDrop: boolean;
}

/** Returns the types that some entry has scores of, in the order of the tables. */
const typesOf = (entries: readonly WatchEntry[]) =>
  publishedTypes.filter(({ type }) => entries.some((entry) => type in entry.types));

/** Returns the table's columns and rows, in the order of training. Scores are percent. */
export function watchTable(entries: readonly WatchEntry[]): { columns: Column[]; rows: WatchRow[] } {
  const ordered = inTrainingOrder(entries);
  const types = typesOf(ordered);
  const columns: Column[] = [
    left("Checkpoint"),
    right("Mean (Task)"),
    ...types.map(({ heading }) => right(heading)),
    right("Against the best before"),
    left("Verdict"),
  ];
  const rows = ordered.map((entry): WatchRow => {
    const { comparison } = entry;
    const base = entries.find(({ revision }) => revision === comparison?.baseRevision);
    const difference = comparison?.overall?.difference ?? differenceOf(entry, base);
    return {
      name: entry.name,
      cells: [
        percent(entry.meanTask),
        ...types.map(({ type }) => percent(entry.types[type] ?? null)),
        difference === undefined || comparison === undefined
          ? noValue
          : `${signedPoints(difference)} (${comparison.base})`,
        verdictText(entry),
      ],
      isDrop: hasStandingDrop(entry),
    };
  });
  return { columns, rows };
}

/** Writes the table of all checkpoints, fitted to a terminal of `width` columns, or as Markdown where there is none. */
export function watchText(entries: readonly WatchEntry[], width: number | undefined): string {
  const { columns, rows } = watchTable(entries);
  const cells = rows.map(({ name, cells }) => [name, ...cells]);
  if (width === undefined) return markdownTable(columns, cells);
  const { lines, noRoom } = fitTable(columns, cells, width, { whole: "a pipe" });
  return linesText([...lines, ...noRoom]);
}
