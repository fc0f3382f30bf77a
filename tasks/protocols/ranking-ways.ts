import { rankedDocuments } from "../metrics/retrieval.ts";
import { openReferenceHeap, type ReferenceHeap } from "../search/reference-heap.ts";
import type { RankingTask } from "../task.ts";
import { overflowError, rankHits, type UseHits } from "./ranked.ts";
import type { RankingRows, Repeats } from "./retrieval-rows.ts";

/** Documents of a corpus one after the other, from `start` to before `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Searches some documents of the corpus, from a border to another, or wherever pieces need not be those of the whole; calls
 * `use` with the best of one row of the queries after the other, at most `most`. There are fewer where there are not so many
 * documents, or scores are not numbers.
 */
export type SearchRange = (range: Range, most: number, use: UseHits) => Promise<void>;

/** How a model scores documents for queries. */
export interface RankingWays {
  /** Scores the candidates of each row of the queries. */
  scoreCandidates(candidates: readonly Int32Array[], use: UseHits): Promise<void>;
  /**
   * Lists the numbers of the documents at which pieces of the corpus begin, and behind them the number of all: no call of
   * the model has documents of two pieces.
   */
  borders(): Iterable<number>;
  /** Encodes the queries; returns what searches the corpus for them. */
  openSearch(): Promise<SearchRange>;
  /** Hits that the reference takes of a piece of the corpus. */
  readonly hitsOfPiece: number;
}

/** Documents that are encoded and scored at once: 64 MiB at 1,024 dimensions, and enough texts of one length. */
export const documentsPerPiece = 2 ** 14;
/** Documents that the reference searches at once. */
const referencePiece = 50_000;

/** Lists the borders of pieces of one size. */
export function* evenBorders(count: number): Generator<number> {
  for (let start = 0; start < count; start += documentsPerPiece) yield start;
  yield count;
}

/** Returns how many hits of a query are searched for: documents that are left out of its ranking may be among the best. */
export const searchedHits = ({ excluded }: RankingRows): number =>
  rankedDocuments + Math.max(0, ...[...(excluded?.values() ?? [])].map(({ size }) => size));

/**
 * Returns a `use` for hits that must be as many as the most that was asked for, or the documents that were searched.
 * It throws `InputError` for a query with fewer: scores of it are not numbers.
 */
export const requireAll =
  ({ name }: RankingTask, { queries }: RankingRows, most: number, searched: number, use: UseHits): UseHits =>
  (query, hits) => {
    if (hits.rows.length < Math.min(most, searched)) throw overflowError(name, queries.texts[query]);
    use(query, hits);
  };

/** Ranks candidates, or the corpus where there are none; where ids come again, as the reference does it piece by piece. */
export async function rankInWays(task: RankingTask, rows: RankingRows, ways: RankingWays, use: UseHits): Promise<void> {
  const { corpus, candidates, repeats } = rows;
  if (candidates !== undefined) {
    if (repeats === undefined) return ways.scoreCandidates(candidates, use);
    const gathered = gatherHits(rows, repeats, Infinity);
    await ways.scoreCandidates(candidates, gathered.add);
    return gathered.each(use);
  }
  const count = corpus.ids.length;
  const search = await ways.openSearch();
  if (repeats === undefined) {
    const most = searchedHits(rows);
    return search({ start: 0, end: count }, most, requireAll(task, rows, most, count, use));
  }
  const gathered = gatherHits(rows, repeats, rankedDocuments);
  for (let start = 0; start < count; start += referencePiece) {
    const range = { start, end: Math.min(count, start + referencePiece) };
    const { hitsOfPiece } = ways;
    await search(range, hitsOfPiece, requireAll(task, rows, hitsOfPiece, range.end - start, gathered.add));
  }
  gathered.each(use);
}

/** Hits by query where ids come again. */
interface GatheredHits {
  /** Takes the hits of a row of the queries. */
  readonly add: UseHits;
  /** Calls `use` with the hits of each query, each document once. */
  each(use: UseHits): void;
}

/** Gathers the hits of all rows of a query as the reference does, which keeps `most` of them. */
function gatherHits({ corpus }: RankingRows, repeats: Repeats, most: number): GatheredHits {
  const heaps = new Map<number, ReferenceHeap>();
  return {
    add(row, hits) {
      const query = repeats.queries[row];
      const heap = heaps.get(query) ?? openReferenceHeap(most, corpus.ids, repeats.documents);
      heaps.set(query, heap);
      heap.push(rankHits(hits, corpus.ids));
    },
    each(use) {
      for (const [query, heap] of heaps) use(query, heap.hits());
    },
  };
}
