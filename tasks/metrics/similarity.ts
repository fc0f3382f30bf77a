import type { Similarity } from "../../models/encoder.ts";
import type { Matrix } from "../../models/matrix.ts";
import { cascadeSum, fusedDot, laneNorm, pairwiseSum, sumOfBlocks, sumOfSquares } from "./float32.ts";
import { forEachPair, longestRow, type RowSums } from "./paired-sums.ts";

const { fround, sqrt, abs } = Math;

/** Scores row i of one matrix against row i of another, [rows] float32; higher is closer. */
export type PairedScore = (x: Matrix, y: Matrix) => Float32Array;

function scorePairs(x: Matrix, y: Matrix, score: (start: number) => number): Float32Array {
  if (x.rows !== y.rows || x.dims !== y.dims) {
    throw new RangeError(`paired scores: [${x.rows}, ${x.dims}] against [${y.rows}, ${y.dims}]`);
  }
  const scores = new Float32Array(x.rows);
  for (let row = 0; row < x.rows; row++) scores[row] = score(row * x.dims);
  return scores;
}

/** Returns the length by which scikit-learn's `normalize` divides a row: 1 for rows shorter than ten float32 steps. */
function lengthOf({ data, dims }: Matrix, start: number): number {
  const length = fround(sqrt(sumOfSquares(data, start, dims)));
  return length < 10 * 2 ** -23 ? 1 : length;
}

/** Returns the length by which torch's `normalize` divides a row, at least 1e-12. */
function torchLengthOf({ data, dims }: Matrix, start: number): number {
  return Math.max(laneNorm(data, start, dims), fround(1e-12));
}

function subtract(out: Float32Array, x: Matrix, y: Matrix, start: number): Float32Array {
  for (let i = 0; i < out.length; i++) out[i] = x.data[start + i] - y.data[start + i];
  return out;
}

function subtractAbsolute(out: Float32Array, x: Matrix, y: Matrix, start: number): Float32Array {
  for (let i = 0; i < out.length; i++) out[i] = abs(x.data[start + i] - y.data[start + i]);
  return out;
}

/**
 * Computes the cosine of paired rows as 1 − ½‖x̂ − ŷ‖², all in float32, [rows]; −1 … 1, exactly 1 for equal rows. A
 * zero row scores ½ against a row of length 1, and 1 against another zero row. Source: scikit-learn 1.9
 * `paired_cosine_distances`.
 */
export function pairedCosine(x: Matrix, y: Matrix): Float32Array {
  const row = new Float32Array(x.dims);
  return scorePairs(x, y, (start) => {
    const [a, b] = [lengthOf(x, start), lengthOf(y, start)];
    for (let i = 0; i < row.length; i++) {
      row[i] = fround(x.data[start + i] / a) - fround(y.data[start + i] / b);
    }
    return 1 - fround(0.5 * sumOfSquares(row));
  });
}

/** Scores pairs in vector registers where rows fit them, else by plain loops; both give the same bits. */
function scoreInRegisters(
  x: Matrix,
  y: Matrix,
  multiple: number,
  inRegisters: (sums: RowSums) => number,
  byLoops: (start: number) => number,
): Float32Array {
  const { dims } = x;
  if (dims % multiple !== 0 || dims > longestRow || x.dims !== y.dims || x.rows !== y.rows)
    return scorePairs(x, y, byLoops);
  const scores = new Float32Array(x.rows);
  forEachPair(x, y, (sums, row) => {
    scores[row] = inRegisters(sums);
  });
  return scores;
}

/** Computes −‖x − y‖ of paired rows in float32, [rows]. Source: scikit-learn 1.9 `paired_euclidean_distances`. */
export function pairedEuclidean(x: Matrix, y: Matrix): Float32Array {
  const row = new Float32Array(x.dims);
  return scoreInRegisters(
    x,
    y,
    16,
    (sums) => -sqrt(sums.squares(0, x.dims)),
    (start) => -sqrt(sumOfSquares(subtract(row, x, y, start))),
  );
}

/** Computes −Σ|x − y| of paired rows in float32, [rows]. Source: scikit-learn 1.9 `paired_manhattan_distances`. */
export function pairedManhattan(x: Matrix, y: Matrix): Float32Array {
  const row = new Float32Array(x.dims);
  return scoreInRegisters(
    x,
    y,
    8,
    (sums) => -sumOfBlocks(0, x.dims, sums.absolutes),
    (start) => -pairwiseSum(subtractAbsolute(row, x, y, start)),
  );
}

/** Computes the inner product of paired rows in float32, [rows]. Source: numpy 2.4 `np.dot` of each pair. */
export function pairedDot(x: Matrix, y: Matrix): Float32Array {
  const { dims } = x;
  return scoreInRegisters(
    x,
    y,
    64,
    (sums) => sums.product(0, dims),
    (start) => fusedDot(x.data, y.data, start, dims),
  );
}

function torchDot(x: Matrix, y: Matrix): Float32Array {
  const row = new Float32Array(x.dims);
  return scorePairs(x, y, (start) => {
    for (let i = 0; i < row.length; i++) row[i] = x.data[start + i] * y.data[start + i];
    return cascadeSum(row);
  });
}

function torchCosine(x: Matrix, y: Matrix): Float32Array {
  const row = new Float32Array(x.dims);
  return scorePairs(x, y, (start) => {
    const [a, b] = [torchLengthOf(x, start), torchLengthOf(y, start)];
    for (let i = 0; i < row.length; i++) {
      row[i] = fround(x.data[start + i] / a) * fround(y.data[start + i] / b);
    }
    return cascadeSum(row);
  });
}

function torchEuclidean(x: Matrix, y: Matrix): Float32Array {
  const row = new Float32Array(x.dims);
  return scorePairs(x, y, (start) => {
    subtract(row, x, y, start);
    for (let i = 0; i < row.length; i++) row[i] = row[i] * row[i];
    return -sqrt(cascadeSum(row));
  });
}

function torchManhattan(x: Matrix, y: Matrix): Float32Array {
  const row = new Float32Array(x.dims);
  return scorePairs(x, y, (start) => -cascadeSum(subtractAbsolute(row, x, y, start)));
}

/**
 * A model's own similarity of paired rows, [rows]: as the functions above, but summed in torch's order, in which other
 * pairs of near-equal rows tie. Distances are negated. Source: sentence-transformers 5.7
 * `pairwise_cos_sim`, `pairwise_dot_score`, `pairwise_euclidean_sim`, `pairwise_manhattan_sim`.
 */
export const ownSimilarity: Readonly<Record<Similarity, PairedScore>> = Object.freeze({
  cosine: torchCosine,
  dot: torchDot,
  euclidean: torchEuclidean,
  manhattan: torchManhattan,
});
