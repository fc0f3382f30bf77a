import type { Predictions } from "../../tasks/task.ts";
import type { ReadableUnit, Units } from "../../tasks/units.ts";

/** A document of a query's ranking. */
export interface RankedDocument {
  readonly id: string;
  /** From 1; undefined for one that is not in the ranking. */
  readonly rank: number | undefined;
  readonly isRelevant: boolean;
  readonly text: string;
}

/** Where a query's relevant documents stand, and what stands first. */
export interface Ranked {
  readonly relevant: readonly RankedDocument[];
  readonly first: readonly RankedDocument[];
}

/** Most documents of either kind that are shown. */
const mostShown = 3;

/** Returns what a ranking makes of a query; undefined where it has none of it. */
export function rankedFor(
  query: string,
  unit: ReadableUnit | undefined,
  { rankings }: Predictions,
  units: Units,
): Ranked | undefined {
  const scores = rankings.get(query);
  if (scores === undefined) return undefined;
  const ids = [...scores].sort(([, a], [, b]) => b - a).map(([id]) => id);
  const relevant = new Set(unit?.relevant ?? []);
  const shown = (id: string): RankedDocument => {
    const place = ids.indexOf(id);
    return {
      ...{ id, isRelevant: relevant.has(id), text: units.document?.(id) ?? "" },
      rank: place < 0 ? undefined : place + 1,
    };
  };
  return {
    relevant: [...relevant].slice(0, mostShown).map(shown),
    first: ids.slice(0, mostShown).map(shown),
  };
}

/** A document that stands among the first of many queries that it is not relevant to. */
export interface Hub {
  readonly id: string;
  readonly text: string;
  /** Queries among whose first ten it stands, and all queries. */
  readonly queries: number;
  readonly of: number;
}

/** Places of a ranking that count. */
const firstPlaces = 10;
/** Share of the queries from which a document counts as near everything. */
const hubShare = 0.1;
/** How much more often than a document by chance it stands there. */
const hubTimes = 5;
/** Fewest queries that say so. */
const fewestQueries = 20;

/**
 * Finds the documents that are near everything: among the first ten of a tenth of the queries, and five times as often as by
 * chance, relevant to none of these.
 */
export function hubsIn(
  { rankings }: Predictions,
  units: Units,
  queries: readonly { readonly name: string; readonly relevant: readonly string[] }[],
): readonly Hub[] {
  if (queries.length < fewestQueries) return [];
  const counts = new Map<string, number>();
  const ranked = new Set<string>();
  for (const { name, relevant } of queries) {
    const scores = rankings.get(name) ?? new Map<string, number>();
    for (const id of scores.keys()) ranked.add(id);
    const first = [...scores].sort(([, a], [, b]) => b - a).slice(0, firstPlaces);
    for (const [id] of first) if (!relevant.includes(id)) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const least = queries.length * Math.max(hubShare, (hubTimes * firstPlaces) / ranked.size);
  return [...counts]
    .filter(([, times]) => times >= least)
    .sort(([, a], [, b]) => b - a)
    .map(([id, times]) => ({ id, text: units.document?.(id) ?? "", queries: times, of: queries.length }));
}
