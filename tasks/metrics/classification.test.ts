import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ClassificationMeasures, classificationMeasures } from "./classification.ts";

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
