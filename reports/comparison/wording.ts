import { count } from "../../datasets/shown.ts";
import { taskTypes } from "../../tasks/types/index.ts";
import { shortRevision } from "../columns.ts";
import { noValue } from "../table.ts";
import type { Comparison, Difference, MeanComparison, RunName, Verdict } from "./comparison.ts";

/** A difference of scores in points with its sign, two decimals, zero without one. */
export function signedPoints(difference: number): string {
  const text = Math.abs(difference * 100).toFixed(2);
  if (Number(text) === 0) return text;
  return difference < 0 ? `−${text}` : `+${text}`;
}

/** `[−0.31, +0.12]`, in points. */
export const intervalText = ({ interval }: Pick<Difference, "interval">): string =>
  interval ? `[${signedPoints(interval[0])}, ${signedPoints(interval[1])}]` : noValue;

/** Three decimals; below that, that it is below. */
export function pValueText({ pValue }: Pick<Difference, "pValue">): string {
  if (pValue === undefined) return noValue;
  return pValue < 0.001 ? "<0.001" : pValue.toFixed(3);
}

/** `model` at its revision. */
export const runText = ({ model, revision }: RunName): string => `${model} at ${shortRevision(revision)}`;

/** `95 %`. */
export const confidenceText = ({ confidence }: Comparison): string => `${Math.round(confidence * 100)} %`;

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** `Better`, or `Nothing compared`. */
export const verdictText = ({ overall }: Comparison): string =>
  overall === undefined ? "Nothing compared" : capital(overall.verdict);

const verdicts: readonly Verdict[] = ["better", "worse", "no difference", "unknown"];

/** How many tasks there are of each verdict, such as `3 better, 1 worse, 2 not compared`. */
function countsText({ tasks, incomparable }: Comparison): string {
  const counts = verdicts.map((verdict) => [tasks.filter((task) => task.verdict === verdict).length, verdict] as const);
  return [...counts, [incomparable.length, "not compared"] as const]
    .filter(([n]) => n > 0)
    .map(([n, text]) => `${n} ${text}`)
    .join(", ");
}

/** What follows the verdict in a sentence: the mean's difference, and what stands behind it. */
export function headline(comparison: Comparison): string {
  const { overall, incomparable } = comparison;
  if (overall === undefined) {
    return incomparable.length === 0
      ? "the two runs have no task that is known"
      : `none of ${count(incomparable.length, "task")} can be compared`;
  }
  const sure = overall.interval
    ? `, ${confidenceText(comparison)} interval ${intervalText(overall)}`
    : ", and no samples tell how sure that is";
  return `Mean (Task) ${signedPoints(overall.difference)} points${sure}, over ${count(overall.tasks, "task")}: ${countsText(comparison)}`;
}

/** The means of a comparison, each under its name: types, then Mean (Type), then Mean (Task). */
export function meansOf({ types, meanType, overall }: Comparison): readonly (MeanComparison & { name: string })[] {
  return [
    ...types.map((one) => ({ ...one, name: taskTypes[one.type].heading })),
    ...(meanType ? [{ ...meanType, name: "Mean (Type)" }] : []),
    ...(overall ? [{ ...overall, name: "Mean (Task)" }] : []),
  ];
}

/** How a comparison was computed, in one line. */
export function computedText(comparison: Comparison): string {
  const { resamples, seed, tasks } = comparison;
  const units = "Scores are in percent, differences are candidate minus base, in points.";
  if (!tasks.some(({ interval }) => interval))
    return `No samples were resampled, so no verdict could be told. ${units}`;
  return (
    `Paired bootstrap of the stored samples: ${resamples} resamples, seed ${seed}, ${confidenceText(comparison)} intervals. ` +
    "Better and worse are at p < 0.05; p of tasks is corrected for their number (Holm), so is that of types, intervals " +
    `are not. ${units}`
  );
}
