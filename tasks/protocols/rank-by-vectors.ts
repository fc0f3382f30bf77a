import type { Matrix } from "../../models/matrix.ts";
import { rankedDocuments } from "../metrics/retrieval.ts";
import { openSearch, type Search } from "../search/exact.ts";
import type { RankingTask, VectorContext } from "../task.ts";
import { scoreCandidates } from "./candidates.ts";
import { embedFinite } from "./embedding.ts";
import type { UseHits } from "./ranked.ts";
import { documentsPerPiece, evenBorders, type Range, type RankingWays } from "./ranking-ways.ts";
import { type RankingRows, textOf } from "./retrieval-rows.ts";

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
  const { corpus } = rows;
  const { similarity, kernels } = context;
  const k = Math.min(most, range.end - range.start);
  const idOf = (row: number): string => corpus.ids[range.start + row];
  const search = await openSearch({ queries: vectors, k, similarity, kernels, idOf });
  try {
    await searchRange(task, rows, context, search, range);
    for (let query = 0; query < vectors.rows; query++) {
      const hits = search.best(query);
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
export function vectorWays(task: RankingTask, rows: RankingRows, context: VectorContext): RankingWays {
  const { corpus, queries } = rows;
  const count = corpus.ids.length;
  return {
    scoreCandidates: (candidates, add) => scoreCandidates(task, rows, candidates, context, add),
    borders: () => evenBorders(count),
    openSearch: async () => {
      context.announce(queries.texts.length + count);
      await context.calibrate(count, (row) => textOf(corpus, row));
      const vectors = await embedFinite(context.embed, queries.texts, task.name, "query");
      return (range, most, add) => searchCorpus(task, rows, context, vectors, range, most, add);
    },
    // More by one than count.
    hitsOfPiece: rankedDocuments + 1,
  };
}
