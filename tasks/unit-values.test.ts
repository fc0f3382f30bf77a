import { describe, expect, it } from "vitest";
import { getTask } from "./index.ts";
import { mean } from "./metrics/lists.ts";
import { prepareTask } from "./protocols/index.ts";
import { vectorContext } from "./protocols/testing/context.ts";
import type { PairSamples, Samples } from "./samples.ts";
import { openStatistic } from "./statistic.ts";
import type { Embed } from "./task.ts";
import { smallCase } from "./testing/small-case.ts";
import { unitValues } from "./unit-values.ts";
import type { Units } from "./units.ts";

const embed: Embed = async (texts) => ({
  data: Float32Array.from(
    texts.flatMap((text) =>
      [1, 2, 3, 4].map((k) => Math.sin(k + [...text].reduce((sum, c) => sum * 3 + (c.codePointAt(0) ?? 0) * k, k))),
    ),
  ),
  rows: texts.length,
  dims: 4,
});

/** Evaluates a small case of a task; returns the samples of its first subset, and what they are made of. */
async function evaluated(name: string): Promise<{ readonly samples: Samples; readonly units: Units }> {
  const { small, dataset } = smallCase(getTask(name));
  const [subset = ""] = Object.keys(small.languages);
  const { evaluate, describe: units } = await prepareTask(small, subset, small.splits[0] ?? "", dataset);
  const { samples } = await evaluate(vectorContext(embed));
  return { samples: samples ?? expect.unreachable(), units: units() };
}

const names = (number: number): string => `#${number}`;

describe.each([
  "STSBenchmark",
  "Banking77Classification",
  "ArXivHierarchicalClusteringP2P",
  "TwentyNewsgroupsClustering",
  "SprintDuplicateQuestions",
  "ArguAna",
  "AskUbuntuDupQuestions",
  "MindSmallReranking",
  "SummEvalSummarization.v2",
  "BrazilianToxicTweetsClassification",
  "Tatoeba",
  "StakeholderGrounding",
])("the units of %s", (name) => {
  it("have texts, each unit of the samples and none beyond", async () => {
    const { samples, units } = await evaluated(name);
    const ids = samples.kind === "mean" ? samples.ids : undefined;
    const { units: count } = openStatistic(samples);
    expect(count).toBeGreaterThan(0);
    for (let unit = 0; unit < count; unit++) {
      const texts = Object.values(units.at(unit, ids?.[unit])?.texts ?? {});
      expect(texts.length).toBeGreaterThan(0);
      for (const text of texts) expect(text).toEqual(expect.any(String));
    }
    expect(units.at(ids === undefined ? count : 0, "no such unit")).toBeUndefined();
  });

  it("have values of at most 1, whose mean is the score where they say so", async () => {
    const { samples } = await evaluated(name);
    const { values, isShare, solved } = unitValues(samples);
    expect(values).toHaveLength(openStatistic(samples).units);
    expect(Math.max(...values)).toBeLessThanOrEqual(1 + 1e-12);
    expect(solved?.length ?? values.length).toBe(values.length);
    if (isShare) expect(mean(values)).toBeCloseTo(mean(openStatistic(samples).scores()), 10);
  });
});

it.each(["Banking77Classification", "Tatoeba"])("the classes that samples of %s number have names", async (name) => {
  const { samples, units } = await evaluated(name);
  for (const label of samples.kind === "labels" ? samples.truth : expect.unreachable()) {
    expect(units.classAt?.(label)).toEqual(expect.any(String));
  }
  expect(units.classAt?.(10_000)).toBeUndefined();
});

describe("the value of a unit", () => {
  const pairs = (labels: number[], scores: number[]): PairSamples => ({
    kind: "pairs",
    measure: "ap",
    labels: Uint8Array.from(labels),
    scores: { cosine: Float32Array.from(scores) },
  });

  it("is the share of the other label's pairs on the right side, ties counting half", () => {
    const { values, solved } = unitValues(pairs([1, 0, 1, 0, 0], [0.9, 0.1, 0.1, 0.5, 0.0]));
    expect([...values]).toEqual([1, 0.75, 0.5, 0.5, 1]);
    expect([...(solved ?? [])]).toEqual([1, 1, 1, 1, 1]);
  });

  it("is the part of a pair in the correlation: 1 where both stand alike", () => {
    const samples: Samples = {
      kind: "correlation",
      measure: "spearman",
      gold: Float64Array.of(0, 0.2, 0.4, 1),
      scores: Float32Array.of(0.1, 0.2, 0.9, 0.3),
    };
    const { values, answer } = unitValues(samples);
    expect(values[0]).toBeCloseTo(1, 12);
    expect(values[3]).toBeLessThan(1);
    expect(mean(values)).toBeCloseTo(0.8, 12);
    expect(answer(2, names)).toEqual({ wanted: "0.400, above 63 %", said: "0.900, above 88 %" });
  });

  it("is the share of the experiments that are right; those that leave a row out do not count", () => {
    const samples: Samples = {
      kind: "labels",
      measure: "accuracy",
      truth: Int32Array.of(0, 1, 2),
      predicted: [Int32Array.of(0, 0, -1), Int32Array.of(0, 1, 2), Int32Array.of(1, 0, -1)],
    };
    const { values, solved, answer } = unitValues(samples);
    expect(values[0]).toBeCloseTo(2 / 3, 12);
    expect(values[1]).toBeCloseTo(1 / 3, 12);
    expect(values[2]).toBe(1);
    expect([...(solved ?? [])]).toEqual([1, 0, 1]);
    expect(answer(1, names)).toEqual({ wanted: "#1", said: "#0 2 ×, #1 1 ×" });
  });

  it("is F1 of a row's labels; two empty sets are alike", () => {
    const samples: Samples = {
      kind: "sets",
      measure: "f1",
      labels: 3,
      truth: Uint8Array.of(1, 1, 0, 0, 0, 0),
      predicted: [Uint8Array.of(1, 0, 1, 0, 0, 0), Uint8Array.of(1, 1, 0, 1, 0, 0)],
    };
    const { values, answer } = unitValues(samples);
    expect([...values]).toEqual([0.75, 0.5]);
    expect(answer(0, names)).toEqual({ wanted: "#0, #1", said: "#0, #2" });
    expect(answer(1, names)).toEqual({ wanted: "none", said: "none" });
  });

  it("is the part of a row in R²", () => {
    const { values, isShare } = unitValues({
      kind: "regression",
      measure: "r2",
      truth: Float64Array.of(1, 2, 3),
      predicted: [Float32Array.of(1, 2, 4)],
    });
    expect(isShare).toBe(true);
    expect([...values].map((value) => value.toFixed(6))).toEqual(["1.000000", "1.000000", "-0.500000"]);
  });

  it("is the agreement of an arrangement's triplets, undefined where it has none", () => {
    const { values } = unitValues({
      kind: "agreement",
      measure: "alpha_auc",
      triplets: [Int32Array.of(4, 0), Int32Array.of(2, 0)],
      agreed: [Int32Array.of(3, 0), Int32Array.of(0, 0)],
    });
    expect(values[0]).toBe(0);
    expect(values[1]).toBeNaN();
  });

  it("is the share of a document's cluster that is of its class, over the experiments that drew it", () => {
    const experiment = (drawn: number[], truth: number[], found: number[]) => ({
      drawn: Int32Array.from(drawn),
      truth: Int32Array.from(truth),
      found: Int32Array.from(found),
    });
    const { values } = unitValues({
      kind: "clusters",
      documents: 4,
      levels: [{ experiments: [experiment([0, 1, 2], [0, 0, 1], [5, 5, 5]), experiment([0, 0], [0, 0], [1, 1])] }],
    });
    expect(values[0]).toBeCloseTo((2 / 3 + 1 + 1) / 3, 12);
    expect(values[1]).toBeCloseTo(2 / 3, 12);
    expect(values[2]).toBeCloseTo(1 / 3, 12);
    expect(values[3]).toBeNaN();
  });
});
