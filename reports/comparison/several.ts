import { InputError } from "../../datasets/errors.ts";
import type { StoredRun } from "../../runners/results/stored-run.ts";
import { isAnyStopped } from "../stopping/compare-stopped.ts";
import { type CompareOptions, compareRuns } from "./compare-runs.ts";
import type { Comparison, Difference, JudgedDifference, MeanComparison } from "./comparison.ts";
import { type Statistics, statistics as standardStatistics } from "./statistics.ts";
import { enoughResamples, judge } from "./verdicts.ts";
import { runText } from "./wording.ts";

/** Corrects the p-values of several lists together, and judges anew; each list stays as long as it is. */
function judgeTogether<Row extends JudgedDifference>(
  lists: readonly (readonly Row[])[],
  statistics: Statistics,
): readonly (readonly Row[])[] {
  const judged = judge<Row & Difference>(lists.flat(), statistics);
  let end = 0;
  return lists.map((list) => {
    const start = end;
    end += list.length;
    return judged.slice(start, end);
  });
}

/**
 * Compares several runs with the same base, each as `compareRuns` does, but for p-values and verdicts: those of the means are
 * corrected for the number of candidates, those of tasks and of types for their number in all comparisons together (Holm).
 *
 * @throws InputError where a run stopped early; the signal's reason once it aborts
 */
export async function compareSeveral(
  base: StoredRun,
  candidates: readonly StoredRun[],
  { statistics = standardStatistics, ...options }: CompareOptions,
): Promise<readonly Comparison[]> {
  const stopped = candidates.find((candidate) => isAnyStopped(base, candidate));
  if (stopped !== undefined) {
    throw new InputError(
      `compare: ${runText(base)} or ${runText(stopped)} stopped early (--stop-when-sure); such a run is compared with one other, not with several`,
    );
  }
  const { length } = candidates;
  const most = options.tasks?.length ?? base.results.length;
  const uncorrected = {
    ...statistics,
    resamples: enoughResamples(statistics.resamples, most * length),
    holm: (pValues: readonly number[]): number[] => [...pValues],
  };
  const found: Comparison[] = [];
  for (const candidate of candidates) {
    const before = found.length;
    const onProgress: CompareOptions["onProgress"] = ({ task, done, total }) =>
      options.onProgress?.({ task, done: before * total + done, total: length * total });
    found.push(await compareRuns(base, candidate, { ...options, onProgress, statistics: uncorrected }));
  }
  const list = (mean: MeanComparison | undefined): readonly MeanComparison[] => (mean === undefined ? [] : [mean]);
  const tasks = judgeTogether(
    found.map((one) => one.tasks),
    statistics,
  );
  const types = judgeTogether(
    found.map((one) => one.types),
    statistics,
  );
  const overall = judgeTogether(
    found.map((one) => list(one.overall)),
    statistics,
  );
  const meanType = judgeTogether(
    found.map((one) => list(one.meanType)),
    statistics,
  );
  return found.map((one, i) => ({
    ...one,
    candidates: length,
    tasks: tasks[i],
    types: types[i],
    ...(overall[i].length > 0 && { overall: overall[i][0] }),
    ...(meanType[i].length > 0 && { meanType: meanType[i][0] }),
  }));
}
