import { count } from "../../datasets/shown.ts";
import { shortRevision } from "../columns.ts";
import { grouped, noValue } from "../table.ts";
import type { Comparison, Difference, RunName, Verdict } from "./comparison.ts";

/** Formats a difference of scores in points with two decimals and its sign; zero has none. */
export function signedPoints(difference: number): string {
  const text = Math.abs(difference * 100).toFixed(2);
  if (Number(text) === 0) return text;
  return difference < 0 ? `−${text}` : `+${text}`;
}

/** Formats an interval in points: `[−0.31, +0.12]`. */
export const intervalText = ({ interval }: Pick<Difference, "interval">): string =>
  interval ? `[${signedPoints(interval[0])}, ${signedPoints(interval[1])}]` : noValue;

/** Formats a p-value with three decimals, or as `<0.001`. */
export function pValueText({ pValue }: Pick<Difference, "pValue">): string {
  if (pValue === undefined) return noValue;
  return pValue < 0.001 ? "<0.001" : pValue.toFixed(3);
}

export const runText = ({ model, revision }: RunName): string => `${model} at ${shortRevision(revision)}`;

/** Formats the confidence of a comparison: `95 %`. */
export const confidenceText = ({ confidence }: Comparison): string => `${Math.round(confidence * 100)} %`;

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** Returns the overall verdict with a capital, such as `Better`, or `Nothing compared`. */
export const verdictText = ({ overall }: Comparison): string =>
  overall === undefined ? "Nothing compared" : capital(overall.verdict);

const verdicts: readonly Verdict[] = ["better", "worse", "no difference", "unknown"];

/** Counts the tasks of each verdict: `3 better, 1 worse, 2 not compared`. */
function countsText({ tasks, incomparable }: Comparison): string {
  const counts = verdicts.map((verdict) => [tasks.filter((task) => task.verdict === verdict).length, verdict] as const);
  return [...counts, [incomparable.length, "not compared"] as const]
    .filter(([n]) => n > 0)
    .map(([n, text]) => `${n} ${text}`)
    .join(", ");
}

/** Says why a difference has no interval. */
export const unsureText = ({ stopped }: Comparison): string =>
  stopped === undefined ? "no samples tell how sure that is" : "no rule asks how sure that is";

/** Returns what follows the verdict in a sentence: the mean's difference, its interval, and the counts of verdicts. */
export function headline(comparison: Comparison): string {
  const { overall, incomparable } = comparison;
  if (overall === undefined) {
    return incomparable.length === 0
      ? "the two runs have no task that is known"
      : `none of ${count(incomparable.length, "task")} can be compared`;
  }
  const sure = overall.interval
    ? `, ${confidenceText(comparison)} interval ${intervalText(overall)}`
    : `, and ${unsureText(comparison)}`;
  return `Mean (Task) ${signedPoints(overall.difference)} points${sure}, over ${count(overall.tasks, "task")}: ${countsText(comparison)}`;
}

/** Tells in one line how a comparison was computed. */
export function computedText(comparison: Comparison): string {
  const { resamples, seed, tasks, stopped, candidates } = comparison;
  const units = "Scores are in percent, differences are candidate minus base, in points.";
  if (stopped !== undefined) {
    const { look, looks, units: scored, ofUnits } = stopped;
    return (
      `The candidate's run stopped early (--stop-when-sure), at look ${look} of ${looks}: scores of both are of the ` +
      `${grouped(scored)} of ${grouped(ofUnits)} units that it scored. All ${confidenceText(comparison)} intervals ` +
      `together hold in ${Math.round(100 * comparison.confidence)} of 100 cases, at whatever look a run stops; a difference is better or worse where its interval leaves 0 out. ${units}`
    );
  }
  if (!tasks.some(({ interval }) => interval))
    return `No samples were resampled, so no verdict could be told. ${units}`;
  const corrected =
    candidates === undefined
      ? "p of tasks is corrected for their number (Holm), so is that of types, intervals are not"
      : `p of a mean is corrected for the ${candidates} candidates (Holm), p of tasks and of types for their number in all of them, intervals are not`;
  return (
    `Paired bootstrap of the stored samples: ${resamples} resamples, seed ${seed}, ${confidenceText(comparison)} intervals. ` +
    `Better and worse are at p < 0.05; ${corrected}. ${units}`
  );
}
