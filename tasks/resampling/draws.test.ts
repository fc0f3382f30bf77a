import { describe, expect, it } from "vitest";
import { combine, type Draws, summarize } from "./draws.ts";
import { drawWeights, randomState } from "./generator.ts";

const drawsOf = (draws: ArrayLike<number>, more: Partial<Draws> = {}): Draws => ({
  base: 0.5,
  candidate: 0.5,
  difference: 0,
  draws: Float64Array.from(draws),
  variance: 1,
  degreesOfFreedom: Number.POSITIVE_INFINITY,
  ...more,
});
const steps = (count: number, from: number) => Float64Array.from({ length: count }, (_, i) => from + i);

describe("summarize", () => {
  it("takes the draws with 2.5 % outside on each side, whatever their order", () => {
    // Of −1999.5 … 1999.5 the 100th from each end.
    const draws = steps(4000, -1999.5).reverse();
    expect(summarize(drawsOf(draws)).interval).toEqual([-1900.5, 1900.5]);
    expect([...draws.slice(0, 2)]).toEqual([1999.5, 1998.5]);
  });

  it("stretches them by t / z at the level that they stand for", () => {
    const { interval } = summarize(drawsOf(steps(4000, -1999.5), { degreesOfFreedom: 9 }));
    // scipy: stats.t.isf(100 / 4001, 9) / stats.norm.isf(100 / 4001) · 1900.5
    expect(interval?.[0]).toBeCloseTo(-2193.5534710433067, 8);
    expect(interval?.[1]).toBeCloseTo(2193.5534710433067, 8);
  });

  it("counts the draws beyond 0, twice, and never says 0", () => {
    // Ten of −10 … 3989 lie below 0, and one at it.
    expect(summarize(drawsOf(steps(4000, -10), { difference: 1989.5 })).pValue).toBe((2 * 12) / 4001);
    expect(summarize(drawsOf(steps(4000, -3989), { difference: -1989.5 })).pValue).toBe((2 * 12) / 4001);
    expect(summarize(drawsOf(steps(4000, 1), { difference: 2000.5 })).pValue).toBe(2 / 4001);
  });

  it("two models that are the same differ by nothing, with p = 1", () => {
    const same = drawsOf(new Float64Array(4000), { variance: 0 });
    expect(summarize(same)).toMatchObject({ interval: [0, 0], pValue: 1 });
  });

  it("says nothing without draws", () => {
    expect(summarize(drawsOf([], { variance: Number.NaN, degreesOfFreedom: Number.NaN }))).toEqual({});
  });

  it("refuses fewer draws than an interval of that confidence takes", () => {
    expect(() => summarize(drawsOf(steps(39, 0)))).toThrow(
      new RangeError("summarize: 39 draws are too few for an interval at 0.95"),
    );
    expect(summarize(drawsOf(steps(80, -39.5))).interval).toEqual([-38.5, 38.5]);
  });

  it("0 lies outside the interval exactly where p is below 1 − confidence, at any number of draws", () => {
    const state = randomState(9, "consistent");
    let outside = 0;
    for (const [resamples, confidence] of [
      [999, 0.95],
      [1000, 0.95],
      [399, 0.9],
      [401, 0.99],
    ] as const) {
      const weights = new Int32Array(resamples);
      for (let round = 0; round < 150; round++) {
        drawWeights(weights, state);
        // Skewed, and with many ties, about an off-centre difference.
        const difference = round / 50;
        const noise = weights.map((weight) => (weight - 1) * (weight + 1));
        const draws = drawsOf(
          Float64Array.from(noise, (value) => difference + value / 3 - 0.33),
          { difference, degreesOfFreedom: 1 + (round % 30) },
        );
        const { interval, pValue } = summarize(draws, confidence);
        const excluded = interval![0] > 0 || interval![1] < 0;
        expect({ round, excluded }).toEqual({ round, excluded: pValue! < 1 - confidence });
        if (excluded) outside++;
      }
    }
    expect(outside).toBeGreaterThan(50);
    expect(outside).toBeLessThan(550);
  });
});

describe("combine", () => {
  it("takes the mean of scores, differences and draws, one by one", () => {
    const one = drawsOf([1, 2, 3], { base: 0.2, candidate: 0.6, difference: 0.4, variance: 4, degreesOfFreedom: 9 });
    const other = drawsOf([5, 0, 1], { base: 0.4, candidate: 0.4, difference: 0, variance: 8, degreesOfFreedom: 3 });
    const { draws, ...rest } = combine([one, other]);
    expect([...draws]).toEqual([3, 1, 2]);
    expect(rest.base).toBeCloseTo(0.3, 15);
    // Variances (4 + 8) / 4; degrees of freedom 3² / (1² / 9 + 2² / 3).
    expect(rest).toMatchObject({ candidate: 0.5, difference: 0.2, variance: 3 });
    expect(rest.degreesOfFreedom).toBeCloseTo(9 / (1 / 9 + 4 / 3), 12);
  });

  it("of one member is that member, and of means is the mean of all", () => {
    const members = [3, 5, 9, 12].map((degreesOfFreedom, i) =>
      drawsOf(steps(5, i), { variance: i + 1, degreesOfFreedom }),
    );
    expect(combine([members[0]])).toEqual(members[0]);
    const nested = combine([combine(members.slice(0, 2)), combine(members.slice(2))]);
    const flat = combine(members);
    expect(nested.degreesOfFreedom).toBeCloseTo(flat.degreesOfFreedom, 10);
    expect(nested.variance).toBeCloseTo(flat.variance, 12);
    expect([...nested.draws]).toEqual([...flat.draws]);
  });

  it("a member without scatter leaves the others' degrees of freedom alone", () => {
    const still = drawsOf([0, 0], { variance: 0, degreesOfFreedom: Number.POSITIVE_INFINITY });
    const moving = drawsOf([1, 2], { variance: 2, degreesOfFreedom: 7 });
    expect(combine([still, moving]).degreesOfFreedom).toBeCloseTo(7, 12);
    expect(combine([still, still]).degreesOfFreedom).toBe(Number.POSITIVE_INFINITY);
  });

  it("has no draws where a member has none, but its scores", () => {
    const blind = drawsOf([], { difference: 1, variance: Number.NaN, degreesOfFreedom: Number.NaN });
    const mean = combine([drawsOf([1, 2], { difference: 2 }), blind]);
    expect(mean).toMatchObject({ base: 0.5, difference: 1.5, variance: Number.NaN });
    expect(mean.draws).toHaveLength(0);
  });

  it("refuses nothing at all, and unequal numbers of draws", () => {
    expect(() => combine([])).toThrow(new RangeError("combine: there is no mean of no draws"));
    expect(() => combine([drawsOf([1, 2]), drawsOf([1])])).toThrow(
      new RangeError("combine: 1 draws beside 2; all must be as many"),
    );
  });
});
