import { InputError } from "../../datasets/errors.ts";
import { compareIds, rankByScore } from "../metrics/ranking.ts";
import { cutoffs, type RankedQuery, type RankingMeasures, rankedDocuments } from "../metrics/retrieval.ts";
import type { MeanSamples } from "../samples.ts";
import type { Hits } from "../search/exact.ts";
import type { RankingTask } from "../task.ts";
import { beginningOf } from "./embedding.ts";
import { relevantOf } from "./judgements.ts";
import type { RankingRows } from "./retrieval-rows.ts";

/** Selects hits by place. Called millions of times: typed arrays' own `from` and `map` take several times as long. */
function pick(hits: Hits, places: Uint32Array): Hits {
  const rows = new Int32Array(places.length);
  const scores = new Float32Array(places.length);
  for (let i = 0; i < places.length; i++) {
    rows[i] = hits.rows[places[i]];
    scores[i] = hits.scores[places[i]];
  }
  return { rows, scores };
}

/** Takes a query's hits. */
export type UseHits = (query: number, hits: Hits) => void;

/** Tells whether hits are in the order of `rankByScore`; compares ids only where two scores are equal. */
function isRanked({ rows, scores }: Hits, ids: readonly string[]): boolean {
  for (let i = 1; i < rows.length; i++) {
    if (scores[i - 1] > scores[i]) continue;
    if (scores[i - 1] !== scores[i] || compareIds(ids[rows[i - 1]], ids[rows[i]]) < 0) return false;
  }
  return true;
}

/** Sorts hits, best first; returns the same object if they are sorted. */
export function rankHits(hits: Hits, ids: readonly string[]): Hits {
  if (isRanked(hits, ids)) return hits;
  return pick(
    hits,
    rankByScore(hits.scores, (place) => ids[hits.rows[place]]),
  );
}

/** Removes the document with this id from hits; returns the same object if there is none. */
export function withoutId(hits: Hits, ids: readonly string[], id: string): Hits {
  const own = hits.rows.findIndex((row) => ids[row] === id);
  if (own < 0) return hits;
  const others = Uint32Array.from(hits.rows.keys()).filter((place) => place !== own);
  return pick(hits, others);
}

/** Removes documents that are left out for a query from ranked hits, of which the best 1,000 stay. */
export function withoutExcluded(hits: Hits, excluded: ReadonlySet<number> | undefined): Hits {
  if (excluded === undefined && hits.rows.length <= rankedDocuments) return hits;
  const kept = Uint32Array.from(hits.rows.keys()).filter((place) => !excluded?.has(hits.rows[place]));
  return pick(hits, kept.subarray(0, rankedDocuments));
}

/** Returns the ranks at which a task's measures are taken, ascending. */
export const ranksOf = ({ settings: { furtherRanks = [] } }: RankingTask): readonly number[] =>
  [...new Set([...cutoffs, ...furtherRanks])].sort((a, b) => a - b);

/** Adds the judgements of one query to ranked hits. */
export function judge({ rows, scores }: Hits, { judgements }: RankingRows, query: number): RankedQuery {
  const relevant = relevantOf(judgements, query);
  const gains = new Int32Array(rows.length);
  for (let i = 0; i < gains.length; i++) gains[i] = relevant.get(rows[i]) ?? 0;
  return { scores, gains, relevant: Int32Array.from(relevant.values()) };
}

/** Samples of a measure that is a mean over queries, if it is one; `ids` in the order in which they were measured. */
export function querySamples(
  measures: RankingMeasures,
  measure: string,
  ids: readonly string[],
): { readonly samples?: MeanSamples } {
  const values = measures.valuesOf(measure);
  return values === undefined ? {} : { samples: { kind: "mean", measure, ids, values } };
}

/** The error for a query whose scores are not numbers, although the vectors are finite. */
export function overflowError(task: string, query: string): InputError {
  return new InputError(
    `task ${task}: scores of the query ${beginningOf(query)} are beyond the range of float32; expected vectors of moderate ` +
      "size; check the model's files and its similarity",
  );
}
