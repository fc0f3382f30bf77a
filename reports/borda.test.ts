import { describe, expect, it } from "vitest";
import { bordaPoints, bordaRanks } from "./borda.ts";

describe("bordaRanks", () => {
  it("is mteb's, with ties on a task and between rows", () => {
    // mteb 2.26.24, _get_borda_rank of a frame with these columns.
    const rows = [
      [0.9, 0.5, 0.5, 0.1],
      [0.8, 0.5, 0.6, 0.1],
      [0.7, 0.6, 0.5, 0.1],
      [0.1, 0.5, 0.9, 0.1],
      [0.8, 0.1, 0.6, 0.1],
    ];
    expect(bordaRanks(rows)).toEqual([2, 1, 4, 3, 5]);
  });

  it("shares ranks and leaves those behind free", () => {
    expect(bordaRanks([[1], [2], [2], [3]])).toEqual([4, 2, 2, 1]);
    expect(bordaRanks([[0.5], [0.5]])).toEqual([1, 1]);
  });

  it("knows one row, no row and no task", () => {
    expect(bordaRanks([[0.1, 0.2]])).toEqual([1]);
    expect(bordaRanks([])).toEqual([]);
    expect(bordaRanks([[], []])).toEqual([1, 1]);
  });

  it("gives a row nothing for a task that it lacks", () => {
    // mteb 2.26.24, _borda_rank_from_long of the same scores without the gaps, n_models 4 and 2.
    const rows = [
      [0.9, null],
      [0.8, 0.1],
      [0.8, 0.2],
      [null, 0.3],
    ];
    expect(bordaRanks(rows)).toEqual([2, 4, 1, 2]);
    expect(bordaRanks(rows, 2)).toEqual([1, 4, 3, 1]);
  });

  it("does not depend on a task's scale", () => {
    const rows = [
      [0.3, 0.1],
      [0.2, 0.9],
      [0.1, 0.3],
    ];
    expect(bordaRanks(rows.map(([a = 0, b = 0]) => [a * 100 - 7, b ** 3]))).toEqual(bordaRanks(rows));
  });
});

describe("bordaPoints", () => {
  it("are the number of rows less the place, shared by ties, and none for a task that a row lacks", () => {
    // By hand: places 1, 2, 3, and 1.5 of both that have the second task, taken from 3.
    expect(
      bordaPoints([
        [0.9, 0.5],
        [0.8, 0.5],
        [0.7, null],
      ]),
    ).toEqual([
      [2, 1.5],
      [1, 1.5],
      [0, 0],
    ]);
  });
});
