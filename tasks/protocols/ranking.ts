import { openRankingMeasures } from "../metrics/retrieval.ts";
import type { Evaluation, ProtocolContext } from "../task.ts";
import { rank } from "./rank.ts";
import { judge, querySamples, type RankingTask, rankHits } from "./ranked.ts";
import type { RankingRows } from "./retrieval-rows.ts";
import { openSubqueries } from "./subqueries.ts";

/** Ranks the documents for each query and measures the rankings; a query without candidates scores 0. */
export async function evaluateRanking(
  task: RankingTask,
  rows: RankingRows,
  context: ProtocolContext,
): Promise<Evaluation> {
  const measures = openRankingMeasures(rows.queries.ids.length);
  const subqueries = task.type === "Reranking" && task.settings.mergeSubqueries ? openSubqueries(rows) : undefined;
  const measured: string[] = [];
  await rank(task, rows, context, (query, hits) => {
    measured.push(rows.queries.ids[query]);
    measures.add(judge(rankHits(hits, rows.corpus.ids), rows, query));
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
