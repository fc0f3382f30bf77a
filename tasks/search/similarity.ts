import type { Similarity } from "../../models/encoder.ts";
import { type Kernels, type Reached, reachedOf } from "../../models/kernels.ts";
import type { Matrix } from "../../models/matrix.ts";
import { cascadeSum, laneNorm, stepwiseNorm, stepwiseSize } from "../metrics/float32.ts";

/** Queries against which documents are scored again and again. */
export interface HeldQueries {
  /** [documents, queries], float32, higher is closer. */
  score(documents: Matrix): Promise<Matrix>;
  /** Those of the scores, [queries, documents], that are not below the `least` of their query, [queries]; no NaN. */
  reaching(documents: Matrix, least: Float32Array): Promise<Reached>;
  release(): void;
}

/** A similarity of many vectors with many others, each of which is prepared once for any number of scores. */
export interface CrossSimilarity {
  /** True where a vector's factor is the same on either side. */
  readonly isSymmetric: boolean;
  /** Returns the queries' factor of the scores, one row per query. */
  prepareQueries(queries: Matrix): Matrix;
  /** Returns the documents' factor of the scores, one row per document. */
  prepareDocuments(documents: Matrix): Matrix;
  /** Keeps prepared queries; the documents given to `score` must be prepared too. */
  hold(queries: Matrix): Promise<HeldQueries>;
  /**
   * Scores all prepared documents for all prepared queries, [documents, queries], where there are at most `fewRows` of
   * either; absent where that is no other way than `hold`.
   */
  readonly scoreFew?: (queries: Matrix, documents: Matrix) => Matrix;
}

function scaleRow(out: Float32Array, data: Float32Array, start: number, end: number, scale: number): void {
  for (let i = start; i < end; i++) out[i] = data[i] * scale;
}

/** Least length by which a row is divided, so that a zero row stays one. */
const shortest = Math.fround(1e-12);

/**
 * Scales rows to length 1 in float32, [rows, dims]; rows shorter than 1e-12 are divided by that. Source: torch 2.14
 * `normalize`.
 */
export function normalizeRows({ data, rows, dims }: Matrix): Matrix {
  const scaled = new Float32Array(data.length);
  for (let start = 0; start < data.length; start += dims) {
    const end = start + dims;
    const length = Math.max(laneNorm(data, start, dims), shortest);
    // A float64 reciprocal rounds to the float32 quotient in all but one of some 2^28 cases and costs half a division.
    scaleRow(scaled, data, start, end, 1 / length);
  }
  return { data: scaled, rows, dims };
}

/** Multiplies the rows by `scale` and appends two values to each, [rows, dims + 2]. */
function extendRows({ data, rows, dims }: Matrix, scale: number, added: (length: number) => [number, number]): Matrix {
  const extended = new Float32Array(rows * (dims + 2));
  const squares = new Float32Array(dims);
  for (let row = 0; row < rows; row++) {
    const [from, to] = [row * dims, row * (dims + 2)];
    for (let i = 0; i < dims; i++) extended[to + i] = scale * data[from + i];
    for (let i = 0; i < dims; i++) squares[i] = data[from + i] * data[from + i];
    extended.set(added(cascadeSum(squares)), to + dims);
  }
  return { data: extended, rows, dims: dims + 2 };
}

/** What queries are multiplied by, so that the products of rows are −2x·y. */
const queryScale = -2;

const asIs = (matrix: Matrix): Matrix => matrix;

async function holdProduct(kernels: Kernels, queries: Matrix): Promise<HeldQueries> {
  const held = await kernels.hold(queries);
  return {
    score: (documents) => held.product(documents),
    reaching: (documents, least) => held.reaching(documents, least),
    release: () => held.release(),
  };
}

/** Scores documents in another way than by a product alone. */
const scoredBy = (score: HeldQueries["score"], release: () => void): HeldQueries => ({
  score,
  reaching: async (documents, least) => reachedOf(await score(documents), least),
  release,
});

function negatedRoot({ data, rows, dims }: Matrix): Matrix {
  return { data: data.map((squared) => -Math.sqrt(Math.max(squared, 0))), rows, dims };
}

/** Rows up to which, on either side, torch takes Euclidean distances of each pair. */
export const fewRows = 25;

/** Measures how far each document is from each query by their differences, [documents, queries], negated. */
function negatedDistances(queries: Matrix, documents: Matrix, sizeOf: (differences: Float32Array) => number): Matrix {
  const { dims } = documents;
  const data = new Float32Array(documents.rows * queries.rows);
  const differences = new Float32Array(dims);
  for (let cell = 0; cell < data.length; cell++) {
    const document = Math.floor(cell / queries.rows) * dims;
    const query = (cell % queries.rows) * dims;
    for (let i = 0; i < dims; i++) differences[i] = documents.data[document + i] - queries.data[query + i];
    data[cell] = -sizeOf(differences);
  }
  return { data, rows: documents.rows, dims: queries.rows };
}

/** Takes back what `extendRows` made of rows. */
function plainRows({ data, rows, dims }: Matrix, scale: number): Matrix {
  const plain = new Float32Array(rows * (dims - 2));
  for (let cell = 0; cell < plain.length; cell++) {
    const row = Math.floor(cell / (dims - 2));
    plain[cell] = data[cell + 2 * row] / scale;
  }
  return { data: plain, rows, dims: dims - 2 };
}

/**
 * Opens a model's own similarity of queries with documents. Cosine and dot product are one matrix product; so is the
 * squared Euclidean distance |x|² − 2x·y + |y|², with two more dimensions, as torch's `cdist` computes it for more than
 * 25 rows; the Manhattan distance takes plain loops. Distances are negated. Source: sentence-transformers 6.2
 * `cos_sim`, `dot_score`, `euclidean_sim`, `manhattan_sim`.
 */
export function crossSimilarity(similarity: Similarity, kernels: Kernels): CrossSimilarity {
  switch (similarity) {
    case "cosine":
      return {
        isSymmetric: true,
        prepareQueries: normalizeRows,
        prepareDocuments: normalizeRows,
        hold: (queries) => holdProduct(kernels, queries),
      };
    case "dot":
      return {
        isSymmetric: true,
        prepareQueries: asIs,
        prepareDocuments: asIs,
        hold: (queries) => holdProduct(kernels, queries),
      };
    case "euclidean":
      return {
        isSymmetric: false,
        prepareQueries: (queries) => extendRows(queries, queryScale, (length) => [length, 1]),
        prepareDocuments: (documents) => extendRows(documents, 1, (length) => [1, length]),
        scoreFew: (queries, documents) =>
          negatedDistances(plainRows(queries, queryScale), plainRows(documents, 1), stepwiseNorm),
        async hold(queries) {
          const held = await holdProduct(kernels, queries);
          return scoredBy(async (documents) => negatedRoot(await held.score(documents)), held.release);
        },
      };
    case "manhattan":
      return {
        isSymmetric: true,
        prepareQueries: asIs,
        prepareDocuments: asIs,
        hold: async (queries) =>
          scoredBy(
            async (documents) => negatedDistances(queries, documents, stepwiseSize),
            () => {},
          ),
      };
  }
}
