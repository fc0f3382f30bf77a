import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { pythonRandom } from "../../datasets/random/python.ts";
import { averagePrecision, type ThresholdMeasures, thresholdMeasures } from "./threshold.ts";

interface Case {
  readonly scores: number[];
  readonly labels: number[];
  readonly highScoresMoreSimilar: boolean;
  readonly result: ThresholdMeasures;
}
const read = (name: string) => JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8"));
const cases: Case[] = read("pair-thresholds").cases;
const names = ["accuracy", "f1", "precision", "recall", "ap"] as const;

function drawn(count: number, values: number) {
  const random = pythonRandom(count + values);
  const labels = Array.from({ length: count }, () => random.randint(0, 1));
  return { labels, scores: labels.map((label) => label + random.randint(0, values)) };
}

/** Applies the definition literally: tries every threshold between two different scores. */
function byDefinition(labels: readonly number[], scores: readonly number[]) {
  const thresholds = [...new Set(scores)].sort((a, b) => b - a).slice(0, -1);
  const relevant = labels.filter((label) => label === 1).length;
  const tried = thresholds.map((threshold) => {
    const hits = labels.filter((label, i) => label === 1 && scores[i] >= threshold).length;
    const above = scores.filter((score) => score >= threshold).length;
    const misses = labels.length - relevant - (above - hits);
    return { accuracy: (hits + misses) / labels.length, f1: (2 * hits) / (above + relevant) };
  });
  return { accuracy: Math.max(...tried.map((one) => one.accuracy)), f1: Math.max(...tried.map((one) => one.f1)) };
}

describe("thresholdMeasures", () => {
  it.each(cases)(
    "equals mteb's on $scores.length scores, higher ones closer: $highScoresMoreSimilar",
    ({ scores, labels, highScoresMoreSimilar, result }) => {
      const measures = thresholdMeasures(
        labels,
        scores.map((score) => (highScoresMoreSimilar ? score : -score)),
      );
      expect(Object.keys(measures)).toEqual(names);
      const { ap, ...counted } = measures;
      const { ap: expected, ...exact } = result;
      expect(counted).toEqual(exact);
      // A sum of at most 200 terms in another order.
      expect(Math.abs(ap - expected)).toBeLessThan(1e-14);
    },
  );

  it.each([
    [50, 3],
    [300, 20],
    [300, 100000],
  ])("agrees with its definition on %i rows of some %i scores", (count, values) => {
    const { labels, scores } = drawn(count, values);
    const expected = byDefinition(labels, scores);
    const measures = thresholdMeasures(labels, scores);
    expect(measures.accuracy).toBe(expected.accuracy);
    expect(measures.f1).toBeCloseTo(expected.f1, 14);
    expect((2 * measures.precision * measures.recall) / (measures.precision + measures.recall)).toBe(measures.f1);
  });

  it("changes neither with the order of rows nor with a growing map of the scores", () => {
    const { labels, scores } = drawn(200, 9);
    const expected = thresholdMeasures(labels, scores);
    expect(thresholdMeasures(labels.toReversed(), scores.toReversed())).toEqual(expected);
    expect(thresholdMeasures(labels, scores.map(Math.exp))).toEqual(expected);
  });

  it("takes no rows, one row, all rows tied, and zeros of both signs as ties", () => {
    const nothing = { accuracy: 0, f1: 0, precision: 0, recall: 0, ap: 0 };
    expect(thresholdMeasures([], [])).toEqual(nothing);
    expect(thresholdMeasures([1], [0.5])).toEqual({ ...nothing, ap: 1 });
    expect(thresholdMeasures([1, 0], [0, -0])).toEqual({ ...nothing, ap: 0.5 });
    expect(thresholdMeasures([0, 0], [1, 2])).toEqual({ ...nothing, accuracy: 0.5 });
  });

  it("orders infinite scores, and is undefined where a score is NaN", () => {
    const sure = { accuracy: 1, f1: 1, precision: 1, recall: 1, ap: 1 };
    expect(thresholdMeasures([1, 0], [Infinity, -Infinity])).toEqual(sure);
    expect(Object.values(thresholdMeasures([1, 0], [Number.NaN, 1]))).toEqual(names.map(() => Number.NaN));
  });

  it("refuses lists of different lengths", () => {
    expect(() => thresholdMeasures([1], [])).toThrow("thresholdMeasures: 1 labels against 0 scores");
  });
});

describe("averagePrecision", () => {
  const hard: { truth: number[]; predicted: number[]; ap: number }[] = read("classification").hard;
  const soft: { labels: number[]; scores: number[]; ap: number }[] = read("correlation").average_precision;

  it.each(hard)("equals scikit-learn's on hard predictions", ({ truth, predicted, ap }) => {
    const positive = truth.map((label) => Number(label === 1));
    expect(averagePrecision(positive, predicted)).toBeCloseTo(ap, 14);
  });

  it.each(soft)("equals scikit-learn's on $scores.length scores", ({ labels, scores, ap }) => {
    expect(averagePrecision(labels, scores)).toBeCloseTo(ap, 13);
  });

  it("is 0 without a relevant row, 1 with nothing else, and refuses lists of different lengths", () => {
    expect(averagePrecision([0, 0], [1, 2])).toBe(0);
    expect(averagePrecision([], [])).toBe(0);
    expect(averagePrecision([1, 1], [1, 2])).toBe(1);
    expect(averagePrecision([1, 0], [1, Number.NaN])).toBeNaN();
    expect(() => averagePrecision([1], [])).toThrow("averagePrecision: 1 labels against 0 scores");
  });
});
