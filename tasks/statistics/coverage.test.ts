import { describe, expect, it } from "vitest";
import { type PythonRandom, pythonRandom } from "../../datasets/random/python.ts";
import { compareSamples } from "../resampling/compare-samples.ts";
import { summarize } from "../resampling/draws.ts";
import type { Samples } from "../samples.ts";
import { openStatistic } from "../statistic.ts";

const normal = (random: PythonRandom): number =>
  Math.sqrt(-2 * Math.log(1 - random.random())) * Math.cos(2 * Math.PI * random.random());

/** A kind of score: two models on shared units, and the difference of their scores over the whole population. */
interface Kind {
  readonly draw: (units: number, random: PythonRandom) => readonly [base: Samples, candidate: Samples];
  readonly difference: number;
}

/** Values and predictions whose errors two models share by half. */
function regression(measure: "kendalltau" | "r2", population: (rho: number) => number): Kind {
  const [base, candidate] = [0.6, 0.75];
  return {
    draw(units, random) {
      const truth = Float64Array.from({ length: units }, () => normal(random));
      const common = truth.map(() => normal(random));
      const samples = (rho: number): Samples => {
        const error = (u: number): number => Math.sqrt((1 - rho * rho) / 2) * (common[u] + normal(random));
        return {
          kind: "regression",
          measure,
          truth,
          predicted: [Float32Array.from(truth, (z, u) => rho * z + error(u))],
        };
      };
      return [samples(base), samples(candidate)];
    },
    difference: population(candidate) - population(base),
  };
}

/** Sets of four labels, each true by a third; a prediction is wrong by a chance of the model's. */
const sets: Kind = (() => {
  const [labels, rate, base, candidate] = [4, 1 / 3, 0.2, 0.1];
  const f1 = (wrong: number): number => (2 * rate * (1 - wrong)) / (rate + rate * (1 - wrong) + (1 - rate) * wrong);
  return {
    draw(units: number, random: PythonRandom) {
      const truth = Uint8Array.from({ length: units * labels }, () => Number(random.random() < rate));
      const samples = (wrong: number): Samples => {
        const predicted = [truth.map((has) => (random.random() < wrong ? 1 - has : has))];
        return { kind: "sets", measure: "f1", labels, truth, predicted };
      };
      return [samples(base), samples(candidate)] as const;
    },
    difference: f1(candidate) - f1(base),
  };
})();

const runs = 150;

describe("intervals of 95 %", () => {
  it.each<[string, Kind]>([
    ["Kendall's tau", regression("kendalltau", (rho) => (2 / Math.PI) * Math.asin(rho))],
    ["R²", regression("r2", (rho) => 1 - (1 - rho) ** 2 - (1 - rho * rho))],
    ["F1 of sets of labels", sets],
  ])("hold the difference of the populations about so often: %s", async (name, { draw, difference }) => {
    const random = pythonRandom(7);
    let held = 0;
    for (let run = 0; run < runs; run++) {
      const [base, candidate] = draw(80, random).map(openStatistic);
      const drawn = await compareSamples([{ base, candidate }], { resamples: 300, seed: run, name });
      const [low, high] = summarize(drawn).interval ?? expect.unreachable();
      if (low <= difference && difference <= high) held++;
    }
    // Four standard errors of a share of 95 % below it; the bootstrap of 80 units is a little short.
    expect(held / runs).toBeGreaterThan(0.88);
    expect(held / runs).toBeLessThan(0.995);
  });
});
