import type { WatchEntry } from "../../../runners/watch/history.ts";
import { stepOf } from "../../../runners/watch/listing.ts";
import { mean } from "../../../tasks/metrics/lists.ts";
import type { TaskType } from "../../../tasks/task.ts";
import type { Comparison, Difference, TaskComparison } from "../../comparison/comparison.ts";

/** A task's difference and half the width of its 95 % interval, in scores; without a width nothing is known of it. */
export interface MadeDifference {
  readonly task: string;
  readonly type: TaskType;
  readonly difference: number;
  readonly half?: number;
}

/** As few degrees of freedom as a task may have: ten experiments, or fifty samples. */
const degreesOf = (type: TaskType): number => (type === "Classification" || type === "Clustering" ? 9 : 49);

const toDifference = (difference: number, half: number | undefined, degreesOfFreedom: number): Difference => ({
  base: 0.7,
  candidate: 0.7 + difference,
  difference,
  ...(half === undefined
    ? {}
    : { interval: [difference - half, difference + half] as const, pValue: 0.5, degreesOfFreedom }),
});

/** A comparison of made-up differences; half the width of the mean's interval is given too. */
export function comparisonOf(differences: readonly MadeDifference[], overallHalf?: number): Comparison {
  const tasks = differences.map(
    ({ task, type, difference, half }): TaskComparison => ({
      ...toDifference(difference, half, degreesOf(type)),
      task,
      type,
      verdict: "unknown",
      evaluationSeconds: {},
    }),
  );
  const overall = toDifference(mean(differences.map(({ difference }) => difference)), overallHalf, 49);
  return {
    base: { model: "local/checkpoint-1", revision: "base-revision" },
    candidate: { model: "local/checkpoint-2", revision: "candidate-revision" },
    confidence: 0.95,
    resamples: 4000,
    seed: 42,
    tasks,
    incomparable: [],
    notes: [],
    types: [],
    overall: { ...overall, verdict: "unknown", tasks: tasks.length },
  };
}

/** An entry of a history with an STS task and a classification. */
export function entryOf(
  name: string,
  sts: number | null,
  classification: number | null,
  more: Partial<WatchEntry> = {},
): WatchEntry {
  const meanTask = sts === null || classification === null ? null : (sts + classification) / 2;
  return {
    name,
    step: stepOf(name),
    model: `local/${name}`,
    revision: `revision-of-${name}`,
    fingerprint: `fingerprint-of-${name}`,
    settings: "{}",
    date: 1_795_251_851 + (stepOf(name) ?? 0),
    tasks: [
      { task: "STSBenchmark", type: "STS", score: sts },
      { task: "Banking77Classification", type: "Classification", score: classification },
    ],
    failed: [],
    types: { Classification: classification, STS: sts },
    meanTask,
    meanType: meanTask,
    ...more,
  };
}

/** An entry that is significantly worse than checkpoint-1000 in STS. */
export const dropped: WatchEntry = entryOf("checkpoint-1500", 0.65, 0.68, {
  comparison: {
    base: "checkpoint-1000",
    baseRevision: "revision-of-checkpoint-1000",
    look: 2,
    level: 0.05 / 12,
    confidence: 0.95,
    verdict: "no difference",
    overall: { of: "Mean (Task)", difference: -0.06, interval: [-0.125, 0.005] },
    drops: [{ of: "STSBenchmark", difference: -0.1, interval: [-0.12, -0.08] }],
  },
});

/** An entry whose evaluation ended once its mean was worse than that of checkpoint-1000 for sure. */
export const stopped: WatchEntry = entryOf("checkpoint-2000", null, null, {
  types: {},
  comparison: {
    base: "checkpoint-1000",
    baseRevision: "revision-of-checkpoint-1000",
    look: 3,
    level: 0.0004,
    error: 0.1,
    confidence: 0.9996,
    verdict: "worse",
    overall: { of: "Mean (Task)", difference: -0.08, interval: [-0.13, -0.03] },
    drops: [{ of: "Mean (Task)", difference: -0.08, interval: [-0.13, -0.03] }],
    differences: [{ of: "STSBenchmark", difference: -0.1, interval: [-0.21, 0.01] }],
  },
  stopped: { look: [2, 6], units: [222, 4459], texts: [900, 10_248] },
});
