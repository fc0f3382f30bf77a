import { describe, expect, it } from "vitest";
import { numpyGenerator } from "../../datasets/random/numpy.ts";
import { drawUnits } from "../limit.ts";
import { mean } from "../metrics/lists.ts";
import type { Samples } from "../samples.ts";
import { openStatistic } from "../statistic.ts";
import { planLooks } from "./looks.ts";
import { intervalOf, meanSpread, type SharedUnits, type Spread, spreadOf } from "./paired-spread.ts";

const meansOf = (values: ArrayLike<number>): Samples => ({ kind: "mean", values: Float64Array.from(values) });
const all = (units: number): Int32Array => Int32Array.from({ length: units }, (_, unit) => unit);
const shared = (base: Samples, candidate: Samples, places?: Int32Array): SharedUnits => {
  const [one, other] = [openStatistic(base), openStatistic(candidate)];
  return { base: one, candidate: other, places: places ?? all(other.units) };
};
const numbers = (seed: number, count: number): number[] => Array.from({ length: count }, numpyGenerator(seed).random);
const half = (spread: Spread): number => {
  const ends = intervalOf(spread, 0.05);
  if (ends === undefined) throw new Error("there is no interval");
  return (ends[1] - ends[0]) / 2;
};

describe("spreadOf", () => {
  const [base, candidate] = [numbers(1, 120), numbers(2, 120)];
  const differences = candidate.map((value, u) => value - base[u]);

  it("has of a mean the variance of the units' differences, and that of a unit that nobody saw", () => {
    const some = differences.slice(0, 90);
    const variance = some.reduce((sum, one) => sum + (one - mean(some)) ** 2, 0) / 89 / 90;
    const spread = spreadOf([shared(meansOf(base.slice(0, 90)), meansOf(candidate.slice(0, 90)))]);
    expect(spread.difference).toBeCloseTo(mean(some), 12);
    expect(spread.variance).toBeCloseTo(variance + (1 / 90) ** 2, 12);
    expect(spread.degrees).toBeGreaterThan(80);
  });

  it("compares the units that were drawn with the same of the base", () => {
    const drawn = drawUnits(120, 60);
    const some = meansOf(Array.from(drawn, (place) => candidate[place]));
    const ofShare = spreadOf([shared(meansOf(base), some, drawn)]);
    expect(ofShare.difference).toBeCloseTo(mean(Array.from(drawn, (place) => differences[place])), 12);
    const alone = spreadOf([shared(meansOf(Array.from(drawn, (place) => base[place])), some)]);
    expect(ofShare.variance).toBeCloseTo(alone.variance, 12);
  });

  const kinds: readonly (readonly [string, (values: readonly number[]) => Samples])[] = [
    ["a mean", meansOf],
    [
      "a correlation",
      (values) => ({
        kind: "correlation",
        measure: "spearman",
        gold: Float64Array.from(numbers(3, values.length)),
        scores: Float32Array.from(values),
      }),
    ],
    [
      "average precision",
      (values) => ({
        kind: "pairs",
        measure: "ap",
        labels: Uint8Array.from(values, (_, u) => Number(u % 3 === 0)),
        scores: { cosine: Float32Array.from(values) },
      }),
    ],
    [
      "classification",
      (values) => ({
        kind: "labels",
        measure: "f1",
        truth: Int32Array.from(values, (_, u) => u % 2),
        predicted: [0.4, 0.5, 0.6].map((border) => Int32Array.from(values, (value) => Number(value > border))),
      }),
    ],
  ];

  describe.each(kinds)("of %s", (_, samplesOf) => {
    it("is the same but for its sign where the runs change places", () => {
      const [one, other] = [samplesOf(base), samplesOf(candidate)];
      const [there, back] = [spreadOf([shared(one, other)]), spreadOf([shared(other, one)])];
      expect(back.difference).toBeCloseTo(-there.difference, 12);
      expect(back.variance).toBeCloseTo(there.variance, 12);
      expect(back.degrees).toBeCloseTo(there.degrees, 6);
    });

    it("claims nothing of a model and itself, and knows that a difference is small", () => {
      const spread = spreadOf([shared(samplesOf(base), samplesOf(base))]);
      expect(spread.difference).toBe(0);
      const [low, high] = intervalOf(spread, 0.05) ?? [Number.NaN, Number.NaN];
      expect(low).toBeCloseTo(-high, 12);
      expect(high).toBeGreaterThan(0);
      expect(high).toBeLessThan(5 / 40);
    });
  });

  it("claims nothing where all units are tied, and where there is one", () => {
    const tied = meansOf(new Array<number>(60).fill(0.5));
    const [low, high] = intervalOf(spreadOf([shared(tied, tied)]), 0.01) ?? [];
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
    expect(intervalOf(spreadOf([shared(meansOf([0.9]), meansOf([0.1]))]), 0.05)).toBeUndefined();
  });

  it("has no interval where a single unit carries the score", () => {
    const one = { kind: "pairs", measure: "ap", labels: Uint8Array.of(1, 0, 0, 0) } as const;
    const samples = (scores: readonly number[]): Samples => ({ ...one, scores: { cosine: Float32Array.from(scores) } });
    const spread = spreadOf([shared(samples([4, 3, 2, 1]), samples([1, 2, 3, 4]))]);
    expect(Number.isNaN(spread.variance)).toBe(true);
    expect(intervalOf(spread, 0.05)).toBeUndefined();
  });

  it("is less sure where few of the units make the difference", () => {
    const changed = (count: number): Samples => meansOf(base.map((value, u) => (u < count ? value - 1 : value)));
    const few = spreadOf([shared(meansOf(base), changed(4))]);
    expect(few.degrees).toBeLessThan(40);
    expect(intervalOf(few, 0.01)?.[1]).toBeGreaterThan(0);
    expect(intervalOf(spreadOf([shared(meansOf(base), changed(40))]), 0.01)?.[1]).toBeLessThan(0);
  });

  it("adds up subsets of which the same places were drawn, unit by unit", () => {
    const one = shared(meansOf(base), meansOf(candidate));
    const mirrored = shared(meansOf(base), meansOf(base.map((value, u) => value - differences[u])));
    expect(half(spreadOf([one, one]))).toBeCloseTo(half(spreadOf([one])), 12);
    expect(spreadOf([one, mirrored]).variance).toBeCloseTo((1 / 120) ** 2, 12);
  });

  it("adds what experiments bring to what units do, and not twice what both do", () => {
    const truth = Int32Array.from({ length: 200 }, (_, u) => u % 2);
    const right = (share: number, seed: number): Int32Array => {
      const random = numbers(seed, 200);
      return truth.map((label, u) => (random[u] < share ? label : 1 - label));
    };
    const labels = (shares: readonly number[], seed: number): Samples => ({
      ...({ kind: "labels", measure: "accuracy", truth } as const),
      predicted: shares.map((share, e) => right(share, seed + e)),
    });
    const steady = labels([0.7, 0.7, 0.7, 0.7, 0.7, 0.7], 10);
    const apart = spreadOf([shared(steady, labels([0.1, 0.9, 0.1, 0.9, 0.1, 0.9], 50))]);
    // The experiments' scores lie some 0.4 from their mean: 0.44² / 6 of variance for the mean of six.
    expect(Math.sqrt(apart.variance)).toBeGreaterThan(0.14);
    expect(apart.degrees).toBeLessThan(6);
    expect(Math.sqrt(spreadOf([shared(steady, labels([0.7, 0.7, 0.7, 0.7, 0.7, 0.7], 50))]).variance)).toBeLessThan(
      0.03,
    );
  });

  it("throws for places that do not match, and for no subsets", () => {
    expect(() => spreadOf([])).toThrow(RangeError);
    expect(() => spreadOf([shared(meansOf(base), meansOf(candidate), all(3))])).toThrow("3 places");
  });
});

describe("meanSpread", () => {
  const one = { difference: -0.02, variance: 0.0004, degrees: 50 };
  const other = { difference: 0.01, variance: 0.0001, degrees: 20 };

  it("averages differences of tasks whose units are others", () => {
    const { difference, variance } = meanSpread([one, other]);
    expect(difference).toBeCloseTo(-0.005, 12);
    expect(variance).toBeCloseTo(0.000125, 12);
  });

  it("is not sure where a task is not", () => {
    expect(intervalOf(meanSpread([one, { difference: 0, variance: Number.NaN, degrees: 1 }]), 0.05)).toBeUndefined();
  });
});

describe("error over all looks", () => {
  it("is at most the stated one where two models are alike, whatever the moment of looking", () => {
    const [pairs, units, error] = [300, 400, 0.2];
    let wrong = 0;
    for (let pair = 0; pair < pairs; pair++) {
      const random = numpyGenerator(1000 + pair);
      // Hits of which the two models differ in a tenth, and either may be the better one.
      const both = Array.from({ length: units }, () => {
        const [one, other] = [Number(random.random() < 0.6), Number(random.random() < 0.1)];
        return random.random() < 0.5 ? [one, Math.abs(one - other)] : [Math.abs(one - other), one];
      });
      const isClaimed = planLooks([units]).some(({ most = units, spends }) => {
        const [base, candidate] = [0, 1].map((side) => meansOf(both.slice(0, most).map((values) => values[side])));
        const [low, high] = intervalOf(spreadOf([shared(base, candidate)]), error * spends) ?? [-1, 1];
        return low > 0 || high < 0;
      });
      if (isClaimed) wrong++;
    }
    // Three errors of the count above the stated share.
    expect(wrong / pairs).toBeLessThan(error + 3 * Math.sqrt((error * (1 - error)) / pairs));
    expect(wrong).toBeGreaterThan(0);
  });

  it("does not hang on the order of the tasks in a mean", () => {
    const spreads = [1, 2, 3].map((seed) =>
      spreadOf([shared(meansOf(numbers(seed, 80)), meansOf(numbers(seed + 9, 80)))]),
    );
    const [there, back] = [meanSpread(spreads), meanSpread([...spreads].reverse())];
    expect(back.difference).toBeCloseTo(there.difference, 12);
    expect(half(back)).toBeCloseTo(half(there), 12);
  });
});
