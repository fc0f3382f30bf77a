import { expect, it } from "vitest";
import { metricsOf, newsOf } from "./news.ts";
import { dropped, entryOf } from "./testing/comparison.ts";

it("metricsOf has the scores that there are, in percent, under names that TensorBoard and MLflow take", () => {
  expect(metricsOf(entryOf("checkpoint-500", 0.75, null))).toEqual([
    { name: "pramana/type/STS", value: 75 },
    { name: "pramana/task/STSBenchmark", value: 75 },
  ]);
  const tasks = [{ task: "my task: (a)", type: "STS", score: 0.5 }] as const;
  expect(metricsOf(entryOf("checkpoint-500", 0.75, 0.25, { tasks })).map(({ name }) => name)).toEqual([
    "pramana/mean_task",
    "pramana/mean_type",
    "pramana/type/Classification",
    "pramana/type/STS",
    "pramana/task/my task_ _a_",
  ]);
});

it("newsOf says what happened, in percent and points, with null where there is nothing", () => {
  expect(newsOf(entryOf("best", 0.75, null), "my-run", "id-1")).toEqual({
    id: "id-1",
    watched: "my-run",
    checkpoint: "best",
    step: null,
    model: "local/best",
    revision: "revision-of-best",
    date: "2026-11-21T09:04:11.000Z",
    isDrop: false,
    meanTask: null,
    meanType: null,
    types: { Classification: null, STS: 75 },
    tasks: { STSBenchmark: 75, Banking77Classification: null },
    failed: [],
    stopped: null,
    comparison: null,
  });
  const { isDrop, comparison } = newsOf(dropped, "my-run", "id-2");
  expect([isDrop, comparison]).toEqual([
    true,
    {
      base: "checkpoint-1000",
      baseRevision: "revision-of-checkpoint-1000",
      verdict: "no difference",
      confidence: 0.95,
      level: 0.05 / 12,
      look: 2,
      overall: { of: "Mean (Task)", difference: -6, interval: [-12.5, 0.5] },
      drops: [{ of: "STSBenchmark", difference: -10, interval: [-12, -8] }],
      differences: [],
    },
  ]);
});
