import type { Protocol, RetrievalTask } from "../task.ts";
import { evaluateRanking } from "./ranking.ts";
import { type RankingRows, readRankingRows } from "./retrieval-rows.ts";

/**
 * Retrieval: how well a model finds a query's relevant documents among all of the corpus; the best 1,000 of each query
 * count. Where the data set names candidates, those are ranked instead of the corpus. Source: mteb 2.26
 * `AbsTaskRetrieval`.
 */
export const retrievalProtocol: Protocol<RetrievalTask, RankingRows, "ranking"> = Object.freeze({
  read: readRankingRows,
  evaluate: evaluateRanking,
});
