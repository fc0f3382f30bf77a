import type { Similarity } from "../../models/encoder.ts";
import type { Matrix } from "../../models/matrix.ts";
import { pairwiseSum, sumOfSquares } from "./float32.ts";

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

/** The rows over what `divisor` gives for the place where they start, [rows, dims]. */
function divideRows({ data, rows, dims }: Matrix, divisor: (start: number) => number): Matrix {
  const result = new Float32Array(data.length);
  for (let start = 0; start < data.length; start += dims) {
    const by = divisor(start);
    for (let i = start; i < start + dims; i++) result[i] = (data[i] as number) / by;
  }
  return { data: result, rows, dims };
}

/** Rows over their lengths; rows shorter than ten float32 steps stay as they are (scikit-learn's `normalize`). */
function unitRows(matrix: Matrix): Matrix {
  return divideRows(matrix, (start) => {
    const length = fround(sqrt(sumOfSquares(matrix.data, start, matrix.dims)));
    return length < 10 * 2 ** -23 ? 1 : length;
  });
}

function subtract(out: Float32Array, x: Matrix, y: Matrix, start: number): Float32Array {
  for (let i = 0; i < out.length; i++) out[i] = (x.data[start + i] as number) - (y.data[start + i] as number);
  return out;
}

function subtractAbsolute(out: Float32Array, x: Matrix, y: Matrix, start: number): Float32Array {
  for (let i = 0; i < out.length; i++) out[i] = abs((x.data[start + i] as number) - (y.data[start + i] as number));
  return out;
}

/**
 * Cosine of paired rows as 1 − ½‖x̂ − ŷ‖², all in float32, [rows]; −1 … 1, exactly 1 for equal rows. A zero row scores
 * ½ against a row of length 1, and 1 against another zero row. Source: scikit-learn 1.9 `paired_cosine_distances`.
 */
export function pairedCosine(x: Matrix, y: Matrix): Float32Array {
  const a = unitRows(x);
  const b = unitRows(y);
  const row = new Float32Array(x.dims);
  return scorePairs(a, b, (start) => 1 - fround(0.5 * sumOfSquares(subtract(row, a, b, start))));
}

/** −‖x − y‖ of paired rows in float32, [rows]; 0 for equal rows. Source: scikit-learn 1.9 `paired_euclidean_distances`. */
export function pairedEuclidean(x: Matrix, y: Matrix): Float32Array {
  const row = new Float32Array(x.dims);
  return scorePairs(x, y, (start) => -sqrt(sumOfSquares(subtract(row, x, y, start))));
}

/** −Σ|x − y| of paired rows in float32, [rows]; 0 for equal rows. Source: scikit-learn 1.9 `paired_manhattan_distances`. */
export function pairedManhattan(x: Matrix, y: Matrix): Float32Array {
  const row = new Float32Array(x.dims);
  return scorePairs(x, y, (start) => -pairwiseSum(subtractAbsolute(row, x, y, start)));
}

/**
 * Inner product of paired rows, [rows]: float32 terms, their sum rounded once, since torch's own order of summation
 * differs from processor to processor. Source: sentence-transformers 5.7 `pairwise_dot_score`.
 */
export function pairedDot(x: Matrix, y: Matrix): Float32Array {
  const { dims } = x;
  return scorePairs(x, y, (start) => {
    let sum = 0;
    for (let i = start; i < start + dims; i++) sum += fround((x.data[i] as number) * (y.data[i] as number));
    return sum;
  });
}

/** Rows over their lengths, lengths below 1e-12 counting as that (torch's `normalize`). */
function torchUnitRows(matrix: Matrix): Matrix {
  const { data, dims } = matrix;
  return divideRows(matrix, (start) => {
    let sum = 0;
    for (let i = start; i < start + dims; i++) sum += (data[i] as number) * (data[i] as number);
    return Math.max(fround(sqrt(sum)), 1e-12);
  });
}

function torchEuclidean(x: Matrix, y: Matrix): Float32Array {
  const row = new Float32Array(x.dims);
  return scorePairs(x, y, (start) => {
    let sum = 0;
    for (const value of subtract(row, x, y, start)) sum += fround(value * value);
    return -sqrt(fround(sum));
  });
}

function torchManhattan(x: Matrix, y: Matrix): Float32Array {
  const row = new Float32Array(x.dims);
  return scorePairs(x, y, (start) => {
    let sum = 0;
    for (const value of subtractAbsolute(row, x, y, start)) sum += value;
    return -sum;
  });
}

/**
 * A model's own similarity of paired rows, [rows]: the second way of computing what the functions above compute, with
 * float32 terms and a sum that is rounded once. Distances are negated. Source: sentence-transformers 5.7
 * `pairwise_cos_sim`, `pairwise_dot_score`, `pairwise_euclidean_sim`, `pairwise_manhattan_sim`.
 */
export const ownSimilarity: Readonly<Record<Similarity, PairedScore>> = Object.freeze({
  cosine: (x: Matrix, y: Matrix) => pairedDot(torchUnitRows(x), torchUnitRows(y)),
  dot: pairedDot,
  euclidean: torchEuclidean,
  manhattan: torchManhattan,
});
