import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Matrix } from "../../models/matrix.ts";
import { cascadeSum, laneNorm, pairwiseSum, sumOfSquares } from "./float32.ts";
import { ownSimilarity, type PairedScore, pairedScores } from "./similarity.ts";

const pairedCosine: PairedScore = (x, y) => pairedScores(x, y, ["cosine"]).cosine;
const pairedDot: PairedScore = (x, y) => pairedScores(x, y, ["dot"]).dot;
const pairedEuclidean: PairedScore = (x, y) => pairedScores(x, y, ["euclidean"]).euclidean;
const pairedManhattan: PairedScore = (x, y) => pairedScores(x, y, ["manhattan"]).manhattan;

interface Case {
  readonly rows: number;
  readonly dims: number;
  readonly x: number[];
  readonly y: number[];
  readonly sums: number[];
  readonly [name: string]: number | number[];
}

const path = new URL("./fixtures/similarity.json", import.meta.url);
const { cases, torch: torchSums }: { cases: Case[]; torch: { count: number; sum: number; norm: number }[] } =
  JSON.parse(readFileSync(path, "utf8"));
const matrix = (rows: number, data: ArrayLike<number>): Matrix => ({
  data: Float32Array.from(data),
  rows,
  dims: rows === 0 ? 3 : data.length / rows,
});

it("scores the same by all similarities at once, in vector registers or not, as one by one", () => {
  for (const dims of [5, 16, 24, 128]) {
    const made = (seed: number) =>
      matrix(
        200,
        Float32Array.from({ length: 200 * dims }, (_, i) => Math.sin(i * seed)),
      );
    const [x, y] = [made(1.7), made(0.3)];
    const names = ["dot", "cosine", "manhattan", "euclidean"] as const;
    const together = pairedScores(x, y, names);
    expect(Object.keys(together)).toEqual(names);
    for (const name of names) expect(together[name]).toEqual(pairedScores(x, y, [name])[name]);
  }
});

describe.each(cases)("paired scores of $rows rows of $dims values", ({ rows, x, y, ...expected }) => {
  const a = matrix(rows, x);
  const b = matrix(rows, y);

  it("equal scikit-learn's and numpy's to the last bit", () => {
    expect([...pairedCosine(a, b)]).toEqual(expected["cosine"]);
    expect([...pairedEuclidean(a, b)].map(Math.abs)).toEqual((expected["euclidean"] as number[]).map(Math.abs));
    expect([...pairedManhattan(a, b)].map(Math.abs)).toEqual((expected["manhattan"] as number[]).map(Math.abs));
    expect([...pairedDot(a, b)]).toEqual(expected["dot"]);
  });

  it.each(["cosine", "dot", "euclidean", "manhattan"] as const)("equal torch's %s to the last bit", (name) => {
    expect([...ownSimilarity[name](a, b)]).toEqual(expected[`own_${name}`]);
  });

  it("sum as numpy sums", () => {
    const sums = Array.from({ length: rows }, (_, row) => pairwiseSum(a.data, row * a.dims, a.dims));
    expect(sums).toEqual(expected.sums);
  });
});

it("sums and measures any number of values as torch does", () => {
  for (const { count, ...expected } of torchSums) {
    const values = Float32Array.from({ length: count }, (_, i) => (((i * 7919) % 1009) - 504) / 1009);
    expect({ sum: cascadeSum(values), norm: laneNorm(values, 0, count) }, `${count} values`).toEqual(expected);
  }
});

describe("paired scores", () => {
  it("are exactly 1 and 0 for equal rows, whatever their length", () => {
    const x = matrix(2, [3e-5, 4e-5, 0.1, 1e10, -7, 3]);
    expect([...pairedCosine(x, x)]).toEqual([1, 1]);
    expect([...pairedEuclidean(x, x)].map(Math.abs)).toEqual([0, 0]);
    expect([...pairedManhattan(x, x)].map(Math.abs)).toEqual([0, 0]);
  });

  it("are symmetric", () => {
    const { rows, x, y } = cases[3];
    const [a, b] = [matrix(rows, x), matrix(rows, y)];
    for (const score of [pairedCosine, pairedDot, pairedEuclidean, pairedManhattan, ...Object.values(ownSimilarity)]) {
      expect(score(a, b)).toEqual(score(b, a));
    }
  });

  it("take no rows, and refuse matrices of different shapes", () => {
    expect(pairedCosine(matrix(0, []), matrix(0, []))).toHaveLength(0);
    expect([
      ...pairedDot({ data: new Float32Array(0), rows: 1, dims: 0 }, { data: new Float32Array(0), rows: 1, dims: 0 }),
    ]).toEqual([0]);
    expect(() => pairedCosine(matrix(1, [1, 2]), matrix(1, [1, 2, 3]))).toThrow("paired scores: [1, 2] against [1, 3]");
  });

  it("sum nothing to 0", () => {
    expect([pairwiseSum(new Float32Array(0)), sumOfSquares(new Float32Array(0))]).toEqual([0, 0]);
  });
});
