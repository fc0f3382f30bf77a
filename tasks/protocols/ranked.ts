import { InputError } from "../../datasets/errors.ts";
import { rankByScore } from "../metrics/ranking.ts";
import type { RankedQuery } from "../metrics/retrieval.ts";
import type { Hits } from "../search/exact.ts";
import { beginningOf } from "./embedding.ts";
import { relevantOf } from "./judgements.ts";
import type { RankingRows } from "./retrieval-rows.ts";

/** The hits at the places, in their order. */
function pick({ rows, scores }: Hits, places: Uint32Array): Hits {
  return {
    rows: Int32Array.from(places, (place) => rows[place] as number),
    scores: Float32Array.from(places, (place) => scores[place] as number),
  };
}

/** The hits, best first. */
export function rankHits(hits: Hits, ids: readonly string[]): Hits {
  return pick(
    hits,
    rankByScore(hits.scores, (place) => ids[hits.rows[place] as number] as string),
  );
}

/** The hits in their order, but for a document with this id; the same object where there is none. */
export function withoutId(hits: Hits, ids: readonly string[], id: string): Hits {
  const own = hits.rows.findIndex((row) => ids[row] === id);
  if (own < 0) return hits;
  const others = Uint32Array.from(hits.rows.keys()).filter((place) => place !== own);
  return pick(hits, others);
}

/** Ranked hits with the judgements of one query. */
export function judge({ rows, scores }: Hits, { judgements }: RankingRows, query: number): RankedQuery {
  const relevant = relevantOf(judgements, query);
  return {
    scores,
    gains: Int32Array.from(rows, (row) => relevant.get(row) ?? 0),
    relevant: Int32Array.from(relevant.values()),
  };
}

/** What is thrown where finite vectors give a query scores that are not numbers. */
export function overflowError(task: string, query: string): InputError {
  return new InputError(
    `task ${task}: scores of the query ${beginningOf(query)} are beyond the range of float32; expected vectors of moderate ` +
      "size; check the model's files and its similarity",
  );
}
