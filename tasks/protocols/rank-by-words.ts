import { compareIds, kthLargest, rankByScore } from "../metrics/ranking.ts";
import { rankedDocuments } from "../metrics/retrieval.ts";
import type { Hits } from "../search/exact.ts";
import type { LexicalContext } from "../task.ts";
import { type UseHits, withoutId } from "./ranked.ts";
import type { Corpus, RankingRows, RankingTask } from "./retrieval-rows.ts";

/** Documents as a lexical model reads them: title, line break, text. Source: mteb 2.26 `BM25Search.index`. */
function* linesOf({ titles, texts }: Corpus): Generator<string> {
  for (let row = 0; row < texts.length; row++) yield `${titles?.at(row) ?? ""}\n${texts.at(row)}`;
}

/** Numbers of the documents, the greatest id first. */
function byIdDescending(ids: readonly string[]): Uint32Array {
  return Uint32Array.from(ids.keys()).sort((a, b) => compareIds(ids[b], ids[a]));
}

/**
 * The k best documents, best first; of those that tie at the last place, the ones with the greatest ids. Made for many
 * ties: most documents share no word with a query.
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
 * Indexes the corpus, then calls `use` with each query's best 1,000 documents (fewer where there are fewer, or where the
 * query's own id has to go), best first, or with those of them that are candidates. Documents that score 0 are among them.
 * Source: mteb 2.26 `BM25Search.search`.
 */
export async function rankByWords(
  task: RankingTask,
  { corpus, queries, candidates }: RankingRows,
  { index, announce }: LexicalContext,
  use: UseHits,
): Promise<void> {
  announce(corpus.ids.length + queries.ids.length);
  const score = await index(linesOf(corpus));
  const descending = byIdDescending(corpus.ids);
  const k = Math.min(rankedDocuments, corpus.ids.length);
  for (const [query, text] of queries.texts.entries()) {
    const hits = bestDocuments(await score(text), k, corpus.ids, descending);
    const { ignoreIdenticalIds } = task.settings;
    const others = ignoreIdenticalIds ? withoutId(hits, corpus.ids, queries.ids[query]) : hits;
    use(query, candidates === undefined ? others : amongCandidates(others, candidates[query]));
  }
}

/**
 * The hits that are candidates, in their order. A candidate that is not among the best of the corpus is not found, as in
 * mteb's baseline.
 */
export function amongCandidates({ rows, scores }: Hits, candidates: Int32Array): Hits {
  const wanted = new Set(candidates);
  const places = Array.from(rows.keys()).filter((place) => wanted.has(rows[place]));
  return {
    rows: Int32Array.from(places, (place) => rows[place]),
    scores: Float32Array.from(places, (place) => scores[place]),
  };
}
