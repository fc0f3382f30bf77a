import { InputError } from "../../datasets/errors.ts";
import type { PairContext, RankingTask } from "../task.ts";
import { overflowError, type UseHits } from "./ranked.ts";
import { type RankingRows, textOf } from "./retrieval-rows.ts";

/** Pairs that are scored at once: the more, the less padding; a query's candidates stay together. */
const pairsPerCall = 2 ** 14;

/** Consecutive queries whose candidates are scored at once. */
interface Group {
  /** Rows of queries. */
  readonly rows: readonly number[];
  readonly pairs: readonly (readonly [query: string, document: string])[];
}

function* groupsOf({ corpus, queries, repeats }: RankingRows, candidates: readonly Int32Array[]): Generator<Group> {
  // Of a query that comes again the last row counts.
  const last = repeats && new Map(Array.from(repeats.queries, (query, row) => [query, row]));
  let group: { rows: number[]; pairs: [string, string][] } = { rows: [], pairs: [] };
  for (const [row, text] of queries.texts.entries()) {
    if (last !== undefined && last.get(repeats?.queries[row] ?? row) !== row) continue;
    group.rows.push(row);
    for (const document of candidates[row]) group.pairs.push([text, textOf(corpus, document)]);
    if (group.pairs.length < pairsPerCall) continue;
    yield group;
    group = { rows: [], pairs: [] };
  }
  yield group;
}

/**
 * Ranks each query's candidates, all of them, by the score of the pair; calls `use` with the hits of one query after the
 * other, unsorted. Source: mteb 2.26 `SearchCrossEncoderWrapper.search`.
 * @throws InputError where there are no candidates
 */
export async function rankByPairs(
  task: RankingTask,
  rows: RankingRows,
  { score, announce }: PairContext,
  use: UseHits,
): Promise<void> {
  if (rows.candidates === undefined) {
    throw new InputError(
      `task ${task.name}: its queries have no candidates, and a cross-encoder ranks nothing else; name a model, or a file of ` +
        "predictions, whose best documents are to be the candidates: --first-stage",
    );
  }
  // A long list may name a document twice, whose scores are equal.
  const candidates = rows.candidates.map((list) => Int32Array.from(new Set(list)));
  announce(candidates.reduce((sum, { length }) => sum + length, 0));
  for (const { rows: members, pairs } of groupsOf(rows, candidates)) {
    const scores = await score(pairs);
    let start = 0;
    for (const row of members) {
      const { length } = candidates[row];
      const own = scores.slice(start, start + length);
      start += length;
      if (own.some(Number.isNaN)) throw overflowError(task.name, rows.queries.texts[row]);
      use(rows.repeats?.queries[row] ?? row, { rows: candidates[row], scores: own });
    }
  }
}
