import type { RankingTask } from "../task.ts";
import type { ReadableUnit, Units } from "../units.ts";
import { relevantOf } from "./judgements.ts";
import { type RankingRows, textOf } from "./retrieval-rows.ts";

/** Most queries that are shown of a unit that several make up. */
const mostQueries = 3;

/**
 * Describes queries. A unit has the id of its query, or, where several queries make up one, what their ids begin with; their
 * relevant documents are then those of the first.
 */
export function describeRanking(_task: RankingTask, rows: RankingRows): Units {
  const { queries, corpus } = rows;
  const places = new Map<string, number>();
  queries.ids.forEach((id, query) => {
    if (!places.has(id)) places.set(id, query);
  });
  const documents = new Map(corpus.ids.map((id, row) => [id, row]));
  const queriesOf = (name: string): readonly number[] => {
    const own = places.get(name);
    if (own !== undefined) return [own];
    return queries.ids.flatMap((id, query) => (id.startsWith(name) ? [query] : [])).slice(0, mostQueries);
  };
  const unitOf = (found: readonly number[]): ReadableUnit => ({
    texts: Object.fromEntries(
      found.map((query, i) => [found.length === 1 ? "query" : `query ${i + 1}`, queries.texts[query]]),
    ),
    relevant: relevantIds(rows, found[0]),
  });
  return {
    at: (_place, name = "") => {
      const found = queriesOf(name);
      return found.length === 0 ? undefined : unitOf(found);
    },
    document: (id) => {
      const row = documents.get(id);
      return row === undefined ? undefined : textOf(corpus, row);
    },
  };
}

/** Lists the ids of a query's relevant documents, the most relevant first. */
function relevantIds({ corpus, judgements, unknownDocuments }: RankingRows, query: number): readonly string[] {
  const idOf = (number: number): string => corpus.ids[number] ?? unknownDocuments[number - corpus.ids.length];
  return [...relevantOf(judgements, query)].sort(([, a], [, b]) => b - a).map(([document]) => idOf(document));
}
