import { describe, expect, it } from "vitest";
import { drawWeights, randomState } from "./generator.ts";
import { holm } from "./holm.ts";

describe("holm", () => {
  it("multiplies the k-th smallest by m − k + 1 and never falls", () => {
    // By hand: 0.01 · 4; 0.015 · 3 = 0.045; 0.02 · 2 = 0.04, raised to 0.045; 0.5.
    const adjusted = holm([0.02, 0.01, 0.5, 0.015]);
    [0.045, 0.04, 0.5, 0.045].forEach((expected, i) => {
      expect(adjusted[i]).toBeCloseTo(expected, 15);
    });
  });

  it("stays at most 1, and gives tied values one result", () => {
    expect(holm([0.6, 0.6, 0.9])).toEqual([1, 1, 1]);
    expect(holm([0.125, 0.125])).toEqual([0.25, 0.25]);
  });

  it("leaves a single one, and nothing, as they are", () => {
    expect(holm([0.03])).toEqual([0.03]);
    expect(holm([])).toEqual([]);
  });

  it("keeps NaN in its place and out of the count", () => {
    expect(holm([Number.NaN, 0.25, Number.NaN, 0.5])).toEqual([Number.NaN, 0.5, Number.NaN, 0.5]);
  });

  it("rejects at a level exactly what the step-down procedure rejects there", () => {
    const state = randomState(5, "holm");
    const weights = new Int32Array(12);
    for (let round = 0; round < 500; round++) {
      drawWeights(weights, state);
      const pValues = Array.from(weights, (weight, i) => (weight + 0.01 * i + 0.001) / 40);
      const adjusted = holm(pValues);
      // The definition: from the smallest up, reject while p ≤ level / (number left); stop at the first that is not.
      const level = 0.05;
      const order = pValues.map((_, i) => i).sort((a, b) => pValues[a] - pValues[b]);
      const stop = order.findIndex((place, rank) => pValues[place] > level / (order.length - rank));
      const rejected = new Set(order.slice(0, stop === -1 ? order.length : stop));
      expect(pValues.map((_, i) => adjusted[i] <= level)).toEqual(pValues.map((_, i) => rejected.has(i)));
      adjusted.forEach((value, i) => {
        expect(value).toBeGreaterThanOrEqual(pValues[i]);
      });
    }
  });
});
