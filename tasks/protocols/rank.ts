import type { ProtocolContext } from "../task.ts";
import { rankByVectors } from "./rank-by-vectors.ts";
import { rankByWords } from "./rank-by-words.ts";
import type { RankingTask, UseHits } from "./ranked.ts";
import type { RankingRows } from "./retrieval-rows.ts";

/**
 * Ranks the documents for each query, whatever kind of model does it: its candidates where there are some, otherwise the
 * corpus, of which the best 1,000 count. Calls `use` with one query's hits after the other, in any order of the queries
 * and of the hits; a document with the query's own id is left out where the task says so.
 */
export function rank(task: RankingTask, rows: RankingRows, context: ProtocolContext, use: UseHits): Promise<void> {
  switch (context.kind) {
    case "vectors":
      return rankByVectors(task, rows, context, use);
    case "lexical":
      return rankByWords(task, rows, context, use);
    default:
      return context satisfies never;
  }
}
