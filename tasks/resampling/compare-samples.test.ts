import { describe, expect, it } from "vitest";
import type { Statistic } from "../statistic.ts";
import { type CompareOptions, compareSamples } from "./compare-samples.ts";
import { summarize } from "./draws.ts";
import { drawWeights, randomState } from "./generator.ts";
import { labelledMean, meanStatistic } from "./testing/statistics.ts";

const options: CompareOptions = { resamples: 4000, seed: 42, name: "MadeUp" };

/** Makes values 0, 0.25 … that look random, [count]. */
function values(count: number, name: string): Float64Array {
  const weights = new Int32Array(count);
  drawWeights(weights, randomState(7, name));
  return Float64Array.from(weights, (weight) => weight / 4);
}
const varianceOf = (list: ArrayLike<number>): number => {
  const all = Array.from(list);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  return all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (all.length - 1);
};

describe("compareSamples", () => {
  it("of a mean has the variance of Student's paired test, and its interval", async () => {
    const base = values(30, "base");
    const candidate = values(30, "candidate");
    const drawn = await compareSamples([{ base: meanStatistic(base), candidate: meanStatistic(candidate) }], options);
    const differences = candidate.map((value, i) => value - base[i]);
    const expected = varianceOf(differences) / 30;
    // The variance of 4,000 draws is known to about 2.2 %; four times that.
    expect(Math.abs(drawn.variance / expected - 1)).toBeLessThan(0.09);
    expect(drawn.degreesOfFreedom).toBeCloseTo(29, 10);
    const half = 2.0452296421327034 * Math.sqrt(expected);
    const { interval } = summarize(drawn);
    // scipy: stats.t.isf(0.025, 29); an end is a percentile of 4,000 draws, off by some hundredths of the half width.
    expect(Math.abs(interval![0] - (drawn.difference - half))).toBeLessThan(0.15 * half);
    expect(Math.abs(interval![1] - (drawn.difference + half))).toBeLessThan(0.15 * half);
  });

  it("gives the scores, and draws whose mean is the difference", async () => {
    const pair = { base: meanStatistic([0, 0.5, 1, 0.5]), candidate: meanStatistic([1, 0.5, 1, 0.5]) };
    const drawn = await compareSamples([pair], options);
    expect(drawn).toMatchObject({ base: 0.5, candidate: 0.75, difference: 0.25 });
    expect(drawn.draws.reduce((sum, draw) => sum + draw, 0) / 4000).toBeCloseTo(0.25, 12);
  });

  it("draws the same units for both: a constant lead has no scatter", async () => {
    const base = values(50, "base");
    const ahead = base.map((value) => value + 0.125);
    const drawn = await compareSamples([{ base: meanStatistic(base), candidate: meanStatistic(ahead) }], options);
    const { interval, pValue } = summarize(drawn);
    expect(interval![0]).toBeCloseTo(0.125, 12);
    expect(interval![1]).toBeCloseTo(0.125, 12);
    expect(pValue).toBe(2 / 4001);
  });

  it("is decided by seed and name, and by nothing else", async () => {
    const pair = { base: meanStatistic(values(20, "a")), candidate: meanStatistic(values(20, "b")) };
    const draws = async (more: Partial<CompareOptions>) =>
      Array.from((await compareSamples([pair], { ...options, ...more })).draws);
    const first = await draws({});
    expect(await draws({})).toEqual(first);
    expect(await draws({ seed: 43 })).not.toEqual(first);
    expect(await draws({ name: "Other" })).not.toEqual(first);
    // The first draws pin the generator, its seeding and the order of work.
    expect(first.slice(0, 3)).toMatchInlineSnapshot(`
      [
        -0.011962266348842825,
        -0.011962266348842855,
        -0.07608591335416498,
      ]
    `);
  });

  it("subsets scatter independently: the mean of two equal ones has half their variance", async () => {
    const pair = { base: meanStatistic(values(40, "a")), candidate: meanStatistic(values(40, "b")) };
    const one = await compareSamples([pair], options);
    const two = await compareSamples([pair, pair], options);
    expect(two.difference).toBeCloseTo(one.difference, 12);
    expect(Math.abs(varianceOf(two.draws) / (one.variance / 2) - 1)).toBeLessThan(0.09);
    expect(Math.abs(two.variance / (one.variance / 2) - 1)).toBeLessThan(0.09);
  });

  it("adds the experiments' scatter to the rows', with the degrees of freedom of both", async () => {
    // Row i and experiment e add up, with nothing left to the single cell.
    const rows = values(25, "rows");
    const runs = values(10, "runs");
    const base = meanStatistic(...Array.from(runs, () => new Float64Array(25)));
    const candidate = meanStatistic(...Array.from(runs, (run) => rows.map((row) => row + run)));
    const drawn = await compareSamples([{ base, candidate }], options);
    const ofRows = varianceOf(rows) / 25;
    const ofRuns = varianceOf(runs) / 10;
    expect(Math.abs(drawn.variance / (ofRows + ofRuns) - 1)).toBeLessThan(0.09);
    expect(Math.abs(varianceOf(drawn.draws) / (ofRows + ofRuns) - 1)).toBeLessThan(0.09);
    const degrees = (ofRows + ofRuns) ** 2 / (ofRows ** 2 / 24 + ofRuns ** 2 / 9);
    expect(Math.abs(drawn.degreesOfFreedom / degrees - 1)).toBeLessThan(0.1);
  });

  it("counts what belongs to single cells once", async () => {
    // Cells alone: both levels by themselves would say cells / (n m) twice, both at once three times.
    const cells = Array.from({ length: 10 }, (_, e) => values(200, `cell ${e}`));
    const base = meanStatistic(...cells.map((row) => row.map(() => 0)));
    const candidate = meanStatistic(...cells);
    const drawn = await compareSamples([{ base, candidate }], options);
    const whole = varianceOf(cells.map((row) => row.reduce((sum, value) => sum + value, 0) / 200)) / 10;
    const units = varianceOf(cells[0].map((_, i) => cells.reduce((sum, row) => sum + row[i] / 10, 0))) / 200;
    const single = cells.reduce((sum, row) => sum + varianceOf(row) / 10, 0) / 2000;
    const expected = units + Math.max(0, whole - single);
    expect(Math.abs(drawn.variance / expected - 1)).toBeLessThan(0.1);
  });

  it("takes the effective units for the size of the sample", async () => {
    const few = (statistic: Statistic): Statistic => ({ ...statistic, effectiveUnits: 5 });
    const pair = { base: meanStatistic(values(50, "a")), candidate: meanStatistic(values(50, "b")) };
    const all = await compareSamples([pair], options);
    const some = await compareSamples([{ base: few(pair.base), candidate: few(pair.candidate) }], options);
    expect(some.degreesOfFreedom).toBeCloseTo(4, 12);
    expect(some.variance / all.variance).toBeCloseTo(5 / 4 / (50 / 49), 12);
  });

  it("draws again where a score is undefined", async () => {
    // With two labelled units of eight, one resample in ten has neither.
    const labels = [1, 1, 0, 0, 0, 0, 0, 0];
    const base = labelledMean(labels, [0, 1, 0, 0, 0, 0, 0, 0]);
    const candidate = labelledMean(labels, [1, 1, 0, 0, 0, 0, 0, 0]);
    const drawn = await compareSamples([{ base, candidate }], options);
    expect(drawn.draws).toHaveLength(4000);
    expect(drawn.draws.every((draw) => Number.isFinite(draw))).toBe(true);
  });

  it.each<[string, Statistic, Statistic]>([
    ["of a single unit", meanStatistic([0.5]), meanStatistic([0.75])],
    ["of a score that is undefined", labelledMean([0, 0], [1, 1]), labelledMean([0, 0], [1, 1])],
    [
      "of a score that nearly all resamples leave undefined",
      { units: 3, experiments: 1, scores: (weights) => Float64Array.of(weights ? Number.NaN : 0.5) },
      meanStatistic([0, 1, 0]),
    ],
  ])("says nothing of the scatter %s", async (_, base, candidate) => {
    const drawn = await compareSamples([{ base, candidate }], options);
    expect(drawn.draws).toHaveLength(0);
    expect(summarize(drawn)).toEqual({});
  });

  it("refuses pairs that do not match, none, and no resamples", async () => {
    const two = meanStatistic([0, 1]);
    await expect(compareSamples([{ base: two, candidate: meanStatistic([0, 1, 1]) }], options)).rejects.toThrow(
      new RangeError("compareSamples: 2 units in 1 experiments against 3 in 1"),
    );
    await expect(compareSamples([{ base: two, candidate: meanStatistic([0, 1], [1, 1]) }], options)).rejects.toThrow(
      new RangeError("compareSamples: 2 units in 1 experiments against 2 in 2"),
    );
    await expect(compareSamples([], options)).rejects.toThrow("combine: there is no mean of no draws");
    await expect(
      compareSamples([{ base: two, candidate: two }], { ...options, resamples: Number.NaN }),
    ).rejects.toThrow(new RangeError("compareSamples: NaN resamples; it takes one or more"));
  });

  it("tells how far it is, lets the event loop run, and ends with the signal's reason", async () => {
    const slow: Statistic = {
      ...meanStatistic([0, 1, 1]),
      scores: () => {
        const until = performance.now() + 1;
        while (performance.now() < until);
        return Float64Array.of(0.5);
      },
    };
    const controller = new AbortController();
    const told: number[] = [];
    const work = compareSamples([{ base: slow, candidate: slow }], {
      ...options,
      signal: controller.signal,
      onProgress: (done, total) => told.push(done / total),
    });
    // A timer runs only if the event loop gets a turn.
    setTimeout(() => controller.abort(new Error("stopped by hand")), 100);
    await expect(work).rejects.toThrow("stopped by hand");
    expect(told.length).toBeGreaterThan(0);
    expect(told.every((share, i) => share > 0 && share < 1 && share >= (told[i - 1] ?? 0))).toBe(true);
  });

  it("ends its progress with the whole", async () => {
    const told: (readonly number[])[] = [];
    const pair = { base: meanStatistic([0, 1]), candidate: meanStatistic([1, 1]) };
    await compareSamples([pair, pair], { ...options, onProgress: (...at) => told.push(at) });
    expect(told.at(-1)).toEqual([8000, 8000]);
  });
});
