import type { StoredResult } from "../../../runners/results/read-results.ts";
import type { RunRecord, TaskResult } from "../../../runners/results/result.ts";
import type { SubsetSamples } from "../../../runners/results/sample-table.ts";
import type { StoredRun } from "../../../runners/results/stored-run.ts";
import type { Draws } from "../../../tasks/resampling/draws.ts";
import { result, run } from "../../testing/results.ts";
import type { Statistics } from "../statistics.ts";

export const record: RunRecord = { ...run, prompts: { text: "" }, vectorType: "float32" };

/** A result with one split and one subset, as a run of this program writes it. */
export const own = (task: string, score: number, about: Partial<TaskResult> = {}): TaskResult => ({
  ...result(task, score),
  run: record,
  ...about,
});

/** Values whose mean is `score`, `spread` around it. */
export const values = (score: number, spread: number, units = 4): SubsetSamples[] => [
  {
    split: "test",
    subset: "default",
    samples: {
      kind: "mean",
      values: Float64Array.from({ length: units }, (_, i) => score + (i % 2 === 0 ? spread : -spread)),
    },
  },
];

/** A run with some results, and of some tasks samples. */
export function made(
  model: string,
  results: readonly TaskResult[],
  samples: Readonly<Record<string, readonly SubsetSamples[] | Error>> = {},
): StoredRun {
  const stored = results.map((one): StoredResult => ({ model, revision: "r1", result: one, file: `${one.task}.json` }));
  return {
    model,
    revision: "r1",
    results: stored,
    samplesOf: async (task) => {
      const found = samples[task];
      if (found instanceof Error) throw found;
      return found;
    },
  };
}

/** Draws of which only these count here. */
const by = (difference: number, draws: Float64Array): Draws => ({
  ...{ base: Number.NaN, candidate: Number.NaN, variance: Number.NaN, degreesOfFreedom: Number.NaN },
  difference,
  draws,
});

/**
 * Arithmetic that one can do by hand in place of a bootstrap: two draws, half a point below and above the difference;
 * p is 0.01 where 0 is not between them, else 0.5; Holm's correction is the first step's, the number of p-values.
 */
export const byHand: Statistics = {
  open: (samples) => {
    const list = samples.kind === "mean" ? samples.values : new Float64Array();
    const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
    return { units: list.length, experiments: 1, scores: () => Float64Array.of(mean) };
  },
  compare: async (pairs, { onProgress }) => {
    const differences = pairs.map(({ base, candidate }) => candidate.scores()[0] - base.scores()[0]);
    const difference = differences.reduce((sum, one) => sum + one, 0) / differences.length;
    onProgress?.(1, 2);
    return by(difference, Float64Array.of(difference - 0.005, difference + 0.005));
  },
  combine: (members) => {
    const mean = (of: (one: Draws) => number): number =>
      members.reduce((sum, one) => sum + of(one), 0) / members.length;
    return by(
      mean((one) => one.difference),
      Float64Array.of(...[0, 1].map((i) => mean((one) => one.draws[i]))),
    );
  },
  summarize: ({ draws: [low = 0, high = 0] }) => ({ interval: [low, high], pValue: low > 0 || high < 0 ? 0.01 : 0.5 }),
  holm: (pValues) => pValues.map((p) => Math.min(1, p * pValues.length)),
  resamples: 4000,
};
