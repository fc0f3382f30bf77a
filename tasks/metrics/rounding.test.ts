import { describe, expect, it } from "vitest";
import { roundHalfEven } from "./rounding.ts";

describe("roundHalfEven", () => {
  it.each([
    // Python's round(value, places) of each.
    [0.015625, 5, 0.01562],
    [0.046875, 5, 0.04688],
    [-0.015625, 5, -0.01562],
    [2.675, 2, 2.67],
    [0.5, 0, 0],
    [1.5, 0, 2],
    [2.5, 0, 2],
    [-1.5, 0, -2],
    [1 / 3, 5, 0.33333],
    [0.000005, 5, 0.00001],
    [0.000015, 5, 0.00002],
    [1, 5, 1],
    [0, 5, 0],
  ])("%d at %d places is %d", (value, places, expected) => {
    expect(roundHalfEven(value, places)).toBeCloseTo(expected, 15);
  });

  it("leaves alone what is no number", () => {
    expect(roundHalfEven(Number.NaN, 5)).toBeNaN();
    expect(roundHalfEven(Infinity, 5)).toBe(Infinity);
  });
});
