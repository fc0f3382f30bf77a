import { compareIds } from "../metrics/ranking.ts";
import type { Hits } from "./exact.ts";

/**
 * Returns the places of hits, best first, in the order in which they lie in the reference's heap when they were entered so:
 * each goes to the front, and those on its way move back. Hits that tie may change places, which changes no score of the
 * list. Source: CPython `heapq.heappush`.
 */
export function placesInHeap(count: number): Uint32Array {
  const list = new Uint32Array(count);
  for (let entered = 0; entered < count; entered++) {
    let place = entered;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      list[place] = list[parent];
      place = parent;
    }
    list[0] = entered;
  }
  return list;
}

/** Scores of documents by id, of which the best are kept; an id may come several times. */
export interface ReferenceHeap {
  /** Enters hits, best first. */
  push(hits: Hits): void;
  /** Returns what the reference's table of the hits holds: each id once, by the row that stands for it. */
  hits(): Hits;
}

/**
 * Opens the heap in which the reference gathers a query's hits. It matters where an id comes again with another score: of
 * those that are kept the one counts that lies last in the heap's list, neither the best nor the latest. The list is that
 * of CPython's `heapq`, a binary heap whose first place holds the least hit by score, then by id. Source: mteb 2.26
 * `chunked_full_corpus_search`, `rerank_top_ranked_documents`, `SearchEncoderWrapper.search`.
 *
 * @param most hits that are kept, each repeated id counted
 * @param standsFor row by which each document's id is known
 */
export function openReferenceHeap(most: number, ids: readonly string[], standsFor: Int32Array): ReferenceHeap {
  const rows: number[] = [];
  const scores: number[] = [];
  const isLess = (score: number, row: number, place: number): boolean =>
    score < scores[place] || (score === scores[place] && compareIds(ids[row], ids[rows[place]]) < 0);
  const put = (place: number, row: number, score: number): void => {
    rows[place] = row;
    scores[place] = score;
  };
  /** Puts a hit at a place or, past greater ones, nearer to the front. */
  const rise = (from: number, row: number, score: number): void => {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isLess(score, row, parent)) break;
      put(place, rows[parent], scores[parent]);
      place = parent;
    }
    put(place, row, score);
  };
  /** Replaces the first hit: the lesser children move up to the end of the list, from where the new one rises. */
  const replaceFirst = (row: number, score: number): void => {
    let place = 0;
    let child = 1;
    while (child < rows.length) {
      const right = child + 1;
      if (right < rows.length && !isLess(scores[child], rows[child], right)) child = right;
      put(place, rows[child], scores[child]);
      place = child;
      child = 2 * place + 1;
    }
    rise(place, row, score);
  };
  const isGreaterThanFirst = (row: number, score: number): boolean =>
    score > scores[0] || (score === scores[0] && compareIds(ids[row], ids[rows[0]]) > 0);
  return {
    push(hits) {
      hits.rows.forEach((row, i) => {
        const score = hits.scores[i];
        if (rows.length < most) rise(rows.length, row, score);
        else if (isGreaterThanFirst(row, score)) replaceFirst(row, score);
      });
    },
    hits() {
      const last = new Map(rows.map((row, place) => [standsFor[row], scores[place]]));
      return { rows: Int32Array.from(last.keys()), scores: Float32Array.from(last.values()) };
    },
  };
}
