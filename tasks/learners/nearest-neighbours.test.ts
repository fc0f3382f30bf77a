import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Kernels } from "../../models/kernels.ts";
import type { Matrix } from "../../models/matrix.ts";
import { heldBy, plainKernels } from "../../models/testing/plain-kernels.ts";
import { nearestNeighbours } from "./nearest-neighbours.ts";

interface Case {
  readonly known: number[][];
  readonly asked: number[][];
  readonly lists: number[][];
  readonly nearest: number[][][];
}
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL("./fixtures/neighbours.json", import.meta.url), "utf8"),
);
const matrix = (rows: readonly (readonly number[])[]): Matrix => ({
  data: Float32Array.from(rows.flat()),
  rows: rows.length,
  dims: rows[0]?.length ?? 0,
});
const lists = (rows: readonly number[][]): Int32Array[] => rows.map((list) => Int32Array.from(list));

const byValue = (a: number, b: number): number => a - b;

/** Kernels whose products are off by as much as float32 may be. */
const rough: Kernels = {
  ...plainKernels,
  hold: async (b) =>
    heldBy(async (a) => {
      const exact = await plainKernels.product(a, b);
      return { ...exact, data: exact.data.map((value, i) => value * (1 + (i % 2 === 0 ? 1 : -1) * b.dims * 2 ** -24)) };
    }),
};

describe("nearest neighbours", () => {
  it.each([
    [plainKernels, cases],
    // Where products are off, distances that are equal are so no more, but few are equal in the last case.
    [rough, cases.slice(-1)],
  ])("are scikit-learn's, whatever ties: kernels %#", async (kernels, these) => {
    for (const one of these) {
      const found = await nearestNeighbours(matrix(one.known), lists(one.lists), matrix(one.asked), 5, kernels);
      const sets = found.map((list) =>
        Array.from({ length: one.asked.length }, (_, row) =>
          [...list.subarray(row * 5, row * 5 + 5)].toSorted(byValue),
        ),
      );
      expect(sets).toEqual(one.nearest.map((rows) => rows.map((places) => places.toSorted(byValue))));
    }
  });

  it("are found where a product is no number", async () => {
    const broken: Kernels = {
      ...plainKernels,
      hold: async (b) =>
        heldBy(async (a) => ({
          data: new Float32Array(a.rows * b.rows).fill(Number.NaN),
          rows: a.rows,
          dims: b.rows,
        })),
    };
    const [found] = await nearestNeighbours(matrix([[9], [1], [4]]), lists([[0, 1, 2]]), matrix([[3]]), 2, broken);
    expect([...found].toSorted(byValue)).toEqual([1, 2]);
  });

  it("name a row twice that a list names twice, and none for nothing asked", async () => {
    const [twice] = await nearestNeighbours(matrix([[1], [5]]), lists([[1, 0, 0]]), matrix([[1]]), 3, plainKernels);
    expect([...twice].toSorted(byValue)).toEqual([0, 1, 2]);
    const nothing = { data: new Float32Array(0), rows: 0, dims: 1 };
    expect(await nearestNeighbours(matrix([[1]]), lists([[0]]), nothing, 1, plainKernels)).toEqual([new Int32Array(0)]);
  });

  it("let go of what they held, also where a product fails", async () => {
    let held = 0;
    const failing: Kernels = {
      ...plainKernels,
      hold: async () => {
        held += 1;
        return heldBy(
          () => Promise.reject(new Error("no memory")),
          () => (held -= 1),
        );
      },
    };
    await expect(nearestNeighbours(matrix([[1]]), lists([[0]]), matrix([[1]]), 1, failing)).rejects.toThrow(
      "no memory",
    );
    expect(held).toBe(0);
  });
});
