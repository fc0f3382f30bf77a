import type { Similarity } from "../../models/encoder.ts";
import type { Matrix } from "../../models/matrix.ts";
import type { SparseMatrix } from "../../models/sparse-matrix.ts";
import { type Hits, openBest } from "./exact.ts";

const { fround } = Math;

/** Most scores of a block of documents: they are added up in the processor's cache. */
const scoresPerBlock = 2 ** 16;
/** Queries by the places of their values: those of place i are the entries `starts[i] .. starts[i + 1]`. */
interface Lists {
  /** [dims + 1] */
  readonly starts: Uint32Array;
  readonly queries: Int32Array;
  readonly values: Float32Array;
}

function invert({ starts: rowStarts, indices, values, rows, dims }: SparseMatrix): Lists {
  const starts = new Uint32Array(dims + 1);
  for (const index of indices) starts[index + 1]++;
  for (let i = 0; i < dims; i++) starts[i + 1] += starts[i];
  const free = starts.slice(0, dims);
  const lists = { starts, queries: new Int32Array(indices.length), values: new Float32Array(indices.length) };
  for (let row = 0; row < rows; row++) {
    for (let entry = rowStarts[row]; entry < rowStarts[row + 1]; entry++) {
      const place = free[indices[entry]]++;
      lists.queries[place] = row;
      lists.values[place] = values[entry];
    }
  }
  return lists;
}

/** Adds up the squares of each row one after the other, [rows], in single precision. */
function squaresOf({ starts, values, rows }: SparseMatrix): Float32Array {
  const sums = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    for (let entry = starts[row]; entry < starts[row + 1]; entry++) sums[row] += fround(values[entry] * values[entry]);
  }
  return sums;
}

/** Adds up a number for each row, [rows], in float64. */
function sumsOf({ starts, values, rows }: SparseMatrix, of: (value: number) => number): Float64Array {
  const sums = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    for (let entry = starts[row]; entry < starts[row + 1]; entry++) sums[row] += of(values[entry]);
  }
  return sums;
}

/** Scales rows to length 1; rows of which no square can be told from 0 stay as they are. */
function normalized(matrix: SparseMatrix): SparseMatrix {
  const lengths = squaresOf(matrix).map((sum) => (sum === 0 ? 1 : Math.sqrt(sum)));
  const values = matrix.values.slice();
  for (let row = 0; row < matrix.rows; row++) {
    for (let entry = matrix.starts[row]; entry < matrix.starts[row + 1]; entry++) values[entry] /= lengths[row];
  }
  return { ...matrix, values };
}

/** Scores documents [from, to) of a matrix, [to − from, queries], float32; higher is closer. */
type ScoreBlock = (documents: SparseMatrix, from: number, to: number) => Float32Array;

/** Adds products up one after the other in single precision, by ascending place, as torch does for sparse matrices. */
function products(lists: Lists, queries: number, { starts, indices, values }: SparseMatrix, from: number, to: number) {
  const scores = new Float32Array((to - from) * queries);
  for (let row = from; row < to; row++) {
    const base = (row - from) * queries;
    for (let entry = starts[row]; entry < starts[row + 1]; entry++) {
      const value = values[entry];
      const end = lists.starts[indices[entry] + 1];
      for (let place = lists.starts[indices[entry]]; place < end; place++) {
        const cell = base + lists.queries[place];
        scores[cell] = fround(scores[cell] + fround(value * lists.values[place]));
      }
    }
  }
  return scores;
}

/** What a place that both rows have takes off the sum of their sizes; the difference is one of single precision. */
const shared = (x: number, y: number): number => Math.abs(fround(x - y)) - Math.abs(x) - Math.abs(y);

/**
 * Scores documents against queries by a model's own similarity, whose values meet in inverted lists of the queries. Source:
 * sentence-transformers 6.2 `util/similarity.py`, for sparse tensors.
 */
function openScores(queries: SparseMatrix, similarity: Similarity): ScoreBlock {
  const { rows } = queries;
  const lists = invert(similarity === "cosine" ? normalized(queries) : queries);
  switch (similarity) {
    case "cosine":
      return (documents, from, to) => products(lists, rows, normalized(rangeOf(documents, from, to)), 0, to - from);
    case "dot":
      return (documents, from, to) => products(lists, rows, documents, from, to);
    case "euclidean": {
      const lengths = squaresOf(queries);
      return (documents, from, to) => {
        const block = rangeOf(documents, from, to);
        const own = squaresOf(block);
        return products(lists, rows, block, 0, to - from).map((product, cell) => {
          const sum = fround(lengths[cell % rows] - 2 * product) + own[Math.floor(cell / rows)];
          return -Math.sqrt(Math.max(0, fround(sum)));
        });
      };
    }
    case "manhattan": {
      const sizes = sumsOf(queries, Math.abs);
      return (documents, from, to) => {
        const block = rangeOf(documents, from, to);
        const own = sumsOf(block, Math.abs);
        const sums = Float64Array.from({ length: (to - from) * rows }, (_, cell) => {
          return own[Math.floor(cell / rows)] + sizes[cell % rows];
        });
        for (let row = 0; row < block.rows; row++) {
          for (let entry = block.starts[row]; entry < block.starts[row + 1]; entry++) {
            const index = block.indices[entry];
            for (let place = lists.starts[index]; place < lists.starts[index + 1]; place++) {
              sums[row * rows + lists.queries[place]] += shared(block.values[entry], lists.values[place]);
            }
          }
        }
        return Float32Array.from(sums, (sum) => -sum);
      };
    }
    default:
      return similarity satisfies never;
  }
}

/** Returns rows [from, to), which share the matrix's memory. */
function rangeOf({ starts, indices, values, dims }: SparseMatrix, from: number, to: number): SparseMatrix {
  const [first, last] = [starts[from], starts[to]];
  const own = starts.slice(from, to + 1).map((start) => start - first);
  return {
    starts: own,
    indices: indices.subarray(first, last),
    values: values.subarray(first, last),
    rows: to - from,
    dims,
  };
}

function checkDims(queries: SparseMatrix, documents: SparseMatrix): void {
  if (queries.dims === documents.dims) return;
  throw new RangeError(`search: documents of ${documents.dims} dimensions, queries of ${queries.dims}`);
}

/** Scores all documents against all queries, [documents, queries], float32; higher is closer. */
export function scoreSparse(queries: SparseMatrix, documents: SparseMatrix, similarity: Similarity): Matrix {
  checkDims(queries, documents);
  const data = openScores(queries, similarity)(documents, 0, documents.rows);
  return { data, rows: documents.rows, dims: queries.rows };
}

/** A search over documents that come in batches. */
export interface SparseSearch {
  /** Scores the next documents and lets them go. Throws `RangeError` for another number of dimensions. */
  add(documents: SparseMatrix): void;
  /** Returns the query's best documents, best first; fewer than k where there are fewer, or a score is not a number. */
  best(query: number): Hits;
}

/**
 * Opens an exact search for the k most similar documents of each query, as `openSearch` does for dense vectors. Memory: the
 * queries twice, some 16 bytes per query and slot, one block of scores, and the documents given to `add`.
 */
export function openSparseSearch(
  queries: SparseMatrix,
  k: number,
  similarity: Similarity,
  idOf: (row: number) => string,
): SparseSearch {
  const score = openScores(queries, similarity);
  const { enter, best } = openBest({ count: queries.rows, k, idOf });
  const size = Math.max(1, Math.floor(scoresPerBlock / Math.max(1, queries.rows)));
  return {
    add(documents) {
      checkDims(queries, documents);
      for (let from = 0; from < documents.rows; from += size) {
        const to = Math.min(documents.rows, from + size);
        enter({ data: score(documents, from, to), rows: to - from, dims: queries.rows });
      }
    },
    best,
  };
}
