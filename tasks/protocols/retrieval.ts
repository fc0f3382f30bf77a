import { openRankingMeasures } from "../metrics/retrieval.ts";
import type { Evaluation, Protocol, ProtocolContext, RetrievalTask } from "../task.ts";
import { inspectRanking } from "./inspect-ranking.ts";
import { rankByVectors } from "./rank-by-vectors.ts";
import { rankByWords } from "./rank-by-words.ts";
import { judge, querySamples, rankHits, type UseHits, withoutId } from "./ranked.ts";
import { type RankingRows, type RankingTask, readRankingRows } from "./retrieval-rows.ts";
import { openSubqueries } from "./subqueries.ts";

/**
 * Ranks each query's candidates, or, where there are none, the corpus, of which the best 1,000 documents count. Calls
 * `use` with the hits of one query after the other, queries and hits in any order.
 */
function rank(task: RankingTask, rows: RankingRows, context: ProtocolContext, use: UseHits): Promise<void> {
  switch (context.kind) {
    case "vectors":
      return rankByVectors(task, rows, context, use);
    case "lexical":
      return rankByWords(rows, context, use);
    default:
      return context satisfies never;
  }
}

/**
 * Ranks the documents for each query and measures the rankings; a document with the query's own id is left out if the task
 * says so, and a query whose list of candidates is empty scores 0.
 */
export async function evaluateRanking(
  task: RankingTask,
  rows: RankingRows,
  context: ProtocolContext,
): Promise<Evaluation> {
  const { corpus, queries } = rows;
  const measures = openRankingMeasures(new Set(queries.ids).size);
  const subqueries = task.type === "Reranking" && task.settings.mergeSubqueries ? openSubqueries(rows) : undefined;
  const measured: string[] = [];
  await rank(task, rows, context, (query, found) => {
    const id = queries.ids[query];
    const hits = task.settings.ignoreIdenticalIds ? withoutId(found, corpus.ids, id) : found;
    measured.push(id);
    measures.add(judge(rankHits(hits, corpus.ids), rows, query));
    subqueries?.add(query, hits);
  });
  const all = measures.means();
  const merged = subqueries?.means();
  return {
    scores: { ...all.scores, ...merged?.scores },
    undefinedScores: { ...all.undefinedScores, ...merged?.undefinedScores },
    ...querySamples(measures, task.mainScore, measured),
    ...merged?.samplesOf(task.mainScore),
  };
}

/**
 * Retrieval: how well a model finds a query's relevant documents in the corpus; the best 1,000 of each query count. Where
 * the data set names candidates, those are ranked instead of the corpus. Source: mteb 2.26 `AbsTaskRetrieval`.
 */
export const retrievalProtocol: Protocol<RetrievalTask, RankingRows, "ranking"> = Object.freeze({
  read: readRankingRows,
  inspect: inspectRanking,
  evaluate: evaluateRanking,
});
