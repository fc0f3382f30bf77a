import { openRankingMeasures, type RankingScores } from "../metrics/retrieval.ts";
import type { MeanSamples } from "../samples.ts";
import type { Hits } from "../search/exact.ts";
import { alike, judge, querySamples, rankHits } from "./ranked.ts";
import type { RankingRows } from "./retrieval-rows.ts";

/** Returns the stem of a sub-query's id, as `7` of `7_0`: all before its last underscore, empty if it has none. */
export function stemOf(id: string): string {
  return id.slice(0, Math.max(id.lastIndexOf("_"), 0));
}

/** Merges two queries' hits, those of the first before others; each document keeps its better score. */
export function mergeHits(a: Hits, b: Hits): Hits {
  const best = new Map<number, number>();
  for (const { rows, scores } of [a, b]) {
    rows.forEach((row, i) => {
      best.set(row, Math.max(scores[i], best.get(row) ?? -Infinity));
    });
  }
  const scores = alike(a.scores, best.size);
  scores.set([...best.values()]);
  return { rows: Int32Array.from(best.keys()), scores };
}

export interface Subqueries {
  /** Takes a query's hits in the order of the reference's table. */
  add(query: number, hits: Hits): void;
  /** The measures over the merged queries, each named `max_over_subqueries_…`. */
  means(): MergedScores;
}

/** Measures over merged queries, and the samples of each. */
export interface MergedScores extends RankingScores {
  /** Returns samples named by the stems of the queries' ids; none for a score that is not a mean over merged queries. */
  samplesOf(measure: string): { readonly samples?: MeanSamples };
}

const prefix = "max_over_subqueries_";
const prefixed = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [`${prefix}${name}`, value]));

/**
 * Merges sub-queries into the queries that they are parts of, and measures these: a document's score is its best of all
 * parts, and the judgements are those of the last part, as all have the same. Source: mteb 2.26 `max_over_subqueries`.
 */
export function openSubqueries(rows: RankingRows, ranks: readonly number[]): Subqueries {
  const merged = new Map<string, { readonly hits: Hits; readonly query: number }>();
  return {
    add(query, hits) {
      const stem = stemOf(rows.queries.ids[query]);
      const known = merged.get(stem);
      merged.set(stem, { hits: known === undefined ? hits : mergeHits(known.hits, hits), query });
    },
    means() {
      const measures = openRankingMeasures(merged.size, ranks);
      for (const { hits, query } of merged.values()) {
        measures.add(judge(rankHits(hits, rows.corpus.ids), rows, query, hits));
      }
      const { scores, undefinedScores } = measures.means();
      return {
        scores: prefixed(scores),
        undefinedScores: prefixed(undefinedScores),
        samplesOf(measure) {
          if (!measure.startsWith(prefix)) return {};
          const { samples } = querySamples(measures, measure.slice(prefix.length), [...merged.keys()]);
          return samples === undefined ? {} : { samples: { ...samples, measure } };
        },
      };
    },
  };
}
