import { describe, expect, it } from "vitest";
import { compactRow, joinSparseRows, selectSparseRows, sparseRow } from "./sparse-matrix.ts";

const row = Float32Array.of(0, -3, 1, 0, 2, -1, 2);

describe("a row", () => {
  it("keeps the values that are not 0", () => {
    const { indices, values } = compactRow(row, Infinity);
    expect([...indices]).toEqual([1, 2, 4, 5, 6]);
    expect([...values]).toEqual([-3, 1, 2, -1, 2]);
  });

  it("keeps the largest by size, of equal ones the first, in the order of their places", () => {
    expect([...compactRow(row, 2).indices]).toEqual([1, 4]);
    expect([...compactRow(row, 4).indices]).toEqual([1, 2, 4, 6]);
  });

  it("keeps what is no number, so that it is found", () => {
    const { values } = compactRow(Float32Array.of(5, Number.NaN, 4), 1);
    expect([...values]).toEqual([Number.NaN]);
  });
});

describe("rows", () => {
  const rows = [compactRow(row, 1), compactRow(new Float32Array(7), 9), compactRow(row, 2)];
  const matrix = joinSparseRows(rows, 7);

  it("are joined, empty ones too", () => {
    expect([...matrix.starts]).toEqual([0, 1, 1, 3]);
    expect(sparseRow(matrix, 2)).toEqual(rows[2]);
    expect(joinSparseRows([], 7)).toMatchObject({ rows: 0, dims: 7 });
  });

  it("are copied by their places", () => {
    expect(selectSparseRows(matrix, [2, 1, 2])).toEqual(joinSparseRows([rows[2], rows[1], rows[2]], 7));
  });
});
