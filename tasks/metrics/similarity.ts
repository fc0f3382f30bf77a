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
function lengthOf(squares: number): number {
  const length = fround(sqrt(squares));
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

/** How a similarity of two rows is computed, in two ways that give the same bits. */
interface Measure {
  /** In vector registers, for rows of a multiple of so many values. */
  readonly multiple: number;
  readonly inRegisters: (sums: RowSums, dims: number) => number;
  /** By plain loops, for the rows that begin at a place. */
  readonly byLoops: (x: Matrix, y: Matrix) => (start: number) => number;
}

const cosineFrom = (squares: number): number => 1 - fround(0.5 * squares);

const measures = {
  cosine: {
    multiple: 16,
    inRegisters: (sums, dims) => {
      const [ofX, ofY] = sums.ownSquares(0, dims);
      return cosineFrom(sums.quotients(lengthOf(ofX), lengthOf(ofY), 0, dims));
    },
    byLoops: (x, y) => {
      const row = new Float32Array(x.dims);
      return (start) => {
        const [a, b] = [x, y].map(({ data, dims }) => lengthOf(sumOfSquares(data, start, dims)));
        for (let i = 0; i < row.length; i++) {
          row[i] = fround(x.data[start + i] / a) - fround(y.data[start + i] / b);
        }
        return cosineFrom(sumOfSquares(row));
      };
    },
  },
  euclidean: {
    multiple: 16,
    inRegisters: (sums, dims) => -sqrt(sums.squares(0, dims)),
    byLoops: (x, y) => {
      const row = new Float32Array(x.dims);
      return (start) => -sqrt(sumOfSquares(subtract(row, x, y, start)));
    },
  },
  manhattan: {
    multiple: 8,
    inRegisters: (sums, dims) => -sumOfBlocks(0, dims, sums.absolutes),
    byLoops: (x, y) => {
      const row = new Float32Array(x.dims);
      return (start) => -pairwiseSum(subtractAbsolute(row, x, y, start));
    },
  },
  dot: {
    multiple: 64,
    inRegisters: (sums, dims) => sums.product(0, dims),
    byLoops:
      ({ data, dims }, y) =>
      (start) =>
        fusedDot(data, y.data, start, dims),
  },
} as const satisfies Record<Similarity, Measure>;

/**
 * Scores paired rows by several similarities, [rows] float32 each, and reads them once for all that fit vector registers;
 * higher is closer, distances are negated.
 *
 * - cosine: 1 − ½‖x̂ − ŷ‖², all in float32; −1 … 1, exactly 1 for equal rows. A zero row scores ½ against a row of length
 *   1, and 1 against another zero row. Source: scikit-learn 1.9 `paired_cosine_distances`.
 * - euclidean: −‖x − y‖. Source: scikit-learn 1.9 `paired_euclidean_distances`.
 * - manhattan: −Σ|x − y|. Source: scikit-learn 1.9 `paired_manhattan_distances`.
 * - dot: the inner product. Source: numpy 2.4 `np.dot` of each pair.
 */
export function pairedScores<const Names extends readonly Similarity[]>(
  x: Matrix,
  y: Matrix,
  names: Names,
): Readonly<Record<Names[number], Float32Array>> {
  const fits = (name: Similarity): boolean =>
    x.dims % measures[name].multiple === 0 && x.dims <= longestRow && x.dims === y.dims && x.rows === y.rows;
  const scores = names.map((name) =>
    fits(name) ? new Float32Array(x.rows) : scorePairs(x, y, measures[name].byLoops(x, y)),
  );
  const fitting = names.flatMap((name, i) =>
    fits(name) ? [{ out: scores[i], score: measures[name].inRegisters }] : [],
  );
  if (fitting.length > 0) {
    forEachPair(x, y, (sums, row) => {
      for (const { out, score } of fitting) out[row] = score(sums, x.dims);
    });
  }
  return Object.fromEntries(names.map((name, i) => [name, scores[i]])) as Record<Names[number], Float32Array>;
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
  return scorePairs(x, y, (start) => -laneNorm(subtract(row, x, y, start), 0, x.dims));
}

function torchManhattan(x: Matrix, y: Matrix): Float32Array {
  const row = new Float32Array(x.dims);
  return scorePairs(x, y, (start) => -cascadeSum(subtractAbsolute(row, x, y, start)));
}

/**
 * A model's own similarity of paired rows, [rows]: as `pairedScores`, but summed in torch's order, in which other
 * pairs of near-equal rows tie. Distances are negated. Source: sentence-transformers 6.2
 * `pairwise_cos_sim`, `pairwise_dot_score`, `pairwise_euclidean_sim`, `pairwise_manhattan_sim`.
 */
export const ownSimilarity: Readonly<Record<Similarity, PairedScore>> = Object.freeze({
  cosine: torchCosine,
  dot: torchDot,
  euclidean: torchEuclidean,
  manhattan: torchManhattan,
});
