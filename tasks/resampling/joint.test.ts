import { describe, expect, it } from "vitest";
import { mean } from "../metrics/lists.ts";
import { openStatistic } from "../statistic.ts";
import { compareSamples } from "./compare-samples.ts";
import { deviationsIn, differenceIn, drawJointly } from "./joint.ts";

const options = { resamples: 400, seed: 42, name: "Some" };

/** Makes values of some units that look like chance and are not. */
const values = (length: number, step: number): Float64Array =>
  Float64Array.from({ length }, (_, i) => ((i * step) % 17) / 17);

const queries = (step: number, length = 60) => openStatistic({ kind: "mean", values: values(length, step) });

const rows = (shift: number) =>
  openStatistic({
    kind: "labels",
    measure: "accuracy",
    truth: Int32Array.from({ length: 80 }, (_, i) => i % 4),
    predicted: Array.from({ length: 5 }, (_, e) =>
      Int32Array.from({ length: 80 }, (_, i) => ((i * (e + shift)) % 7 === 0 ? (i + 1) % 4 : i % 4)),
    ),
  });

const variance = (list: Float64Array): number => {
  const centre = mean(list);
  return list.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (list.length - 1);
};

describe("drawJointly", () => {
  it.each([
    ["queries", [queries(3), queries(5), queries(11)]],
    ["rows of several experiments", [rows(1), rows(2), rows(4)]],
  ])("gives of two of its members the difference that a comparison gives: %s", async (_, members) => {
    const joint = await drawJointly([members, members], options);
    for (const [base, candidate] of [
      [0, 1],
      [2, 1],
    ]) {
      const pair = { base: members[base], candidate: members[candidate] };
      expect(differenceIn(joint, base, candidate)).toEqual(await compareSamples([pair, pair], options));
    }
  });

  it("lets members deviate as their differences do", async () => {
    const joint = await drawJointly([[queries(3), queries(5), queries(11)]], options);
    const deviations = deviationsIn(joint) as readonly Float64Array[];
    const { difference, draws } = differenceIn(joint, 0, 2);
    draws.forEach((draw, r) => {
      expect(deviations[2][r] - deviations[0][r]).toBeCloseTo(draw - difference, 12);
    });
    expect(mean(deviations.map((own) => own[7]))).toBeCloseTo(0, 12);
  });

  it("counts the choice of experiments as a comparison does, within a tenth", async () => {
    const joint = await drawJointly([[rows(1), rows(4)]], { ...options, resamples: 4000 });
    const [first, second] = deviationsIn(joint) as readonly Float64Array[];
    const { variance: expected } = differenceIn(joint, 0, 1);
    expect(variance(second.map((value, r) => value - first[r])) / expected).toBeCloseTo(1, 1);
  });

  it("knows no scatter of a single unit, and refuses members of other units", async () => {
    const joint = await drawJointly([[queries(3, 1), queries(5, 1)]], options);
    expect(deviationsIn(joint)).toBeUndefined();
    expect(differenceIn(joint, 0, 1).draws).toHaveLength(0);
    await expect(drawJointly([[queries(3), queries(3, 61)]], options)).rejects.toThrow(
      "60 units in 1 experiments against 61 in 1",
    );
  });
});
