import { describe, expect, it } from "vitest";
import { median, percentile } from "./figures.ts";

describe("percentile", () => {
  it("is numpy's: np.percentile(values, [0, 10, 50, 90, 99, 100]) of numpy 2.4.6", () => {
    const values = [3.5, 1.25, 9.0, 2.0, 7.75, 4.5, 8.0, 0.5, 6.25, 5.0, 11.0];
    const of = (list: readonly number[], shares: readonly number[]) => shares.map((share) => percentile(list, share));
    const close = (expected: readonly number[]) => expected.map((value) => expect.closeTo(value, 12));
    expect(of(values, [0, 0.1, 0.5, 0.9, 0.99, 1])).toEqual(close([0.5, 1.25, 5, 9, 10.8, 11]));
    expect(of([2, 1], [0.5, 0.9, 0.99])).toEqual(close([1.5, 1.9, 1.99]));
    expect(median(values.slice(0, 10))).toBe(4.75);
  });

  it("of one value is that value, of none NaN, of equal ones theirs", () => {
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
    expect(percentile([2, 2, 2], 0.9)).toBe(2);
  });

  it("leaves the values as they are", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});
