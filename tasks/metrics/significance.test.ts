import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { pearson, spearman } from "./correlation.ts";
import { correlationPValue, pearsonPValue } from "./significance.ts";

interface Lists {
  readonly x: number[];
  readonly y: number[];
  readonly pearson: number | null;
  readonly spearman: number | null;
}
const path = new URL("./fixtures/significance.json", import.meta.url);
const fixture: { formula: { r: number; count: number; p: number }[]; lists: Lists[] } = JSON.parse(
  readFileSync(path, "utf8"),
);

describe("correlationPValue", () => {
  it.each([...new Set(fixture.formula.map(({ count }) => count))])(
    "equals scipy's Student tail for %i pairs",
    (count) => {
      for (const { r, p } of fixture.formula.filter((entry) => entry.count === count)) {
        // x^(count / 2 − 1) multiplies the relative error of x, half a step of 2^-52, by its exponent.
        const tolerance = 1e-12 + count * 2 ** -53;
        expect(Math.abs(correlationPValue(r, count) - p)).toBeLessThanOrEqual(tolerance * p);
      }
    },
  );

  it("has closed forms for three and for four pairs", () => {
    for (const r of [0, 1e-12, 1e-9, 0.001, 0.25, 0.5, 0.9, 1]) {
      expect(correlationPValue(r, 3)).toBeCloseTo(1 - (2 / Math.PI) * Math.asin(r), 15);
      expect(correlationPValue(r, 4)).toBeCloseTo(1 - r, 15);
    }
  });

  it("falls from 1 to 0 with the size of the correlation, whatever its sign", () => {
    for (const count of [3, 4, 9, 50]) {
      const values = Array.from({ length: 101 }, (_, i) => correlationPValue(i / 100, count));
      expect([values[0], values[100]]).toEqual([1, 0]);
      for (let i = 1; i < values.length; i++) {
        expect(values[i]).toBeLessThan(values[i - 1]);
        expect(correlationPValue(-i / 100, count)).toBe(values[i]);
      }
    }
  });

  it("is undefined for fewer than three pairs and for no correlation", () => {
    for (const count of [0, 1, 2]) expect(correlationPValue(0.5, count)).toBeNaN();
    expect(correlationPValue(Number.NaN, 10)).toBeNaN();
    expect(pearsonPValue(Number.NaN, 2)).toBeNaN();
    expect(pearsonPValue(0.5, 1)).toBeNaN();
  });
});

describe("the p-values of pearson and spearman", () => {
  it.each(fixture.lists.map((lists) => ({ ...lists, count: lists.x.length })))(
    "equal scipy's on $count pairs",
    (lists) => {
      for (const [value, expected] of [
        [pearsonPValue(pearson(lists.x, lists.y), lists.count), lists.pearson],
        [correlationPValue(spearman(lists.x, lists.y), lists.count), lists.spearman],
      ] as const) {
        if (expected === null) expect(value).toBeNaN();
        // Near a correlation of 1 the p-value of three pairs is the root of the rounding error of 1 − r².
        else expect(Math.abs(value - expected)).toBeLessThan(5e-8);
      }
    },
  );
});
