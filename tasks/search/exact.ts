import type { Similarity } from "../../models/encoder.ts";
import type { Kernels } from "../../models/kernels.ts";
import type { Matrix } from "../../models/matrix.ts";
import { compareIds, kthLargest, rankByScore } from "../metrics/ranking.ts";
import { inOrder } from "./in-order.ts";
import { crossSimilarity } from "./similarity.ts";

/** Documents found for one query, two lists of one length. */
export interface Hits {
  /** Numbers of the documents. */
  readonly rows: Int32Array;
  /** Their scores. */
  readonly scores: Float32Array;
}

/** A search over documents that come in pieces. */
export interface Search {
  /** Scores the next documents, in any number; they are not kept. Rejects with `RangeError` for another length of rows. */
  add(documents: Matrix): Promise<void>;
  /** The query's best documents so far, best first, numbered in the order in which they were added. */
  best(query: number): Hits;
  /** Lets the queries go. */
  close(): void;
}

export interface SearchOptions {
  /** One row per query. */
  readonly queries: Matrix;
  /** How many documents are found for each query, at least 1. */
  readonly k: number;
  readonly similarity: Similarity;
  readonly kernels: Kernels;
  /** The id of a document, by number; it decides between equal scores. */
  readonly idOf: (row: number) => string;
}

/** Scores of one product: 16 MiB, of which four or so are alive, while each product still takes milliseconds. */
const scoresPerProduct = 2 ** 22;
/** Documents of one product: 16 MiB at 1,024 dimensions, more than enough rows for a product to run at full speed. */
const documentsPerProduct = 4096;

/** The best documents of each query, and up to as many again that may turn out to be among them. */
interface Pools {
  readonly k: number;
  /** Places per query. */
  readonly capacity: number;
  /** [queries, capacity] */
  readonly scores: Float32Array;
  readonly rows: Int32Array;
  /** Places taken, [queries]. */
  readonly counts: Int32Array;
  /** What a score must reach to be among the best, [queries]. */
  readonly thresholds: Float32Array;
}

function openPools(queries: number, k: number): Pools {
  // Sifting out costs a pass over the pool: with twice the places there is one for each k documents that enter.
  const capacity = 2 * k + 64;
  return {
    k,
    capacity,
    scores: new Float32Array(queries * capacity),
    rows: new Int32Array(queries * capacity),
    counts: new Int32Array(queries),
    thresholds: new Float32Array(queries).fill(-Infinity),
  };
}

/** Leaves the query's best k documents in its pool; of those that tie at the last place, the ones with the greatest ids. */
function sift(out: Pools, query: number, idOf: SearchOptions["idOf"]): void {
  const start = query * out.capacity;
  const count = out.counts[query];
  const scores = out.scores.subarray(start, start + count);
  const rows = out.rows.subarray(start, start + count);
  const threshold = kthLargest(Float32Array.from(scores), out.k);
  const ties: number[] = [];
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const [score, row] = [scores[i], rows[i]];
    if (score === threshold) ties.push(row);
    if (score <= threshold) continue;
    scores[kept] = score;
    rows[kept++] = row;
  }
  const places = out.k - kept;
  if (ties.length > places) ties.sort((a, b) => compareIds(idOf(b), idOf(a)));
  rows.set(ties.slice(0, places), kept);
  scores.fill(threshold, kept, out.k);
  out.counts[query] = out.k;
  out.thresholds[query] = threshold;
}

/** Takes in the scores of documents `firstRow` and following, [documents, queries]. */
function enter(out: Pools, { data, rows, dims: queries }: Matrix, firstRow: number, idOf: SearchOptions["idOf"]): void {
  const { thresholds, counts, capacity } = out;
  let cell = 0;
  for (let row = firstRow; row < firstRow + rows; row++) {
    for (let query = 0; query < queries; query++) {
      const score = data[cell++];
      if (!(score >= thresholds[query])) continue;
      const count = counts[query];
      out.scores[query * capacity + count] = score;
      out.rows[query * capacity + count] = row;
      counts[query] = count + 1;
      if (count + 1 === capacity) sift(out, query, idOf);
    }
  }
}

function rangesOf(rows: number, size: number): { start: number; end: number }[] {
  return Array.from({ length: Math.ceil(rows / size) }, (_, i) => ({
    start: i * size,
    end: Math.min((i + 1) * size, rows),
  }));
}

/**
 * Exact search for the k most similar documents of each query. What is found does not hang on the size of the pieces or
 * the order in which documents come: ties are decided by id, also at the last place (metrics/ranking.ts). Memory: some
 * 16 bytes per query and place, a few blocks of scores, and what `add` is given. A score that is not a number, which
 * only an overflow of float32 makes of finite vectors, is left out.
 */
export async function openSearch({ queries, k, similarity, kernels, idOf }: SearchOptions): Promise<Search> {
  const cross = crossSimilarity(similarity, kernels);
  const held = await cross.hold(cross.prepareQueries(queries));
  const pools = openPools(queries.rows, k);
  const size = Math.max(1, Math.min(documentsPerProduct, Math.floor(scoresPerProduct / queries.rows)));
  let added = 0;
  return {
    async add({ data, rows, dims }) {
      if (dims !== queries.dims)
        throw new RangeError(`search: documents of ${dims} dimensions, queries of ${queries.dims}`);
      const first = added;
      added += rows;
      await inOrder(
        rangesOf(rows, size),
        async ({ start, end }) => {
          const block = { data: data.subarray(start * dims, end * dims), rows: end - start, dims };
          return held.score(cross.prepareDocuments(block));
        },
        (scores, { start }) => enter(pools, scores, first + start, idOf),
      );
    },
    best(query) {
      if (pools.counts[query] > k) sift(pools, query, idOf);
      const start = query * pools.capacity;
      const end = start + pools.counts[query];
      const [rows, scores] = [pools.rows.subarray(start, end), pools.scores.subarray(start, end)];
      const order = rankByScore(scores, (place) => idOf(rows[place]));
      return {
        rows: Int32Array.from(order, (place) => rows[place]),
        scores: Float32Array.from(order, (place) => scores[place]),
      };
    },
    close: () => held.release(),
  };
}
