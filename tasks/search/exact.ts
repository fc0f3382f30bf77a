import type { Similarity } from "../../models/encoder.ts";
import { type Kernels, type Reached, reachedOf } from "../../models/kernels.ts";
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

/** Documents of the first product, all of whose scores may be among the best; the next ones double. */
const firstDocuments = 512;

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

/** Enters a score of document number `row`, unless it is NaN or cannot be among the query's best. */
function enter(out: Pools, query: number, row: number, score: number, idOf: SearchOptions["idOf"]): void {
  const { scores, rows, thresholds, counts, capacity } = out;
  if (!(score >= thresholds[query])) return;
  const count = counts[query];
  scores[query * capacity + count] = score;
  rows[query * capacity + count] = row;
  counts[query] = count + 1;
  if (count + 1 === capacity) sift(out, query, idOf);
}

/** Enters one query's scores of documents, counted from number `firstRow`, as `enter` does. */
function enterRow(
  out: Pools,
  query: number,
  firstRow: number,
  columns: Int32Array,
  values: Float32Array,
  idOf: SearchOptions["idOf"],
): void {
  const { scores, rows, thresholds, counts, capacity } = out;
  const start = query * capacity;
  let count = counts[query];
  let threshold = thresholds[query];
  for (let i = 0; i < values.length; i++) {
    const score = values[i];
    if (!(score >= threshold)) continue;
    scores[start + count] = score;
    rows[start + count] = firstRow + columns[i];
    count++;
    if (count < capacity) continue;
    counts[query] = count;
    sift(out, query, idOf);
    count = counts[query];
    threshold = thresholds[query];
  }
  counts[query] = count;
}

/** Divides `rows` into ranges of at most `size`; the first ones are small, as all their scores may be among the best. */
function* rangesOf(rows: number, size: number, first: number): Generator<{ start: number; end: number }> {
  let length = Math.min(first, size);
  for (let start = 0; start < rows; ) {
    const end = Math.min(start + length, rows);
    yield { start, end };
    start = end;
    length = Math.min(2 * length, size);
  }
}

/** The best documents of queries, of scores that come in batches. */
export interface Best extends Pick<Search, "best"> {
  /** Least scores that may be among the best, [queries]; they rise. */
  readonly least: Float32Array;
  /** Enters the scores of the next documents, [documents, queries]; one that is NaN is left out. */
  enter(scores: Matrix): void;
  /** Enters those scores of the next `rows` documents, [queries, rows], that are not below an earlier `least`. */
  enterReached(reached: Reached, rows: number): void;
}

/**
 * Keeps the k best documents of each query. They depend neither on the size of the batches nor on the order of documents:
 * ties are decided by id, also for the last slot (metrics/ranking.ts). Memory: some 16 bytes per query and slot.
 */
export function openBest({ count, k, idOf }: Pick<SearchOptions, "k" | "idOf"> & { readonly count: number }): Best {
  const pools = openPools(count, k);
  let entered = 0;
  return {
    least: pools.thresholds,
    enter({ data, rows }) {
      let cell = 0;
      for (let row = entered; row < entered + rows; row++) {
        for (let query = 0; query < count; query++) enter(pools, query, row, data[cell++], idOf);
      }
      entered += rows;
    },
    enterReached({ starts, columns, values }, rows) {
      for (let query = 0; query < count; query++) {
        const [start, end] = [starts[query], starts[query + 1]];
        enterRow(pools, query, entered, columns.subarray(start, end), values.subarray(start, end), idOf);
      }
      entered += rows;
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
  const { least, enterReached, best } = openBest({ count: queries.rows, k, idOf });
  const size = Math.max(1, Math.min(documentsPerProduct, Math.floor(scoresPerProduct / queries.rows)));
  let isFirst = true;
  return {
    async add({ data, rows, dims }) {
      if (dims !== queries.dims)
        throw new RangeError(`search: documents of ${dims} dimensions, queries of ${queries.dims}`);
      const first = isFirst ? firstDocuments : size;
      isFirst = false;
      await inOrder(
        rangesOf(rows, size, first),
        async ({ start, end }) => {
          const block = { data: data.subarray(start * dims, end * dims), rows: end - start, dims };
          const factor = cross.prepareDocuments(block);
          const few = scoreFew?.(prepared, factor);
          return few === undefined ? held.reaching(factor, least.slice()) : reachedOf(few, least);
        },
        (reached, { start, end }) => enterReached(reached, end - start),
      );
    },
    best,
    close: () => held.release(),
  };
}
