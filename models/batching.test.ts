import { describe, expect, it } from "vitest";
import { planBatches, toBatch } from "./batching.ts";

describe("planBatches", () => {
  it("groups by length up to the budget; the longest first, then shortest and longest in turn", () => {
    expect(planBatches([3, 10, 5, 5, 1], 10)).toEqual([[1], [0, 4], [2, 3]]);
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
