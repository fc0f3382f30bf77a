import { describe, expect, it } from "vitest";
import { binned, slicesOf } from "./slices.ts";

const first = [0.1, 0.4, 0.2, 0.35, 0.9, 0.3, 0.2, 0.25, 0.6, 0.15, 0.5];
const second = [0.8, 0.7, 0.95, 0.6, 0.85, 0.9, 0.65, 0.75, 0.5, 0.99];
const both = Float64Array.from([...first, ...second]);
const facet = { name: "half", values: both.length === 0 ? [] : [...first.map(() => "a"), ...second.map(() => "b")] };

describe("slices", () => {
  it("are held against the rest by t-tests, each p twice as large for two slices (scipy.stats.ttest_ind, 1.17)", () => {
    const slices = slicesOf(both, [facet]);
    const a = slices.find(({ value }) => value === "a") ?? expect.unreachable();
    expect(a).toMatchObject({ facet: "half", units: 11 });
    expect(a.mean).toBeCloseTo(0.35909, 5);
    expect(a.rest).toBeCloseTo(0.769, 5);
    // scipy: 1.7567e-4 at 17.64 degrees of freedom, which are rounded down here.
    expect(a.pValue / 2).toBeGreaterThan(1.7567e-4);
    expect(a.pValue / 2).toBeLessThan(2.2e-4);
    expect(a.interval[0]).toBeCloseTo(0.201668, 5);
    expect(a.interval[1]).toBeCloseTo(0.516515, 5);
  });

  it("whose units happen to be alike are not told for that, and nor is their mean sure", () => {
    // 40 units that did not change, beside 400 of which a tenth lost and gained by turns: the mean of these is −0.02.
    const others = Array.from({ length: 400 }, (_, i) => (i % 10 === 0 ? -0.5 : i % 10 === 5 ? 0.3 : 0));
    const outcomes = Float64Array.from([...Array<number>(40).fill(0), ...others]);
    const own = { name: "class", values: Array.from(outcomes, (_, i) => (i < 40 ? "a" : "b")) };
    const [a] = slicesOf(outcomes, [own]).filter(({ value }) => value === "a");
    // scipy.stats.ttest_ind by Student's test; by Welch's it is 0.030. Of two slices it counts twice.
    expect(a.pValue).toBeCloseTo(2 * 0.4915, 3);
    expect(a.interval[0]).toBeLessThan(-0.05);
    expect(a.interval[1]).toBe(-a.interval[0]);
  });

  it("have no interval beyond what outcomes can be", () => {
    const outcomes = Float64Array.from([...Array<number>(30).fill(1), 0, ...Array<number>(30).fill(0.5), 0]);
    const halves = { name: "half", values: Array.from(outcomes, (_, i) => (i < 31 ? "a" : "b")) };
    const intervals = slicesOf(outcomes, [halves], [0, 1]).map(({ interval }) => interval);
    expect(Math.max(...intervals.flat())).toBe(1);
    expect(Math.max(...slicesOf(outcomes, [halves]).flatMap(({ interval }) => interval))).toBeGreaterThan(1);
  });

  it("pass over units that are undefined or of no value, and slices with fewer than ten beside them", () => {
    const outcomes = both.map((value, i) => (i === 0 || i === 1 ? Number.NaN : value));
    expect(slicesOf(outcomes, [facet])).toEqual([]);
    expect(
      slicesOf(both, [{ name: "half", values: facet.values.map((value) => (value === "a" ? value : undefined)) }]),
    ).toEqual([]);
    expect(slicesOf(new Float64Array(0), [{ name: "none", values: [] }])).toEqual([]);
  });

  it("of constant outcomes differ surely or not at all", () => {
    const constant = slicesOf(
      both.map(() => 0.5),
      [facet],
    );
    expect(constant.map(({ pValue }) => pValue)).toEqual([1, 1]);
    const apart = slicesOf(
      both.map((_, i) => Number(i < first.length)),
      [facet],
    );
    expect(apart.map(({ pValue }) => pValue)).toEqual([0, 0]);
  });

  it("that differ significantly come first, those that differ by most before others", () => {
    const noise = { name: "noise", values: Array.from(both, (_, i) => (i % 2 === 0 ? "even" : "odd")) };
    const names = slicesOf(both, [noise, facet]).map((one) => one.facet);
    expect(names).toEqual(["half", "half", "noise", "noise"]);
  });
});

describe("bins", () => {
  it("are some four of equal size, named by what is in them", () => {
    expect(binned([1, 2, 3, 4, 5, 6, 7, 8], "words")).toEqual([
      "1 to 2 words",
      "1 to 2 words",
      "3 to 4 words",
      "3 to 4 words",
      "5 to 6 words",
      "5 to 6 words",
      "7 to 8 words",
      "7 to 8 words",
    ]);
  });

  it("hold all of one number, and leave out what is not known", () => {
    expect(binned([1, 1, 1, 1, 1, 9, undefined], "words")).toEqual([...Array(5).fill("1 words"), "9 words", undefined]);
    expect(binned([3, 3], "words")).toEqual(["3 words", "3 words"]);
    expect(binned([], "words")).toEqual([]);
  });
});
