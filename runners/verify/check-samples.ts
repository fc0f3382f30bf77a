import { InputError } from "../../datasets/errors.ts";
import { findTask } from "../../tasks/index.ts";
import { mean } from "../../tasks/metrics/lists.ts";
import { openStatistic } from "../../tasks/statistic.ts";
import { samplesRounding } from "../../tasks/types/index.ts";
import type { StoredResult } from "../results/read-results.ts";
import type { SubsetSamples } from "../results/sample-table.ts";
import { samplesBeside } from "../results/stored-run.ts";

/** Whether the samples of a task give its score. */
export interface SamplesCheck {
  readonly task: string;
  /** Number of units; 0 where there are no samples. */
  readonly units: number;
  /** What is wrong; absent where the samples give the score, or there are none. */
  readonly wrong?: string;
}

/** The coarsest rounding of a score in a result file, of a task whose type is not known. */
const coarsest = 0.5e-5 + 1e-9;

/** Computes the main score of each split and subset of a result from its samples. */
export async function checkSamples(stored: StoredResult): Promise<SamplesCheck> {
  const { task, splits } = stored.result;
  const wrong = (what: string, units = 0): SamplesCheck => ({ task, units, wrong: what });
  let samples: readonly SubsetSamples[] | undefined;
  try {
    samples = await samplesBeside(stored);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return wrong(error.message.replace(/^samples: /, "").replace(/; run the task again.*$/, ""));
  }
  if (samples === undefined) return { task, units: 0 };
  const units = samples.reduce((sum, one) => sum + openStatistic(one.samples).units, 0);
  const type = findTask(task)?.type;
  const room = type === undefined ? coarsest : samplesRounding(type);
  for (const [split, entries] of Object.entries(splits)) {
    for (const { subset, mainScore } of entries) {
      const own = samples.find((one) => one.split === split && one.subset === subset);
      if (own === undefined) return wrong(`there are no samples of split ${split}, subset ${subset}`, units);
      const score = mean(openStatistic(own.samples).scores());
      if (Math.abs(score - mainScore) <= room || (Number.isNaN(score) && Number.isNaN(mainScore))) continue;
      const place = `split ${split}, subset ${subset}`;
      return wrong(`its samples give ${score.toFixed(6)}, its result says ${mainScore.toFixed(6)} (${place})`, units);
    }
  }
  return { task, units };
}
