/** Judgements by query and document, all in three flat lists: there may be millions. */
export interface Judgements {
  /** Where each query's judgements begin, and at last their number, [queries + 1]. */
  readonly starts: Int32Array;
  /** Numbers of the judged documents. */
  readonly documents: Int32Array;
  readonly scores: Int32Array;
}

/**
 * Groups judgements by query. Of several for one query and document the last counts, as in mteb, which makes a
 * dictionary of them.
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
  for (const query of queries) if (query >= 0) starts[query + 1] = starts[query + 1] + 1;
  for (let query = 0; query < queryCount; query++) {
    starts[query + 1] = starts[query + 1] + starts[query];
  }
  const next = starts.slice();
  const order = new Int32Array(starts[queryCount]);
  queries.forEach((query, i) => {
    if (query < 0) return;
    const place = next[query];
    order[place] = i;
    next[query] = place + 1;
  });
  return {
    starts,
    documents: order.map((i) => documents[i]),
    scores: order.map((i) => scores[i]),
  };
}

/** The query's positive judgements by document; a document's last judgement counts. */
export function relevantOf({ starts, documents, scores }: Judgements, query: number): ReadonlyMap<number, number> {
  const relevant = new Map<number, number>();
  const end = starts[query + 1];
  for (let i = starts[query]; i < end; i++) relevant.set(documents[i], scores[i]);
  for (const [document, score] of relevant) if (score <= 0) relevant.delete(document);
  return relevant;
}
