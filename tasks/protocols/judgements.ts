/** Judgements by query and document in three flat lists, as there may be millions. */
export interface Judgements {
  /** Start of each query's judgements, and at last their number, [queries + 1]. */
  readonly starts: Int32Array;
  /** Numbers of the judged documents. */
  readonly documents: Int32Array;
  readonly scores: Int32Array;
}

/**
 * Groups judgements by query.
 * @param queries number of each judgement's query, below 0 for one that is left out
 * @param documents number of each judgement's document
 */
export function groupJudgements(
  queries: Int32Array,
  documents: Int32Array,
  scores: readonly number[],
  queryCount: number,
): Judgements {
  const starts = new Int32Array(queryCount + 1);
  for (const query of queries) if (query >= 0) starts[query + 1]++;
  for (let query = 0; query < queryCount; query++) starts[query + 1] += starts[query];
  const next = starts.slice();
  const order = new Int32Array(starts[queryCount]);
  queries.forEach((query, i) => {
    if (query < 0) return;
    order[next[query]] = i;
    next[query]++;
  });
  return { starts, documents: order.map((i) => documents[i]), scores: order.map((i) => scores[i]) };
}

/** Returns a query's positive judgements by document; a document's last one counts, as in mteb's dictionary of them. */
export function relevantOf({ starts, documents, scores }: Judgements, query: number): ReadonlyMap<number, number> {
  const relevant = new Map<number, number>();
  const end = starts[query + 1];
  for (let i = starts[query]; i < end; i++) relevant.set(documents[i], scores[i]);
  for (const [document, score] of relevant) if (score <= 0) relevant.delete(document);
  return relevant;
}
