import { openRankingMeasures } from "../metrics/retrieval.ts";
import type { HitScores, Hits } from "../search/exact.ts";
import type { Evaluation, KeepRanking, Protocol, ProtocolContext, RankingTask, Sharding, SpecOf } from "../task.ts";
import { describeRanking } from "./describe-ranking.ts";
import { withCandidates } from "./first-stage.ts";
import { openFurtherScores } from "./further-scores.ts";
import { inspectRanking, materialOfRanking } from "./inspect-ranking.ts";
import { limitRanking } from "./limit-ranking.ts";
import { listingOf, rank } from "./rank.ts";
import {
  judge,
  type ListHits,
  listAsHeap,
  querySamples,
  rankExactly,
  rankHits,
  ranksOf,
  type UseHits,
  withoutId,
} from "./ranked.ts";
import { type RankingRows, readRankingRows } from "./retrieval-rows.ts";
import { bordersOf, openShardSearch, rankShards } from "./shards.ts";
import { openSubqueries } from "./subqueries.ts";

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
  const each = (use: UseHits): Promise<void> => rank(task, rows, context, use);
  return measureRankings(task, rows, listingOf(rows, context), each, keepRanking);
}

/** Measures rankings, which `each` gives one after the other. */
async function measureRankings(
  task: RankingTask,
  rows: RankingRows,
  list: ListHits,
  each: (use: UseHits) => Promise<void>,
  keepRanking?: KeepRanking,
): Promise<Evaluation> {
  const { corpus, queries } = rows;
  const ranks = ranksOf(task);
  const measures = openRankingMeasures(new Set(queries.ids).size, ranks);
  const isMerged = task.type === "Reranking" && task.settings.mergeSubqueries;
  const subqueries = isMerged ? openSubqueries(rows, ranks) : undefined;
  const further = openFurtherScores(task, rows);
  const measured: string[] = [];
  await each((query, found) => {
    const id = queries.ids[query];
    const all = rankHits(found, corpus.ids);
    const exact = rankExactly(all, corpus.ids);
    keepRanking?.(id, ...idsOf(exact, corpus.ids));
    const counted = (hits: Hits): Hits => (task.settings.ignoreIdenticalIds ? withoutId(hits, corpus.ids, id) : hits);
    const [ranked, listed] = [counted(all), counted(list(found, exact))];
    measured.push(id);
    measures.add(judge(ranked, rows, query, listed));
    subqueries?.add(query, listed);
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

const idsOf = ({ rows, scores }: Hits, ids: readonly string[]): [string[], HitScores] => [
  Array.from(rows, (row) => ids[row]),
  scores,
];

const rankingShards: Sharding<RankingTask, RankingRows> = {
  borders: bordersOf,
  openSearch: openShardSearch,
  evaluate: (task, rows, shards) =>
    measureRankings(task, rows, listAsHeap, (use) => rankShards(task, rows, shards, use)),
};

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
  material: materialOfRanking,
  describe: describeRanking,
  evaluate: evaluateRanking,
  shards: rankingShards,
});
