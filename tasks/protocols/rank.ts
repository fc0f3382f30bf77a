import type { ProtocolContext, RankingTask, SparseContext, TokenContext, VectorContext } from "../task.ts";
import { rankByFusion } from "./rank-by-fusion.ts";
import { rankByPairs } from "./rank-by-pairs.ts";
import { sparseWays } from "./rank-by-sparse.ts";
import { tokenWays } from "./rank-by-tokens.ts";
import { vectorWays } from "./rank-by-vectors.ts";
import { rankByWords } from "./rank-by-words.ts";
import {
  type ListHits,
  listAsFound,
  listAsHeap,
  listRanked,
  rankHits,
  type UseHits,
  withoutExcluded,
} from "./ranked.ts";
import { type RankingWays, rankInWays } from "./ranking-ways.ts";
import type { RankingRows } from "./retrieval-rows.ts";

/**
 * Ranks each query's candidates, or, where there are none, the corpus, of which the best 1,000 documents count. Calls
 * `use` with the hits of one query after the other, queries and hits in any order. Documents that are left out for a query
 * are in no ranking, be it a first stage's, one of several that are fused, or one that is kept: in the reference they are
 * no candidates.
 */
export const rank = (task: RankingTask, rows: RankingRows, context: ProtocolContext, use: UseHits): Promise<void> =>
  rankAll(task, rows, context, useCounted(rows, use));

/** Returns a `use` for what is found in the whole corpus, which leaves out what is left out for a query. */
export function useCounted({ excluded, corpus }: RankingRows, use: UseHits): UseHits {
  if (excluded === undefined) return use;
  return (query, hits) => use(query, withoutExcluded(rankHits(hits, corpus.ids), excluded.get(query)));
}

/** Contexts of models whose score of a document depends on no other document. */
type ApartContext = VectorContext | SparseContext | TokenContext;

/** Tells whether a model scores each document for itself: parts of a corpus can then be searched apart. */
export const scoresApart = (context: ProtocolContext): context is ApartContext =>
  context.kind === "vectors" || context.kind === "sparse" || context.kind === "late-interaction";

/** Returns how the reference lists what a model finds. Of ids that come again, hits are found as they lie in the heap. */
export function listingOf({ repeats }: RankingRows, { kind }: ProtocolContext): ListHits {
  if (kind === "hybrid") return listRanked;
  return repeats === undefined && kind !== "lexical" && kind !== "cross-encoder" ? listAsHeap : listAsFound;
}

/** Returns how such a model ranks. */
export function waysOf(task: RankingTask, rows: RankingRows, context: ApartContext): RankingWays {
  switch (context.kind) {
    case "vectors":
      return vectorWays(task, rows, context);
    case "sparse":
      return sparseWays(task, rows, context);
    case "late-interaction":
      return tokenWays(task, rows, context);
    default:
      return context satisfies never;
  }
}

async function rankAll(task: RankingTask, rows: RankingRows, context: ProtocolContext, use: UseHits): Promise<void> {
  switch (context.kind) {
    case "vectors":
    case "sparse":
    case "late-interaction":
      return rankInWays(task, rows, waysOf(task, rows, context), use);
    case "lexical":
      return rankByWords(rows, context, use);
    case "cross-encoder":
      return rankByPairs(task, rows, context, use);
    case "hybrid":
      return rankByFusion(task, rows, context, rank, use);
    default:
      return context satisfies never;
  }
}
