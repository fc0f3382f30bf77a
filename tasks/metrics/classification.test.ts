import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { averagePrecision, type ClassificationMeasures, classificationMeasures } from "./classification.ts";

const read = (name: string) => JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8"));

describe("classificationMeasures", () => {
  const cases: ({ truth: number[]; predicted: number[] } & ClassificationMeasures)[] = read("classification").measures;

  it.each(cases)("equals scikit-learn's on $truth.length rows", ({ truth, predicted, ...expected }) => {
    const measures = classificationMeasures(truth, predicted, 1 + Math.max(...truth, ...predicted));
    expect(Object.keys(measures).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, value] of Object.entries(expected)) {
      // Means of at most 30 ratios, added in another order.
      expect(Math.abs(measures[name as keyof ClassificationMeasures] - value)).toBeLessThan(1e-14);
    }
  });

  it("does not change with labels that never occur", () => {
    const few = classificationMeasures([0, 1, 1], [1, 1, 0], 2);
    expect(classificationMeasures([0, 1, 1], [1, 1, 0], 9)).toEqual(few);
  });

  it("is 0 for no rows, and refuses lists of different lengths", () => {
    expect(new Set(Object.values(classificationMeasures([], [], 3)))).toEqual(new Set([0]));
    expect(() => classificationMeasures([0], [], 1)).toThrow("classificationMeasures: 1 labels against 0");
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
    expect(() => averagePrecision([1], [])).toThrow("averagePrecision: 1 labels against 0 scores");
  });
});
