import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import wabt from "wabt";
import { pythonRandom } from "../../datasets/random/python.ts";
import type { Matrix } from "../../models/matrix.ts";
import { fusedDot, pairwiseSum, sumOfBlocks, sumOfSquares } from "./float32.ts";
import { forEachPair } from "./paired-sums.ts";
import { pairedSumsCode } from "./paired-sums.wasm.ts";

const random = pythonRandom(3);
/** Draws numbers of very different sizes, so that the order of a sum shows. */
const matrix = (rows: number, dims: number): Matrix => ({
  data: Float32Array.from({ length: rows * dims }, () => (random.random() - 0.5) * 10 ** random.randint(-3, 3)),
  rows,
  dims,
});
const rowOf = ({ data, dims }: Matrix, row: number): Float32Array => data.subarray(row * dims, (row + 1) * dims);

describe("the assembled sums", () => {
  it("are what the source assembles to", async () => {
    const { parseWat } = await wabt();
    const source = readFileSync(new URL("./paired-sums.wat", import.meta.url), "utf8");
    const { buffer } = parseWat("paired-sums.wat", source, { simd: true }).toBinary({});
    expect(pairedSumsCode).toBe(Buffer.from(buffer).toString("base64"));
  });

  it.each([16, 48, 64, 128, 144, 384, 400, 768, 1024, 4096])("equal the plain loops bit for bit, %i values", (dims) => {
    const [x, y] = [matrix(40, dims), matrix(40, dims)];
    let seen = 0;
    forEachPair(x, y, (sums, row) => {
      const [a, b] = [rowOf(x, row), rowOf(y, row)];
      const apart = a.map((value, i) => value - b[i]);
      expect(sums.squares(0, dims)).toBe(sumOfSquares(apart));
      expect(sums.ownSquares(0, dims)).toEqual([sumOfSquares(a), sumOfSquares(b)]);
      const quotients = a.map((value, i) => Math.fround(value / 3) - Math.fround(b[i] / 7));
      expect(sums.quotients(3, 7, 0, dims)).toBe(sumOfSquares(quotients));
      expect(sumOfBlocks(0, dims, sums.absolutes)).toBe(pairwiseSum(apart.map(Math.abs)));
      const whole = dims - (dims % 64);
      if (whole > 0) expect(sums.product(0, whole)).toBe(fusedDot(x.data, y.data, row * dims, whole));
      seen++;
    });
    expect(seen).toBe(40);
  });

  it("take rows in pieces, and rows of any length, and none", () => {
    const [x, y] = [matrix(1000, 256), matrix(1000, 256)];
    const rows: number[] = [];
    forEachPair(x, y, (sums, row) => {
      if (sums.squares(0, 256) === sumOfSquares(rowOf(x, row).map((value, i) => value - rowOf(y, row)[i])))
        rows.push(row);
    });
    expect(rows).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    const [odd, other] = [matrix(30, 67), matrix(30, 67)];
    forEachPair(odd, other, (sums, row) => {
      expect(sums.product(0, 64)).toBe(fusedDot(odd.data, other.data, row * 67, 64));
    });
    forEachPair(matrix(0, 8), matrix(0, 8), () => expect.unreachable());
  });
});
