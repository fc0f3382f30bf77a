import { describe, expect, it } from "vitest";
import { pythonRandom } from "../datasets/random/python.ts";
import { planBatches, toBatch } from "./batching.ts";

const widthOf = (part: readonly number[]): number => Math.max(1, ...part);
const fits = (part: readonly number[], budget: number): boolean =>
  part.length === 1 || part.length * widthOf(part) <= budget;

/** Padded tokens, and a fiftieth of the budget for each batch. */
const costOf = (parts: readonly (readonly number[])[], budget: number): number =>
  parts.reduce((sum, part) => sum + part.length * widthOf(part) + budget / 50, 0);

/** All ways of cutting a list into parts. */
const partitions = (list: readonly number[]): number[][][] =>
  list.length === 0
    ? [[]]
    : list.flatMap((_, i) => partitions(list.slice(i + 1)).map((rest) => [list.slice(0, i + 1), ...rest]));

describe("planBatches", () => {
  it("groups by length up to the budget; the longest first, then shortest and longest in turn", () => {
    expect(planBatches([3, 10, 5, 5, 1], 10)).toEqual([[1], [4], [2, 3], [0]]);
    expect(planBatches([7, 1, 5, 3, 9], 1)).toEqual([[4], [1], [0], [3], [2]]);
  });

  it("holds every text once, never above the budget but for a single long one", () => {
    const lengths = Array.from({ length: 500 }, (_, i) => (i * 7919) % 97);
    const batches = planBatches(lengths, 64);
    expect(batches.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, i) => i));
    for (const batch of batches) {
      const width = Math.max(1, ...batch.map((i) => lengths[i]));
      expect(batch.length === 1 || batch.length * width <= 64).toBe(true);
    }
  });

  it("takes the least padding and calls together, as every way of cutting shows", () => {
    const random = pythonRandom(5);
    for (let trial = 0; trial < 200; trial++) {
      const budget = random.randrange(20, 320);
      const lengths = Array.from({ length: random.randrange(1, 10) }, () => random.randrange(0, 60));
      const sizes = (batches: readonly (readonly number[])[]) => batches.map((batch) => batch.map((i) => lengths[i]));
      const found = costOf(sizes(planBatches(lengths, budget)), budget);
      const sorted = lengths.toSorted((a, b) => b - a);
      const others = partitions(sorted).filter((parts) => parts.every((part) => fits(part, budget)));
      expect(found).toBeCloseTo(Math.min(...others.map((parts) => costOf(parts, budget))), 9);
    }
  });

  it("pads short texts little beside a long one, and splits no texts of one length but at the budget", () => {
    expect(planBatches([128, 8, 8, 8, 8], 1024)).toEqual([[0], [1, 2, 3, 4]]);
    expect(planBatches([10, 9, 9, 9, 9], 1024)).toEqual([[0, 1, 2, 3, 4]]);
    expect(planBatches(new Array(300).fill(7), 1024).map((batch) => batch.length)).toEqual([146, 8, 146]);
  });

  it("keeps the order of texts of one length, and makes nothing of nothing", () => {
    expect(planBatches([2, 2, 2], 4)).toEqual([[0, 1], [2]]);
    expect(planBatches([], 4)).toEqual([]);
    expect(planBatches([0, 0], 4)).toEqual([[0, 1]]);
  });
});

describe("toBatch", () => {
  it("pads on the right and masks the padding", () => {
    const batch = toBatch([1, 0], [{ ids: Int32Array.of(7) }, { ids: Int32Array.of(4, 5, 6) }], 9);
    expect(batch.width).toBe(3);
    expect([...batch.ids]).toEqual([4, 5, 6, 7, 9, 9]);
    expect([...batch.mask]).toEqual([1, 1, 1, 1, 0, 0]);
  });

  it("holds the types of pairs, 0 in padding, and none where no input is a pair", () => {
    const pair = { ids: Int32Array.of(4, 5, 6), types: Int32Array.of(0, 1, 1) };
    const batch = toBatch([0, 1], [{ ids: Int32Array.of(7) }, pair], 9);
    expect([...(batch.types ?? [])]).toEqual([0, 0, 0, 0, 1, 1]);
    expect(toBatch([0], [{ ids: Int32Array.of(7) }], 9)).not.toHaveProperty("types");
  });

  it("is one place wide where no text has a token", () => {
    const batch = toBatch([0], [{ ids: new Int32Array() }], 0);
    expect([batch.width, [...batch.ids], [...batch.mask]]).toEqual([1, [0], [0]]);
  });
});
