import type { Hits } from "../search/exact.ts";
import { fuse } from "../search/fusion.ts";
import type { HybridContext, ProtocolContext, RankingTask } from "../task.ts";
import { bestCandidates } from "./candidates.ts";
import { overflowError, rankHits, type UseHits } from "./ranked.ts";
import type { RankingRows } from "./retrieval-rows.ts";

/** Ranks the documents for each query of rows (`tasks/protocols/retrieval.ts`). */
export type Rank = (task: RankingTask, rows: RankingRows, context: ProtocolContext, use: UseHits) => Promise<void>;

/**
 * Ranks by each of the models, one after the other, and fuses the rankings; the best 1,000 documents count, of each ranking
 * and of what is made of them. Equal scores are ranked by id, in a ranking as in the sum. Source: mteb 2.26 `HybridSearch`.
 */
export async function rankByFusion(
  task: RankingTask,
  rows: RankingRows,
  { parts, fusion }: HybridContext,
  rank: Rank,
  use: UseHits,
): Promise<void> {
  const { ids } = rows.corpus;
  const found: Hits[][] = rows.queries.ids.map(() => []);
  for (const [i, part] of parts.entries()) {
    await rank(task, rows, part, (query, hits) => {
      found[query].push(rankHits(hits, ids));
      if (i < parts.length - 1) return;
      const fused = fuse(found[query], fusion);
      found[query] = [];
      if (fused.scores.some(Number.isNaN)) throw overflowError(task.name, rows.queries.texts[query]);
      use(query, bestCandidates(fused, ids));
    });
  }
}
