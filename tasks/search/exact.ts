import type { Similarity } from "../../models/encoder.ts";
import type { Kernels } from "../../models/kernels.ts";
import type { Matrix } from "../../models/matrix.ts";
import { compareIds, kthLargest, rankByScore } from "../metrics/ranking.ts";
import { inOrder } from "./in-order.ts";
import { crossSimilarity, fewRows } from "./similarity.ts";

/** Scores of documents: a model's in float32, fused ones in float64. */
export type HitScores = Float32Array | Float64Array;

/** Numbers and scores of the documents found for one query, two lists of one length. */
export interface Hits {
  readonly rows: Int32Array;
  readonly scores: HitScores;
}

/** A search over documents that come in batches. */
export interface Search {
  /** Scores the next documents and lets them go. Rejects with `RangeError` for another number of dimensions. */
  add(documents: Matrix): Promise<void>;
  /** Returns the query's best documents so far, best first, numbered in the order in which they were added. */
  best(query: number): Hits;
  /** Releases the queries. */
  close(): void;
}

export interface SearchOptions {
  /** [queries, dims] */
  readonly queries: Matrix;
  /** Number of documents to be found for each query, at least 1. */
  readonly k: number;
  readonly similarity: Similarity;
  readonly kernels: Kernels;
  /** Returns the id of a document by its number; it decides between equal scores. */
  readonly idOf: (row: number) => string;
}

/** Scores of one product: 16 MiB, of which some four are held at once, while each product still takes milliseconds. */
const scoresPerProduct = 2 ** 22;
/** Documents of one product: 16 MiB at 1,024 dimensions, more than enough rows for a product at full speed. */
const documentsPerProduct = 4096;

/** The best documents of each query so far, and as many candidates again that have not been sorted out yet. */
interface Pools {
  readonly k: number;
  /** Slots per query. */
  readonly capacity: number;
  /** [queries, capacity] */
  readonly scores: Float32Array;
  readonly rows: Int32Array;
  /** Slots taken, [queries]. */
  readonly counts: Int32Array;
  /** Least score that may be among the best, [queries]. */
  readonly thresholds: Float32Array;
}

function openPools(queries: number, k: number): Pools {
  // A sift costs a pass over the pool: with 2 k slots there is one for each k documents that enter.
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

/** Leaves the query's best k documents in its pool; of those that tie for the last slot, those with the greatest ids. */
function sift(out: Pools, query: number, idOf: SearchOptions["idOf"]): void {
  const start = query * out.capacity;
  const count = out.counts[query];
  const scores = out.scores.subarray(start, start + count);
  const rows = out.rows.subarray(start, start + count);
  const threshold = kthLargest(Float32Array.from(scores), out.k);
  const ties: number[] = [];
  let kept = 0;
  for (let i = 0; i < count; i++) {
    if (scores[i] === threshold) ties.push(rows[i]);
    if (scores[i] <= threshold) continue;
    scores[kept] = scores[i];
    rows[kept++] = rows[i];
  }
  const free = out.k - kept;
  if (ties.length > free) ties.sort((a, b) => compareIds(idOf(b), idOf(a)));
  rows.set(ties.slice(0, free), kept);
  scores.fill(threshold, kept, out.k);
  out.counts[query] = out.k;
  out.thresholds[query] = threshold;
}

/** Enters the scores of the documents from number `firstRow`, [documents, queries], into the pools. */
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

/** The best documents of queries, of scores that come in batches. */
export interface Best extends Pick<Search, "best"> {
  /** Enters the scores of the next documents, [documents, queries]; one that is NaN is left out. */
  enter(scores: Matrix): void;
}

/**
 * Keeps the k best documents of each query. They depend neither on the size of the batches nor on the order of documents:
 * ties are decided by id, also for the last slot (metrics/ranking.ts). Memory: some 16 bytes per query and slot.
 */
export function openBest({ count, k, idOf }: Pick<SearchOptions, "k" | "idOf"> & { readonly count: number }): Best {
  const pools = openPools(count, k);
  let entered = 0;
  return {
    enter(scores) {
      enter(pools, scores, entered, idOf);
      entered += scores.rows;
    },
    best(query) {
      if (pools.counts[query] > k) sift(pools, query, idOf);
      const start = query * pools.capacity;
      const end = start + pools.counts[query];
      const [rows, scores] = [pools.rows.subarray(start, end), pools.scores.subarray(start, end)];
      const order = rankByScore(scores, (i) => idOf(rows[i]));
      return { rows: Int32Array.from(order, (i) => rows[i]), scores: Float32Array.from(order, (i) => scores[i]) };
    },
  };
}

/**
 * Opens an exact search for the k most similar documents of each query (`openBest`). Memory: that of the best, a few
 * blocks of scores, and the documents given to `add`. A score that is NaN, which only an overflow of float32 makes of
 * finite vectors, is left out.
 */
export async function openSearch({ queries, k, similarity, kernels, idOf }: SearchOptions): Promise<Search> {
  const cross = crossSimilarity(similarity, kernels);
  const prepared = cross.prepareQueries(queries);
  const held = await cross.hold(prepared);
  // There are fewer documents than may be found where there are few.
  const scoreFew = queries.rows <= fewRows && k <= fewRows ? cross.scoreFew : undefined;
  const { enter, best } = openBest({ count: queries.rows, k, idOf });
  const size = Math.max(1, Math.min(documentsPerProduct, Math.floor(scoresPerProduct / queries.rows)));
  return {
    async add({ data, rows, dims }) {
      if (dims !== queries.dims)
        throw new RangeError(`search: documents of ${dims} dimensions, queries of ${queries.dims}`);
      await inOrder(
        rangesOf(rows, size),
        async ({ start, end }) => {
          const block = { data: data.subarray(start * dims, end * dims), rows: end - start, dims };
          const factor = cross.prepareDocuments(block);
          return scoreFew?.(prepared, factor) ?? held.score(factor);
        },
        enter,
      );
    },
    best,
    close: () => held.release(),
  };
}
