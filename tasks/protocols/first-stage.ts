import { InputError } from "../../datasets/errors.ts";
import { shown } from "../../datasets/shown.ts";
import type { FirstStage, Predictions, ProtocolContext, RankingTask } from "../task.ts";
import type { Rank } from "./rank-by-fusion.ts";
import { rankExactly, rankHits } from "./ranked.ts";
import type { RankingRows } from "./retrieval-rows.ts";

/**
 * Gives the queries their candidates: the best documents of the first stage. A task that names candidates keeps its own.
 * Source: mteb 2.26 `AbsTaskRetrieval.convert_to_reranking`.
 * @throws InputError where the predictions are not those of the task's data
 */
export async function withCandidates(
  task: RankingTask,
  rows: RankingRows,
  { topK, source }: FirstStage,
  rank: Rank,
): Promise<RankingRows> {
  if (rows.candidates !== undefined) return rows;
  const best =
    source.kind === "predictions"
      ? bestPredicted(task, rows, source, topK)
      : await bestRanked(task, rows, source.context, topK, rank);
  const { repeats, queries } = rows;
  return { ...rows, candidates: queries.ids.map((_, row) => best[repeats?.queries[row] ?? row]) };
}

async function bestRanked(
  task: RankingTask,
  rows: RankingRows,
  context: ProtocolContext,
  topK: number,
  rank: Rank,
): Promise<readonly Int32Array[]> {
  const best: Int32Array[] = rows.queries.ids.map(() => new Int32Array());
  await rank(task, rows, context, (query, hits) => {
    best[query] = rankExactly(rankHits(hits, rows.corpus.ids), rows.corpus.ids).rows.slice(0, topK);
  });
  return best;
}

/** Sorts each query's documents by their scores; equal ones stay in the order of the file, as in the reference. */
function bestPredicted(
  task: RankingTask,
  { queries, corpus }: RankingRows,
  { rankings, file }: Predictions,
  topK: number,
): readonly Int32Array[] {
  const fault = (what: string): InputError =>
    new InputError(
      `task ${task.name}: first stage ${file}: ${what}; expected predictions for this data set, revision, subset and split`,
    );
  const missing = queries.ids.filter((id) => !rankings.has(id));
  if (missing.length > 0) {
    throw fault(`it lacks ${missing.length} of ${queries.ids.length} queries, such as ${shown(missing[0])}`);
  }
  const rowOf = new Map(corpus.ids.map((id, row) => [id, row]));
  return queries.ids.map((query) => {
    const scored = [...(rankings.get(query) ?? [])].sort(([, a], [, b]) => b - a).slice(0, topK);
    const rows = scored.map(([id]) => {
      const row = rowOf.get(id);
      if (row !== undefined) return row;
      throw fault(`query ${shown(query)} has the document ${shown(id)}, which is not in the corpus`);
    });
    return Int32Array.from(rows);
  });
}
