import { describe, expect, it } from "vitest";
import { pythonRandom } from "../datasets/random/python.ts";
import { alphaAuc } from "./metrics/agreement.ts";
import { classificationMeasures } from "./metrics/classification.ts";
import { contingencyTable, vMeasure } from "./metrics/clustering.ts";
import { pearson, spearman } from "./metrics/correlation.ts";
import { kendallTau } from "./metrics/kendall.ts";
import { mean } from "./metrics/lists.ts";
import { multilabelMeasures } from "./metrics/multilabel.ts";
import { thresholdMeasures } from "./metrics/threshold.ts";
import type { Samples } from "./samples.ts";
import { openStatistic } from "./statistic.ts";
import { forManyCases, madeUp } from "./testing/made-up-samples.ts";

/** Repeats each place as often as it counts. */
const repeated = (places: ArrayLike<number>, weightOf: (i: number) => number): number[] =>
  Array.from(places).flatMap((_, i) => Array.from({ length: weightOf(i) }, () => i));
const at = (values: ArrayLike<number>, places: readonly number[]): number[] => places.map((i) => values[i]);

/** R² by its definition; the values are float32 already. */
function determination(truth: readonly number[], found: readonly number[]): number {
  if (truth.length < 2) return Number.NaN;
  const squares = (values: readonly number[]): number => values.reduce((sum, value) => sum + value * value, 0);
  const centre = mean(truth);
  const [error, spread] = [truth.map((value, i) => value - found[i]), truth.map((value) => value - centre)].map(
    squares,
  );
  return spread === 0 ? Number(error === 0) : 1 - error / spread;
}

/** Scores, by the metrics, the list in which each unit is repeated. */
function byMetrics(samples: Samples, weights: Int32Array): number[] {
  const places = repeated(weights, (u) => weights[u]);
  switch (samples.kind) {
    case "mean":
      return [mean(at(samples.values, places))];
    case "correlation": {
      const correlation = samples.measure === "pearson" ? pearson : spearman;
      return [correlation(at(samples.gold, places), at(samples.scores, places))];
    }
    case "pairs": {
      const { measure, labels, scores } = samples;
      const of = (values: Float32Array) => thresholdMeasures(at(labels, places), at(values, places))[measure];
      return [Math.max(...Object.values(scores).map(of))];
    }
    case "labels": {
      const name = samples.measure === "f1_weighted" ? "f1Weighted" : samples.measure;
      return samples.predicted.map((labels) => {
        const scored = places.filter((row) => labels[row] >= 0);
        return classificationMeasures(at(samples.truth, scored), at(labels, scored), 9)[name];
      });
    }
    case "sets": {
      const { labels, truth, predicted } = samples;
      const columns = [...Array(labels).keys()].filter((label) =>
        places.some((row) => truth[row * labels + label] === 1),
      );
      const cells = (of: Uint8Array) =>
        Uint8Array.from(places.flatMap((row) => columns.map((label) => of[row * labels + label])));
      if (columns.length === 0) return predicted.map(() => Number.NaN);
      return predicted.map((found) => multilabelMeasures(cells(truth), cells(found), columns.length).f1);
    }
    case "regression": {
      const truth = at(samples.truth, places);
      return samples.predicted.map((values) => {
        const found = at(values, places);
        return samples.measure === "kendalltau" ? kendallTau(truth, found) : determination(truth, found);
      });
    }
    case "agreement": {
      const sums = (lists: readonly Int32Array[]) =>
        lists.map((counts) => at(counts, places).reduce((a, b) => a + b, 0));
      return [alphaAuc(sums(samples.triplets), sums(samples.agreed))];
    }
    case "clusters":
      return (samples.levels[0]?.experiments ?? []).map((_, e) =>
        mean(
          samples.levels.map(({ experiments }) => {
            const { drawn, truth, found } = experiments[e] ?? experiments[0] ?? expect.unreachable();
            const kept = repeated(drawn, (i) => weights[drawn[i]]);
            return vMeasure(contingencyTable(at(truth, kept), at(found, kept)));
          }),
        ),
      );
  }
}

// Sums run in another order than the metrics': some tens of roundings of numbers below 1, more where logarithms cancel.
const tolerance = {
  mean: 14,
  correlation: 11,
  pairs: 14,
  labels: 14,
  sets: 14,
  regression: 11,
  agreement: 14,
  clusters: 9,
} as const;

function expectClose(found: Float64Array, expected: readonly number[], digits: number): void {
  expect(found).toHaveLength(expected.length);
  expected.forEach((score, e) => {
    if (Number.isNaN(score)) expect(found[e]).toBeNaN();
    else expect(found[e]).toBeCloseTo(score, digits);
  });
}

describe.each(Object.entries(madeUp))("the statistic of %s", (kind, make) => {
  const digits = tolerance[kind as Samples["kind"]];

  it("is the metric of the list in which each unit is repeated", () => {
    forManyCases(120, (random, units) => {
      const samples = make(random, units);
      const statistic = openStatistic(samples);
      expect(statistic.units).toBe(units);
      for (const most of [1, 2, 5]) {
        const weights = units === 0 ? new Int32Array(0) : random.choices(most, units);
        expectClose(statistic.scores(weights), byMetrics(samples, weights), digits);
      }
    });
  });

  it("is the main score where nothing is weighted, also after other weights", () => {
    forManyCases(100, (random, units) => {
      const samples = make(random, units);
      const statistic = openStatistic(samples);
      const ones = new Int32Array(units).fill(1);
      const first = statistic.scores();
      expectClose(first, byMetrics(samples, ones), digits);
      statistic.scores(new Int32Array(units).fill(3));
      expect(statistic.scores()).toEqual(first);
      expect(statistic.scores(ones)).toEqual(first);
      expect(statistic.experiments).toBe(first.length);
    });
  });

  it("refuses another number of weights", () => {
    const samples = make(pythonRandom(1), 3);
    expect(() => openStatistic(samples).scores(new Int32Array(4))).toThrow(
      new RangeError("statistic: 4 weights for 3 units"),
    );
  });
});

describe("what is undefined or degenerate", () => {
  const scores = (samples: Samples, weights?: number[]): number[] =>
    Array.from(openStatistic(samples).scores(weights === undefined ? undefined : Int32Array.from(weights)));
  const gold = Float64Array.of(0.1, 0.1, 0.7);
  const alike = Float32Array.of(0.5, 0.2, 0.2);

  it("gives NaN for the mean of nothing and for correlations of constants, however they are rounded", () => {
    expect(scores({ kind: "mean", values: Float64Array.of(1, 2) }, [0, 0])).toEqual([NaN]);
    for (const measure of ["pearson", "spearman"] as const) {
      const samples = { kind: "correlation", measure, gold, scores: alike } as const;
      expect(scores(samples, [3, 7, 0])).toEqual([NaN]);
      expect(scores(samples, [0, 3, 7])).toEqual([NaN]);
      expect(scores(samples, [0, 0, 0])).toEqual([NaN]);
      expect(scores(samples, [1, 0, 1])[0]).toBeCloseTo(-1, 14);
    }
  });

  it("lets NaN matter only where its unit counts", () => {
    const values = Float64Array.of(NaN, 0.25, 0.75);
    expect(scores({ kind: "mean", values }, [0, 1, 1])).toEqual([0.5]);
    expect(scores({ kind: "mean", values })).toEqual([NaN]);
    for (const measure of ["pearson", "spearman"] as const) {
      const samples = { kind: "correlation", measure, gold, scores: Float32Array.of(NaN, 1, 2) } as const;
      expect(scores(samples, [0, 2, 1])[0]).toBeCloseTo(1, 12);
      expect(scores(samples)).toEqual([NaN]);
    }
    const pairs = { kind: "pairs", measure: "ap", labels: Uint8Array.of(0, 1, 0) } as const;
    const measured = { cosine: Float32Array.of(NaN, 1, 0), dot: Float32Array.of(1, 2, 3) };
    expect(scores({ ...pairs, scores: measured }, [0, 1, 1])).toEqual([1]);
    expect(scores({ ...pairs, scores: measured })).toEqual([NaN]);
  });

  it("keeps correlations of huge, tiny and infinite values as the metrics have them", () => {
    const tiny = Float64Array.of(1e-200, 2e-200, 4e-200);
    const large = Float32Array.of(3e38, -3e38, 1e38);
    const pearsons = scores({ kind: "correlation", measure: "pearson", gold: tiny, scores: large });
    expect(pearsons[0]).toBeCloseTo(pearson(tiny, large), 12);
    const endless = Float32Array.of(Infinity, 1, 2);
    expect(scores({ kind: "correlation", measure: "pearson", gold: tiny, scores: endless })).toEqual([NaN]);
    expect(scores({ kind: "correlation", measure: "spearman", gold: tiny, scores: endless })[0]).toBeCloseTo(
      spearman(tiny, endless),
      12,
    );
  });

  it("gives 0 for pairs without a place to cut, and for average precision without a pair that belongs together", () => {
    const tied = { cosine: Float32Array.of(1, 1, 0) };
    const pairs = (measure: "ap" | "accuracy" | "f1") =>
      ({ kind: "pairs", measure, labels: Uint8Array.of(1, 0, 0), scores: tied }) as const;
    expect(scores(pairs("accuracy"), [2, 1, 0])).toEqual([0]);
    expect(scores(pairs("f1"), [2, 1, 0])).toEqual([0]);
    expect(scores(pairs("ap"), [0, 2, 1])).toEqual([0]);
    expect(scores(pairs("ap"), [2, 1, 0])).toEqual([2 / 3]);
  });

  it("refuses levels with different numbers of experiments", () => {
    const experiment = { drawn: Int32Array.of(0), truth: Int32Array.of(0), found: Int32Array.of(0) };
    const levels = [{ experiments: [experiment] }, { experiments: [experiment, experiment] }];
    expect(() => openStatistic({ kind: "clusters", documents: 1, levels })).toThrow(
      new RangeError("clusters: levels with 1, 2 experiments; expected one number"),
    );
  });

  it("takes no memory for large label numbers", () => {
    const truth = Int32Array.of(2_000_000_000, 5);
    const samples = { kind: "labels", measure: "f1", truth, predicted: [truth] } as const;
    expect(scores(samples)).toEqual([1]);
    const clusters = { experiments: [{ drawn: Int32Array.of(0, 1), truth, found: truth }] };
    expect(scores({ kind: "clusters", documents: 2, levels: [clusters] })).toEqual([1]);
  });
});
