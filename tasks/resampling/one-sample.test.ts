import { describe, expect, it } from "vitest";
import { numpyGenerator } from "../../datasets/random/numpy.ts";
import { mean } from "../metrics/lists.ts";
import type { Samples } from "../samples.ts";
import { estimateWhole, type ScoredShare } from "./one-sample.ts";
import { studentTwoSided } from "./quantiles.ts";

const meansOf = (values: readonly number[]): Samples => ({ kind: "mean", values: Float64Array.from(values) });
const part = (values: readonly number[], of: number): ScoredShare => ({
  mainScore: mean(values),
  samples: meansOf(values),
  share: { units: values.length, of },
});
const values = [0.1, 0.9, 0.4, 0.6, 0.3, 0.5];
const variance = values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / 5;

function halfWidth(parts: readonly ScoredShare[]): number {
  const estimate = estimateWhole(parts);
  if ("without" in estimate) throw new Error(estimate.without);
  return (estimate.interval[1] - estimate.interval[0]) / 2;
}

describe("estimateWhole", () => {
  it("is Student's interval of a mean drawn without replacement", () => {
    const half = studentTwoSided(0.05, 5) * Math.sqrt((variance / 6) * (1 - 6 / 24));
    const estimate = estimateWhole([part(values, 24)]);
    expect(estimate).toEqual({
      interval: [expect.closeTo(mean(values) - half, 12), expect.closeTo(mean(values) + half, 12)],
    });
  });

  it("adds up what deviates together place by place, and the variances of other draws", () => {
    const opposite = values.map((value) => 1 - value);
    const [one, other] = [part(values, 24), part(opposite, 24)];
    expect(halfWidth([one, one])).toBeCloseTo(halfWidth([one]), 12);
    // Where one subset's units are easy the other's are hard, so that their mean does not depend on the draw.
    expect(estimateWhole([one, other])).toHaveProperty("without");
    const apart = halfWidth([part(values, 24), part(opposite, 1e9)]);
    const expected = Math.sqrt((variance / 6) * (0.75 + 1)) / 2;
    expect(apart / expected).toBeGreaterThan(studentTwoSided(0.05, 10));
    expect(apart / expected).toBeLessThan(studentTwoSided(0.05, 5));
  });

  it("counts subsets that are whole as sure", () => {
    const whole = { mainScore: 0.8, samples: undefined, share: { units: 9, of: 9 } };
    expect(halfWidth([part(values, 24), whole])).toBeCloseTo(halfWidth([part(values, 24)]) / 2, 12);
  });

  it("tells nothing beside a whole subset whose score is undefined", () => {
    const whole = { mainScore: Number.NaN, samples: undefined, share: { units: 9, of: 9 } };
    expect(estimateWhole([part(values, 24), whole])).toEqual({ without: "the score is undefined" });
  });

  it("stays within what a score can be", () => {
    expect(estimateWhole([part([1, 1, 1, 0.2], 1000)])).toMatchObject({ interval: [expect.any(Number), 1] });
    expect(estimateWhole([part([0, 0, 0, 0.5], 1000)])).toMatchObject({ interval: [0, expect.any(Number)] });
    expect(estimateWhole([part([-0.9, 0.9, -0.3], 1000)])).toMatchObject({ interval: [-1, 1] });
  });

  it.each([
    ["nothing was left out", part(values, 6)],
    ["easier", { ...part(values, 24), share: { units: 6, of: 24, differs: "easier" } }],
    ["easier", { ...part(values, 6), share: { units: 6, of: 6, differs: "easier" } }],
    ["the score is undefined", { ...part(values, 24), mainScore: Number.NaN }],
    ["the main score is not made of units", { ...part(values, 24), samples: undefined }],
    ["too few units carry the score", part([0.5], 24)],
    ["all units that were scored are alike, of which others may differ", part([1, 1, 1], 24)],
  ])("says %s where there is no interval", (without, one) => {
    expect(estimateWhole([one])).toEqual({ without });
  });

  it("says so where a class, or a kind of pair, is too rare", () => {
    const truth = Int32Array.from({ length: 40 }, (_, i) => (i < 9 ? 0 : 1));
    const labels = (measure: "f1" | "accuracy"): ScoredShare => ({
      mainScore: 0.9,
      samples: { kind: "labels", measure, truth, predicted: [truth.map((label, i) => (i % 5 === 0 ? 0 : label))] },
      share: { units: 40, of: 400 },
    });
    expect(estimateWhole([labels("f1")])).toEqual({
      without: "a class has fewer than 10 of the drawn rows, which F1 needs",
    });
    expect(estimateWhole([labels("accuracy")])).toHaveProperty("interval");
    const scores = { cosine: Float32Array.of(0.9, 0.3, 0.5, 0.1) };
    const pairs: Samples = { kind: "pairs", measure: "ap", labels: Uint8Array.of(0, 0, 1, 0), scores };
    expect(estimateWhole([{ mainScore: 0.5, samples: pairs, share: { units: 4, of: 40 } }])).toHaveProperty("without");
  });

  it("leaves out groups of many units, whose interval holds the score of all some 95 times of 100", () => {
    const random = numpyGenerator(7);
    const all = Array.from({ length: 3000 }, () => random.random() ** 3);
    const truth = mean(all);
    const held = Array.from({ length: 100 }, () => {
      const drawn = Array.from(random.choice(all.length, 450), (unit) => all[unit]);
      const estimate = estimateWhole([part(drawn, all.length)]);
      return "interval" in estimate && estimate.interval[0] <= truth && truth <= estimate.interval[1] ? 1 : 0;
    });
    expect(100 * mean(held)).toBeGreaterThanOrEqual(90);
    expect(100 * mean(held)).toBeLessThan(100);
  });
});
