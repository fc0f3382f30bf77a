import { InputError } from "../../datasets/errors.ts";
import { compareIds } from "../metrics/ranking.ts";
import type { Hits } from "../search/exact.ts";
import type { FoundHits, ProtocolContext, RankingTask, Sharding } from "../task.ts";
import { scoresApart, useCounted, waysOf } from "./rank.ts";
import type { UseHits } from "./ranked.ts";
import { requireAll, searchedHits } from "./ranking-ways.ts";
import type { RankingRows } from "./retrieval-rows.ts";

/** Most hits of a shard: 256 MiB, which a store takes as one object. */
const mostHits = 2 ** 25;

type RankingShards = Sharding<RankingTask, RankingRows>;

/**
 * Lists the borders of pieces of the corpus. There are none where candidates are ranked, where ids come again, which the
 * reference ranks by pieces of its own, where a model scores a corpus as a whole, and where the queries are too many.
 */
export const bordersOf: RankingShards["borders"] = (task, rows, context) => {
  const isWhole = rows.candidates !== undefined || rows.repeats !== undefined || !scoresApart(context);
  if (isWhole || rows.queries.ids.length * searchedHits(rows) > mostHits) return undefined;
  return [...waysOf(task, rows, context).borders()];
};

/** @throws InputError as `scoresApart` has it, for a model that scores a corpus as a whole */
export async function openShardSearch(
  task: RankingTask,
  rows: RankingRows,
  context: ProtocolContext,
): ReturnType<RankingShards["openSearch"]> {
  if (!scoresApart(context))
    throw new InputError(`task ${task.name}: ${context.kind} models search a corpus as a whole`);
  const search = await waysOf(task, rows, context).openSearch();
  return async (start, end) => {
    const found: Hits[] = rows.queries.ids.map(() => ({ rows: new Int32Array(), scores: new Float32Array() }));
    await search({ start, end }, searchedHits(rows), (query, hits) => {
      found[query] = hits;
    });
    return joined(found);
  };
}

function joined(found: readonly Hits[]): FoundHits {
  const counts = Int32Array.from(found, ({ rows }) => rows.length);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const all = { counts, rows: new Int32Array(total), scores: new Float32Array(total) };
  let start = 0;
  for (const { rows, scores } of found) {
    all.rows.set(rows, start);
    all.scores.set(scores, start);
    start += rows.length;
  }
  return all;
}

/**
 * Calls `use` with each query's best documents of all shards, best first, as `rank` does with those of the whole corpus: the
 * best of a corpus are among the best of its shards.
 */
export async function rankShards(
  task: RankingTask,
  rows: RankingRows,
  shards: AsyncIterable<FoundHits>,
  use: UseHits,
): Promise<void> {
  const { corpus, queries } = rows;
  const most = searchedHits(rows);
  let best: Hits[] | undefined;
  for await (const { counts, ...found } of shards) {
    if (counts.length !== queries.ids.length) {
      throw new InputError(
        `task ${task.name}: a shard has hits of ${counts.length} queries, and ${queries.ids.length} are asked; empty the store`,
      );
    }
    let start = 0;
    best = Array.from(counts, (count, query) => {
      const own = { rows: found.rows.slice(start, start + count), scores: found.scores.slice(start, start + count) };
      start += count;
      const before = best?.[query];
      return before === undefined ? own : bestOf(before, own, most, corpus.ids);
    });
  }
  const take = requireAll(task, rows, most, corpus.ids.length, useCounted(rows, use));
  best?.forEach((hits, query) => {
    take(query, hits);
  });
}

/** Returns the best of two lists of hits, which are ranked, at most so many, ranked (`rankByScore`). */
function bestOf(some: Hits, others: Hits, most: number, ids: readonly string[]): Hits {
  const count = Math.min(most, some.rows.length + others.rows.length);
  const best = { rows: new Int32Array(count), scores: new Float32Array(count) };
  for (let [place, i, j] = [0, 0, 0]; place < count; place++) {
    const [a, b] = [some.scores[i], others.scores[j]];
    const isFirst =
      j === others.rows.length ||
      (i < some.rows.length && (a > b || (a === b && compareIds(ids[some.rows[i]], ids[others.rows[j]]) > 0)));
    best.rows[place] = isFirst ? some.rows[i] : others.rows[j];
    best.scores[place] = isFirst ? a : b;
    if (isFirst) i++;
    else j++;
  }
  return best;
}
