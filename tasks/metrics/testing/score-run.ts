import { rankByScore } from "../ranking.ts";
import { openRankingMeasures, type RankedQuery, type RankingScores } from "../retrieval.ts";

/** Numbers by document, by query: scores of a run, or judgements. */
export type ByQuery = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Ranks a query's run in the official order. */
export function rankedQuery(
  run: Readonly<Record<string, number>>,
  judged: Readonly<Record<string, number>>,
): RankedQuery {
  const ids = Object.keys(run);
  const order = [...rankByScore(Object.values(run), (i) => ids[i])].map((i) => ids[i]);
  return {
    scores: order.map((id) => run[id]),
    gains: order.map((id) => judged[id] ?? 0),
    relevant: Object.values(judged).filter((gain) => gain > 0),
  };
}

/** Computes all scores of a run, its queries in order. */
export function scoreRun(run: ByQuery, judged: ByQuery): RankingScores {
  const queries = Object.keys(run);
  const measures = openRankingMeasures(queries.length);
  for (const query of queries) measures.add(rankedQuery(run[query], judged[query]));
  return measures.means();
}
