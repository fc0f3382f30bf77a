import type { Matrix } from "../../models/matrix.ts";
import { rankedDocuments } from "../metrics/retrieval.ts";
import { openSearch, type Search } from "../search/exact.ts";
import { openReferenceHeap, type ReferenceHeap } from "../search/reference-heap.ts";
import type { RankingTask, VectorContext } from "../task.ts";
import { scoreCandidates } from "./candidates.ts";
import { embedFinite } from "./embedding.ts";
import { overflowError, rankHits, type UseHits } from "./ranked.ts";
import { type RankingRows, type Repeats, textOf } from "./retrieval-rows.ts";

/** Documents that are embedded and scored at once: 64 MiB at 1,024 dimensions, and enough texts of one length. */
export const documentsPerPiece = 2 ** 14;
/** Documents that the reference searches at once. */
const referencePiece = 50_000;

/** Documents of a corpus one after the other, from `start` to before `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

async function searchRange(
  { name }: RankingTask,
  { corpus }: RankingRows,
  { embed }: VectorContext,
  search: Search,
  { start: first, end }: Range,
): Promise<void> {
  for (let start = first; start < end; start += documentsPerPiece) {
    const length = Math.min(documentsPerPiece, end - start);
    const texts = Array.from({ length }, (_, i) => textOf(corpus, start + i));
    await search.add(await embedFinite(embed, texts, name, "document"));
  }
}

/** Searches some documents, at most `most` for each query; calls `use` with the hits of one query after the other. */
async function searchCorpus(
  task: RankingTask,
  rows: RankingRows,
  context: VectorContext,
  vectors: Matrix,
  range: Range,
  most: number,
  use: UseHits,
): Promise<void> {
  const { corpus, queries } = rows;
  const { similarity, kernels } = context;
  const k = Math.min(most, range.end - range.start);
  const idOf = (row: number): string => corpus.ids[range.start + row];
  const search = await openSearch({ queries: vectors, k, similarity, kernels, idOf });
  try {
    await searchRange(task, rows, context, search, range);
    for (let query = 0; query < vectors.rows; query++) {
      const hits = search.best(query);
      if (hits.rows.length < k) throw overflowError(task.name, queries.texts[query]);
      use(query, range.start === 0 ? hits : { ...hits, rows: hits.rows.map((row) => range.start + row) });
    }
  } finally {
    search.close();
  }
}

/**
 * Ranks by the similarity of vectors. Queries are embedded in the role of queries, documents in that of documents; a
 * corpus is embedded piece by piece, after the queries. Source: mteb 2.26 `chunked_full_corpus_search`,
 * `rerank_top_ranked_documents`.
 */
export async function rankByVectors(
  task: RankingTask,
  rows: RankingRows,
  context: VectorContext,
  use: UseHits,
): Promise<void> {
  const { corpus, queries } = rows;
  const count = corpus.ids.length;
  const ways: RankingWays = {
    scoreCandidates: (candidates, add) => scoreCandidates(task, rows, candidates, context, add),
    openSearch: async () => {
      context.announce(queries.texts.length + count);
      await context.calibrate(count, (row) => textOf(corpus, row));
      const vectors = await embedFinite(context.embed, queries.texts, task.name, "query");
      return (range, most, add) => searchCorpus(task, rows, context, vectors, range, most, add);
    },
    // More by one than count.
    hitsOfPiece: rankedDocuments + 1,
  };
  return rankInWays(rows, ways, use);
}

/** How a model scores documents for queries. */
export interface RankingWays {
  /** Scores the candidates of each row of the queries. */
  scoreCandidates(candidates: readonly Int32Array[], use: UseHits): Promise<void>;
  /** Returns what searches documents of the corpus for the best of each row of the queries, at most `most`. */
  openSearch(): Promise<(range: Range, most: number, use: UseHits) => Promise<void>>;
  /** Hits that the reference takes of a piece of the corpus. */
  readonly hitsOfPiece: number;
}

/** Ranks candidates, or the corpus where there are none; where ids come again, as the reference does it piece by piece. */
export async function rankInWays(rows: RankingRows, ways: RankingWays, use: UseHits): Promise<void> {
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
    // Those that are left out may be among the best.
    const most = Math.max(0, ...[...(rows.excluded?.values() ?? [])].map(({ size }) => size));
    return search({ start: 0, end: count }, rankedDocuments + most, use);
  }
  const gathered = gatherHits(rows, repeats, rankedDocuments);
  for (let start = 0; start < count; start += referencePiece) {
    const range = { start, end: Math.min(count, start + referencePiece) };
    await search(range, ways.hitsOfPiece, gathered.add);
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
