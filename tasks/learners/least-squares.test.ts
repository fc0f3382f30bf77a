import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { pythonRandom } from "../../datasets/random/python.ts";
import type { Matrix } from "../../models/matrix.ts";
import { predictByLeastSquares } from "./least-squares.ts";

interface Case {
  readonly name: string;
  readonly train: number[][];
  readonly values: number[];
  readonly test: number[][];
  readonly predicted: number[];
}
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL("./fixtures/least-squares.json", import.meta.url), "utf8"),
);
const matrix = (rows: readonly (readonly number[])[]): Matrix => ({
  data: Float32Array.from(rows.flat()),
  rows: rows.length,
  dims: rows[0]?.length ?? 0,
});

describe("least squares", () => {
  it.each(cases)("predict as scikit-learn: $name", ({ train, values, test, predicted }) => {
    const found = predictByLeastSquares(matrix(train), values, matrix(test));
    const largest = Math.max(...predicted.map(Math.abs));
    for (const [row, value] of predicted.entries()) {
      // The reference's float32 over values near 1,900 is good to five digits.
      expect(Math.abs(found[row] - value)).toBeLessThan(1e-4 * largest);
    }
  });

  const random = pythonRandom(4);
  it.each([
    [60, 8],
    [8, 60],
    [30, 30],
  ])("give back a linear function, of %d rows and %d dimensions", (rows, dims) => {
    const vectors = matrix(Array.from({ length: rows }, () => Array.from({ length: dims }, random.random)));
    const weights = Array.from({ length: dims }, random.random);
    const values = Array.from({ length: rows }, (_, row) =>
      weights.reduce((sum, weight, i) => sum + weight * vectors.data[row * dims + i], 3),
    );
    const found = predictByLeastSquares(vectors, values, vectors);
    for (const [row, value] of values.entries()) expect(found[row]).toBeCloseTo(value, 4);
  });

  it("leave directions out that rounding alone makes", () => {
    // The second column is the first one but for a millionth of a millionth: its own direction must not count.
    const rows = Array.from({ length: 20 }, (_, i) => [i / 20, i / 20 + (i % 3) * 2 ** -24]);
    const found = predictByLeastSquares(
      matrix(rows),
      rows.map(([x], i) => x + (i % 3)),
      matrix([[0.5, 0.9]]),
    );
    expect(Math.abs(found[0])).toBeLessThan(3);
  });
});
