import { openRankingMeasures } from "../metrics/retrieval.ts";
import type { Hits } from "../search/exact.ts";
import type { Evaluation, Protocol, ProtocolContext, RankingTask, SpecOf } from "../task.ts";
import { describeRanking } from "./describe-ranking.ts";
import { withCandidates } from "./first-stage.ts";
import { openFurtherScores } from "./further-scores.ts";
import { inspectRanking } from "./inspect-ranking.ts";
import { limitRanking } from "./limit-ranking.ts";
import { rankByFusion } from "./rank-by-fusion.ts";
import { rankByPairs } from "./rank-by-pairs.ts";
import { rankBySparse } from "./rank-by-sparse.ts";
import { rankByTokens } from "./rank-by-tokens.ts";
import { rankByVectors } from "./rank-by-vectors.ts";
import { rankByWords } from "./rank-by-words.ts";
import { judge, querySamples, rankHits, ranksOf, type UseHits, withoutExcluded, withoutId } from "./ranked.ts";
import { type RankingRows, readRankingRows } from "./retrieval-rows.ts";
import { openSubqueries } from "./subqueries.ts";

/**
 * Ranks each query's candidates, or, where there are none, the corpus, of which the best 1,000 documents count. Calls
 * `use` with the hits of one query after the other, queries and hits in any order. Documents that are left out for a query
 * are in no ranking, be it a first stage's, one of several that are fused, or one that is kept: in the reference they are
 * no candidates.
 */
function rank(task: RankingTask, rows: RankingRows, context: ProtocolContext, use: UseHits): Promise<void> {
  const { excluded, corpus } = rows;
  if (excluded === undefined) return rankAll(task, rows, context, use);
  return rankAll(task, rows, context, (query, hits) =>
    use(query, withoutExcluded(rankHits(hits, corpus.ids), excluded.get(query))),
  );
}

function rankAll(task: RankingTask, rows: RankingRows, context: ProtocolContext, use: UseHits): Promise<void> {
  switch (context.kind) {
    case "vectors":
      return rankByVectors(task, rows, context, use);
    case "lexical":
      return rankByWords(rows, context, use);
    case "cross-encoder":
      return rankByPairs(task, rows, context, use);
    case "sparse":
      return rankBySparse(task, rows, context, use);
    case "late-interaction":
      return rankByTokens(task, rows, context, use);
    case "hybrid":
      return rankByFusion(task, rows, context, rank, use);
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
  all: RankingRows,
  context: ProtocolContext,
): Promise<Evaluation> {
  const { firstStage, keepRanking } = context;
  const rows = firstStage === undefined ? all : await withCandidates(task, all, firstStage, rank);
  const { corpus, queries } = rows;
  const ranks = ranksOf(task);
  const measures = openRankingMeasures(new Set(queries.ids).size, ranks);
  const isMerged = task.type === "Reranking" && task.settings.mergeSubqueries;
  const subqueries = isMerged ? openSubqueries(rows, ranks) : undefined;
  const further = openFurtherScores(task, rows);
  const measured: string[] = [];
  await rank(task, rows, context, (query, found) => {
    const id = queries.ids[query];
    keepRanking?.(id, ...idsOf(rankHits(found, corpus.ids), corpus.ids));
    const hits = task.settings.ignoreIdenticalIds ? withoutId(found, corpus.ids, id) : found;
    measured.push(id);
    const ranked = rankHits(hits, corpus.ids);
    measures.add(judge(ranked, rows, query));
    subqueries?.add(query, hits);
    further?.add(query, ranked);
  });
  const means = measures.means();
  const merged = subqueries?.means();
  const more = further?.results(measures, measured);
  return {
    scores: { ...means.scores, ...merged?.scores, ...more?.scores },
    undefinedScores: { ...means.undefinedScores, ...merged?.undefinedScores },
    ...querySamples(measures, task.mainScore, measured),
    ...merged?.samplesOf(task.mainScore),
    ...(more?.samples && more.samples.measure === task.mainScore ? { samples: more.samples } : {}),
  };
}

const idsOf = ({ rows, scores }: Hits, ids: readonly string[]): [string[], Float32Array] => [
  Array.from(rows, (row) => ids[row]),
  scores,
];

/**
 * Retrieval: how well a model finds a query's relevant documents in the corpus; the best 1,000 of each query count. Where
 * the data set names candidates, those are ranked instead of the corpus. Source: mteb 2.26 `AbsTaskRetrieval`.
 */
export const retrievalProtocol: Protocol<
  SpecOf<"Retrieval" | "InstructionRetrieval">,
  RankingRows,
  "ranking"
> = Object.freeze({
  read: readRankingRows,
  limit: limitRanking,
  inspect: inspectRanking,
  describe: describeRanking,
  evaluate: evaluateRanking,
});
