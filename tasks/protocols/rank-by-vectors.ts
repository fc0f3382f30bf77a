import { rankedDocuments } from "../metrics/retrieval.ts";
import { openSearch, type Search } from "../search/exact.ts";
import type { VectorContext } from "../task.ts";
import { scoreCandidates } from "./candidates.ts";
import { embedFinite } from "./embedding.ts";
import { overflowError, type UseHits, withoutId } from "./ranked.ts";
import { type RankingRows, type RankingTask, textOf } from "./retrieval-rows.ts";

/** Documents that are embedded and scored at once: 64 MiB at 1,024 dimensions, and enough texts of one length. */
const documentsPerPiece = 2 ** 14;

async function searchCorpus(
  { name }: RankingTask,
  { corpus }: RankingRows,
  { embed }: VectorContext,
  search: Search,
): Promise<void> {
  const count = corpus.ids.length;
  for (let start = 0; start < count; start += documentsPerPiece) {
    const length = Math.min(documentsPerPiece, count - start);
    const texts = Array.from({ length }, (_, i) => textOf(corpus, start + i));
    await search.add(await embedFinite(embed, texts, name, "document"));
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
  const { corpus, queries, candidates } = rows;
  if (candidates !== undefined) return scoreCandidates(task, rows, candidates, context, use);
  const { similarity, kernels } = context;
  context.announce(queries.texts.length + corpus.ids.length);
  await context.calibrate(corpus.ids.length, (row) => textOf(corpus, row));
  const vectors = await embedFinite(context.embed, queries.texts, task.name, "query");
  const k = Math.min(rankedDocuments, corpus.ids.length);
  const search = await openSearch({ queries: vectors, k, similarity, kernels, idOf: (row) => corpus.ids[row] });
  try {
    await searchCorpus(task, rows, context, search);
    queries.ids.forEach((id, query) => {
      const hits = search.best(query);
      if (hits.rows.length < k) throw overflowError(task.name, queries.texts[query]);
      use(query, task.settings.ignoreIdenticalIds ? withoutId(hits, corpus.ids, id) : hits);
    });
  } finally {
    search.close();
  }
}
