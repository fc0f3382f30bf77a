import { compareIds, kthLargest, rankByScore } from "../metrics/ranking.ts";
import { rankedDocuments } from "../metrics/retrieval.ts";
import type { Hits } from "../search/exact.ts";
import type { LexicalContext } from "../task.ts";
import type { UseHits } from "./ranked.ts";
import { type Corpus, type RankingRows, unlisted } from "./retrieval-rows.ts";

/** Returns documents as a lexical model reads them: title, line break, text. Source: mteb 2.26 `BM25Search.index`. */
function* linesOf({ titles, texts }: Corpus): Generator<string> {
  for (let row = 0; row < texts.length; row++) yield `${titles?.at(row) ?? ""}\n${texts.at(row)}`;
}

/** Sorts the numbers of the documents, greatest id first. */
function byIdDescending(ids: readonly string[]): Uint32Array {
  return Uint32Array.from(ids.keys()).sort((a, b) => compareIds(ids[b], ids[a]));
}

/**
 * Selects the k best documents, best first; among ties at the last place those with the greatest ids. Suits many ties, as
 * most documents share no word with a query.
 */
export function bestDocuments(scores: Float32Array, k: number, ids: readonly string[], descending: Uint32Array): Hits {
  const threshold = kthLargest(scores.slice(), k);
  const rows: number[] = [];
  for (let row = 0; row < scores.length; row++) if (scores[row] > threshold) rows.push(row);
  for (let i = 0; rows.length < k; i++) {
    const row = descending[i];
    if (scores[row] === threshold) rows.push(row);
  }
  const order = rankByScore(
    rows.map((row) => scores[row]),
    (place) => ids[rows[place]],
  );
  const ranked = Int32Array.from(order, (place) => rows[place]);
  return { rows: ranked, scores: Float32Array.from(ranked, (row) => scores[row]) };
}

/**
 * Indexes the corpus, then calls `use` with each query's best 1,000 documents, best first, or with the candidates among
 * them, if their table has the query. There are fewer if the corpus is smaller; documents that score 0 count. Where ids come again, a query's last row
 * counts and, of a document's rows that are found, the worst. Source: mteb 2.26 `BM25Search.search`.
 */
export async function rankByWords(
  { corpus, queries, candidates, repeats }: RankingRows,
  { index, announce }: LexicalContext,
  use: UseHits,
): Promise<void> {
  announce(corpus.ids.length + queries.ids.length);
  const score = await index(linesOf(corpus));
  const descending = byIdDescending(corpus.ids);
  const k = Math.min(rankedDocuments, corpus.ids.length);
  const lastRows = repeats && new Map(Array.from(repeats.queries, (query, row) => [query, row]));
  for (const [row, text] of queries.texts.entries()) {
    const query = repeats?.queries[row] ?? row;
    if (lastRows !== undefined && lastRows.get(query) !== row) continue;
    const best = bestDocuments(await score(text), k, corpus.ids, descending);
    const hits = repeats === undefined ? best : worstOfEach(best, repeats.documents);
    const own = candidates?.[query] ?? unlisted;
    use(query, own === unlisted ? hits : amongCandidates(hits, own));
  }
}

/** Leaves each document once, of hits that are ranked. */
function worstOfEach({ rows, scores }: Hits, standsFor: Int32Array): Hits {
  const worst = new Map(Array.from(rows, (row, place) => [standsFor[row], scores[place]]));
  return { rows: Int32Array.from(worst.keys()), scores: Float32Array.from(worst.values()) };
}

/** Returns the hits that are candidates, in order; mteb too loses candidates that are not among the corpus's best. */
export function amongCandidates({ rows, scores }: Hits, candidates: Int32Array): Hits {
  const wanted = new Set(candidates);
  const places = Array.from(rows.keys()).filter((place) => wanted.has(rows[place]));
  return {
    rows: Int32Array.from(places, (place) => rows[place]),
    scores: Float32Array.from(places, (place) => scores[place]),
  };
}
