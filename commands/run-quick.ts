import { asUsage } from "../datasets/errors.ts";
import { count } from "../datasets/shown.ts";
import { boardOfAll } from "../reports/aggregates.ts";
import { type PredictionReport, predictBoard } from "../reports/prediction/predict-board.ts";
import { standardQuick } from "../reports/prediction/quick-size.ts";
import { readScoreTable, type ScoreTable } from "../reports/prediction/score-table.ts";
import { workShares } from "../reports/prediction/work-shares.ts";
import { type RequiredTask, requiredOf, shapeOf } from "../reports/required.ts";
import type { Measured } from "../runners/measure.ts";
import { standardBenchmark } from "../runners/select.ts";
import { getBenchmark } from "../tasks/benchmarks.ts";
import type { RunOptions } from "./run-options.ts";

/** What `--quick` does: which tasks of a benchmark are run, and what is predicted from them. */
export interface Quick {
  readonly selection: { readonly benchmark: string; readonly tasks: readonly string[] };
  /** Says it to people before anything runs. */
  readonly lines: readonly string[];
  readonly predict: (runs: readonly Measured[], ran: readonly RequiredTask[]) => PredictionReport;
}

/**
 * Chooses the tasks of a benchmark that predict the others best, as many as are asked for, or all that are quick where these
 * are fewer.
 * @throws UsageError for an unknown benchmark, and for one that nothing can be predicted of
 */
export async function chooseQuick({
  quick,
  benchmark: named,
}: Pick<RunOptions, "quick" | "benchmark">): Promise<Quick> {
  const table = await asUsage(() => readScoreTable(getBenchmark(named ?? standardBenchmark).name));
  const { benchmark } = table;
  const tasks = table.chosen.slice(0, typeof quick === "number" ? quick : standardQuick);
  return {
    selection: { benchmark, tasks },
    lines: describe(table, tasks),
    predict: (runs, ran) =>
      predictBoard({ ...boardOfAll(runs, ran, requiredOf(benchmark)), shape: shapeOf(benchmark) }, table),
  };
}

/** Says which tasks are run, what they take beside all of them, and how good predictions from so many are. */
function describe({ benchmark, tasks: all, models, trials }: ScoreTable, tasks: readonly string[]): readonly string[] {
  const shares = workShares(benchmark);
  const share = tasks.reduce((sum, task) => sum + (shares.get(task) ?? 0), 0);
  const trial = trials.find((one) => one.tasks === tasks.length);
  const run =
    `quick: ${tasks.length} of the ${count(all.length, "task")} of ${benchmark} are run, about ${(share * 100).toFixed(1)} % of the ` +
    `work of all, and the means are predicted from them: ${tasks.join(", ")}`;
  if (trial === undefined) return [run];
  return [
    run,
    `quick: tried on ${count(models.length, "model")} with all scores, a prediction from ${tasks.length} tasks was off by ` +
      `${trial.oneLeftOut.off.toFixed(2)} points on average, and by ${trial.familyLeftOut.off.toFixed(2)} for makers of whom no ` +
      "other model was known",
  ];
}
