import { openRankingMeasures, rankedDocuments } from "../metrics/retrieval.ts";
import { openSearch, type Search } from "../search/exact.ts";
import type { Evaluation, IndexDocuments, Protocol, ProtocolContext, RetrievalTask } from "../task.ts";
import { embedFinite } from "./embedding.ts";
import { searchWords } from "./lexical.ts";
import { judge, overflowError, querySamples, withoutId } from "./ranked.ts";
import { evaluateCandidates } from "./reranking.ts";
import { type RankingRows, readRankingRows, textOf } from "./retrieval-rows.ts";

/** Documents embedded at once, and let go once they are scored: 64 MiB at 1,024 dimensions, and enough of one length. */
const documentsPerPiece = 2 ** 14;

async function searchCorpus(
  task: RetrievalTask,
  { corpus }: RankingRows,
  { embed }: ProtocolContext,
  search: Search,
): Promise<void> {
  const count = corpus.ids.length;
  for (let start = 0; start < count; start += documentsPerPiece) {
    const length = Math.min(documentsPerPiece, count - start);
    const texts = Array.from({ length }, (_, i) => textOf(corpus, start + i));
    await search.add(await embedFinite(embed, texts, task.name, "document"));
  }
}

function measureSearch(task: RetrievalTask, rows: RankingRows, search: Search, k: number): Evaluation {
  const { corpus, queries } = rows;
  const measures = openRankingMeasures(queries.ids.length);
  queries.ids.forEach((id, query) => {
    const hits = search.best(query);
    if (hits.rows.length < k) throw overflowError(task.name, queries.texts[query]);
    const others = task.settings.ignoreIdenticalIds ? withoutId(hits, corpus.ids, id) : hits;
    measures.add(judge(others, rows, query));
  });
  return { ...measures.means(), ...querySamples(measures, task.mainScore, queries.ids) };
}

async function measureWords(
  task: RetrievalTask,
  rows: RankingRows,
  index: IndexDocuments,
  { announce }: ProtocolContext,
): Promise<Evaluation> {
  const measures = openRankingMeasures(rows.queries.ids.length);
  await searchWords(task, rows, index, announce, (query, hits) => measures.add(judge(hits, rows, query)));
  return { ...measures.means(), ...querySamples(measures, task.mainScore, rows.queries.ids) };
}

/**
 * Retrieval: how well the similarity of vectors finds a query's relevant documents among all of the corpus; the best
 * 1,000 of each query count. Queries are embedded in the role of queries in one call, documents in the role of documents
 * piece by piece. Where the data set names candidates, those are ranked instead of the corpus. Source: mteb 2.26
 * `AbsTaskRetrieval`, `chunked_full_corpus_search`.
 */
export const retrievalProtocol: Protocol<RetrievalTask, RankingRows> = Object.freeze({
  read: readRankingRows,

  async evaluate(task, rows, context) {
    const { candidates } = rows;
    if (candidates !== undefined) return evaluateCandidates(task, { ...rows, candidates }, context);
    if (context.index !== undefined) return measureWords(task, rows, context.index, context);
    const { corpus } = rows;
    const { similarity, kernels } = context;
    context.announce?.(rows.queries.texts.length + corpus.ids.length);
    await context.calibrate?.(corpus.ids.length, (row) => textOf(corpus, row));
    const queries = await embedFinite(context.embed, rows.queries.texts, task.name, "query");
    const k = Math.min(rankedDocuments, corpus.ids.length);
    const search = await openSearch({ queries, k, similarity, kernels, idOf: (row) => corpus.ids[row] });
    try {
      await searchCorpus(task, rows, context, search);
      return measureSearch(task, rows, search, k);
    } finally {
      search.close();
    }
  },
} satisfies Protocol<RetrievalTask, RankingRows>);
