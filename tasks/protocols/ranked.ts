import { InputError } from "../../datasets/errors.ts";
import { compareIds, rankByScore } from "../metrics/ranking.ts";
import { cutoffs, type RankedQuery, type RankingMeasures, rankedDocuments } from "../metrics/retrieval.ts";
import type { MeanSamples } from "../samples.ts";
import type { HitScores, Hits } from "../search/exact.ts";
import { placesInHeap } from "../search/reference-heap.ts";
import type { RankingTask } from "../task.ts";
import { beginningOf } from "./embedding.ts";
import { relevantOf } from "./judgements.ts";
import type { RankingRows } from "./retrieval-rows.ts";

/** Returns scores of the same precision, all 0. */
export const alike = (scores: HitScores, length: number): HitScores =>
  scores instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);

/** Selects hits by place. Called millions of times: typed arrays' own `from` and `map` take several times as long. */
function pick(hits: Hits, places: Uint32Array): Hits {
  const rows = new Int32Array(places.length);
  const scores = alike(hits.scores, places.length);
  for (let i = 0; i < places.length; i++) {
    rows[i] = hits.rows[places[i]];
    scores[i] = hits.scores[places[i]];
  }
  return { rows, scores };
}

const { fround } = Math;

/** Takes a query's hits. */
export type UseHits = (query: number, hits: Hits) => void;

/** Tells whether hits are in the order of `rankByScore`; compares ids only where two scores are equal. */
function isRanked({ rows, scores }: Hits, ids: readonly string[]): boolean {
  for (let i = 1; i < rows.length; i++) {
    const [before, own] = [fround(scores[i - 1]), fround(scores[i])];
    if (before > own) continue;
    if (before !== own || compareIds(ids[rows[i - 1]], ids[rows[i]]) < 0) return false;
  }
  return true;
}

/** How the reference lists a query's hits in its table, of those that were found and the same sorted. */
export type ListHits = (found: Hits, ranked: Hits) => Hits;

/** As they were found. */
export const listAsFound: ListHits = (found) => found;

/** Best first. */
export const listRanked: ListHits = (_found, ranked) => ranked;

/** As they lie in a heap. */
export const listAsHeap: ListHits = (_found, ranked) => pick(ranked, placesInHeap(ranked.rows.length));

/** Sorts hits, best first; returns the same object if they are sorted. */
export function rankHits(hits: Hits, ids: readonly string[]): Hits {
  if (isRanked(hits, ids)) return hits;
  return pick(
    hits,
    rankByScore(hits.scores, (place) => ids[hits.rows[place]]),
  );
}

/**
 * Sorts hits in the order of `rankHits` by their float64 scores, equal ones by id; returns the same object if they are
 * sorted, as those of float32 scores are.
 */
export function rankExactly(ranked: Hits, ids: readonly string[]): Hits {
  const { rows, scores } = ranked;
  if (scores instanceof Float32Array) return ranked;
  const order = Uint32Array.from(rows.keys());
  const compare = (a: number, b: number): number => scores[b] - scores[a] || compareIds(ids[rows[b]], ids[rows[a]]);
  let start = 0;
  for (let i = 1; i <= order.length; i++) {
    if (i < order.length && fround(scores[i]) === fround(scores[start])) continue;
    if (i - start > 1) order.subarray(start, i).sort(compare);
    start = i;
  }
  return order.every((place, i) => place === i) ? ranked : pick(ranked, order);
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

/**
 * Adds the judgements of one query to ranked hits.
 * @param listed the same hits in the order of the reference's table
 */
export function judge(ranked: Hits, { judgements, corpus }: RankingRows, query: number, listed?: Hits): RankedQuery {
  const relevant = relevantOf(judgements, query);
  const gainsOf = ({ rows }: Hits): Int32Array => {
    const gains = new Int32Array(rows.length);
    for (let i = 0; i < gains.length; i++) gains[i] = relevant.get(rows[i]) ?? 0;
    return gains;
  };
  const exact = rankExactly(ranked, corpus.ids);
  const gains = gainsOf(ranked);
  return {
    scores: exact.scores,
    ...(listed && { listed: listed.scores }),
    gains,
    exactGains: exact === ranked ? gains : gainsOf(exact),
    relevant: Int32Array.from(relevant.values()),
  };
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
