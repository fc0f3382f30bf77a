import { InputError } from "../../datasets/errors.ts";
import { openRankingMeasures } from "../metrics/retrieval.ts";
import type { Hits } from "../search/exact.ts";
import type { Evaluation, Protocol, ProtocolContext, RerankingTask, RetrievalTask } from "../task.ts";
import { scoreCandidates } from "./candidates.ts";
import { amongCandidates, searchWords } from "./lexical.ts";
import { judge, querySamples, rankHits } from "./ranked.ts";
import { type RankingRows, readRankingRows } from "./retrieval-rows.ts";
import { openSubqueries } from "./subqueries.ts";

/** What reranking is scored on: each query has its candidates. */
export interface RerankingRows extends RankingRows {
  readonly candidates: readonly Int32Array[];
}

/** Ranks each query's candidates and measures the rankings; a query without candidates scores 0. */
export async function evaluateCandidates(
  task: RetrievalTask | RerankingTask,
  rows: RerankingRows,
  context: ProtocolContext,
): Promise<Evaluation> {
  const measures = openRankingMeasures(rows.queries.ids.length);
  const subqueries = task.type === "Reranking" && task.settings.mergeSubqueries ? openSubqueries(rows) : undefined;
  const measured: string[] = [];
  const use = (query: number, hits: Hits): void => {
    measured.push(rows.queries.ids[query]);
    measures.add(judge(rankHits(hits, rows.corpus.ids), rows, query));
    subqueries?.add(query, hits);
  };
  if (context.index === undefined) await scoreCandidates(task, rows, rows.candidates, context, use);
  else {
    await searchWords(task, rows, context.index, context.announce, (query, hits) =>
      use(query, amongCandidates(hits, rows.candidates[query])),
    );
  }
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
 * Reranking: how well the similarity of vectors orders the candidates of each query. Candidates are embedded in the role
 * of documents, queries in that of queries. Source: mteb 2.26 `AbsTaskRetrieval` with `top_ranked`, `MindSmallReranking`.
 */
export const rerankingProtocol: Protocol<RerankingTask, RerankingRows> = Object.freeze({
  async read(task, subset, split, dataset) {
    const { candidates, ...rows } = await readRankingRows(task, subset, split, dataset);
    if (candidates === undefined) {
      const config = subset === "default" ? "top_ranked" : `${subset}-top_ranked`;
      throw new InputError(
        `task ${task.name}: data set ${dataset.id} has no config "${config}" with each query's candidates; its configs ` +
          `are ${dataset.configs.join(", ")}; without candidates the task would be one of retrieval`,
      );
    }
    return { ...rows, candidates };
  },

  evaluate: (task, rows, context) => evaluateCandidates(task, rows, context),
} satisfies Protocol<RerankingTask, RerankingRows>);
