import type { Texts } from "../../datasets/columns.ts";
import { cutCorpus, type Drawing, drawSearched, drawUnits, type Limited, type Share, valuesAt } from "../limit.ts";
import type { RankingTask } from "../task.ts";
import { levelMarks, pairOf, variantsOf } from "./further-scores.ts";
import type { RankingRows } from "./retrieval-rows.ts";
import { stemOf } from "./subqueries.ts";

/** Returns what names the unit that a query is part of: what some scores compare is drawn together. */
function unitOf(task: RankingTask, id: string): string {
  if (task.type === "Reranking" && task.settings.mergeSubqueries) return stemOf(id);
  switch (task.settings.furtherScores) {
    case "p-MRR":
      return pairOf(id);
    case "robustness_at_10":
      return variantsOf(id);
    case "level_scores":
      return levelMarks.reduce((name, mark) => name.replace(mark, ""), id);
    default:
      return id;
  }
}

/** Draws the rows of the queries that are kept. */
function drawQueries(
  task: RankingTask,
  ids: readonly string[],
  most: number,
  seed: number | undefined,
): { share: Share; rows: number[] } {
  const numbers = new Map<string, number>();
  const unit = ids.map((id) => {
    const name = unitOf(task, id);
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  });
  const kept = new Set(drawUnits(numbers.size, most, seed));
  return {
    share: { units: kept.size, of: numbers.size },
    rows: [...ids.keys()].filter((row) => kept.has(unit[row])),
  };
}

/** Returns the new place of each old one among those that are kept; −1 for the others. */
function placesOf(kept: ArrayLike<number>, of: number): Int32Array {
  const places = new Int32Array(of).fill(-1);
  for (let place = 0; place < kept.length; place++) places[kept[place]] = place;
  return places;
}

/** Returns what is left out for each query by new numbers, those of queries and documents that are gone left out. */
const excludedOf = (
  excluded: NonNullable<RankingRows["excluded"]>,
  queryOf = (query: number): number => query,
  documentOf = (document: number): number => document,
): NonNullable<RankingRows["excluded"]> =>
  new Map(
    [...excluded]
      .map(
        ([query, documents]) =>
          [queryOf(query), new Set([...documents].map(documentOf).filter((to) => to >= 0))] as const,
      )
      .filter(([query]) => query >= 0),
  );

/** Leaves queries, with their judgements and candidates; documents keep their numbers. */
function withQueries(rows: RankingRows, kept: readonly number[]): RankingRows {
  const { queries, judgements, candidates, excluded, repeats } = rows;
  const { starts, documents, scores } = judgements;
  const places = placesOf(kept, queries.ids.length);
  const own = kept.flatMap((query) =>
    Array.from({ length: starts[query + 1] - starts[query] }, (_, i) => starts[query] + i),
  );
  const newStarts = new Int32Array(kept.length + 1);
  kept.forEach((query, place) => {
    newStarts[place + 1] = newStarts[place] + starts[query + 1] - starts[query];
  });
  return {
    ...rows,
    queries: { ids: valuesAt(queries.ids, kept), texts: valuesAt(queries.texts, kept) },
    judgements: {
      starts: newStarts,
      documents: Int32Array.from(own, (i) => documents[i]),
      scores: Int32Array.from(own, (i) => scores[i]),
    },
    candidates: candidates && valuesAt(candidates, kept),
    ...(excluded && { excluded: excludedOf(excluded, (query) => places[query]) }),
    ...(repeats && {
      repeats: { ...repeats, queries: Int32Array.from(kept, (query) => places[repeats.queries[query]]) },
    }),
  };
}

const textsAt = (texts: Texts, rows: Int32Array): Texts => ({
  length: rows.length,
  at: (place) => {
    const row = rows.at(place);
    return row === undefined ? undefined : texts.at(row);
  },
});

/** Leaves documents, ascending; judged ones outside the corpus have the numbers beyond it again. */
function withDocuments(rows: RankingRows, kept: Int32Array): RankingRows {
  const { corpus, excluded, judgements, repeats } = rows;
  const count = corpus.ids.length;
  const places = placesOf(kept, count);
  const numberOf = (document: number): number => (document < count ? places[document] : document - count + kept.length);
  return {
    ...rows,
    corpus: {
      ids: valuesAt(corpus.ids, kept),
      titles: corpus.titles && textsAt(corpus.titles, kept),
      texts: textsAt(corpus.texts, kept),
    },
    judgements: { ...judgements, documents: judgements.documents.map(numberOf) },
    ...(excluded && { excluded: excludedOf(excluded, undefined, (document) => places[document]) }),
    ...(repeats && { repeats: { ...repeats, documents: kept.map((document) => places[repeats.documents[document]]) } }),
  };
}

/** Draws the documents of a corpus that are searched: with a document that is judged, or drawn, all rows of its id. */
function drawDocuments({ corpus, judgements, repeats }: RankingRows, most: number): Int32Array {
  const count = corpus.ids.length;
  const drawn = drawSearched(count, new Set(judgements.documents.filter((document) => document < count)), most);
  if (repeats === undefined || drawn.length === count) return drawn;
  const known = new Set(drawn.map((document) => repeats.documents[document]));
  return Int32Array.from(repeats.documents.keys()).filter((document) => known.has(repeats.documents[document]));
}

/**
 * Leaves drawn queries with their judgements and candidates. Candidates are looked up in the whole corpus. Where a corpus
 * is searched that is much larger than the queries are many, the documents that are judged for them stay, and some drawn
 * others, among which relevant ones are found more easily.
 * @param how With `searchesAll` the whole corpus is searched for the queries that are left, so that each has the documents
 *   that it has without a limit: by a first stage, or because it was asked for.
 */
export function limitRanking(
  task: RankingTask,
  rows: RankingRows,
  most: number,
  { seed, searchesAll = false }: Drawing = {},
): Limited<RankingRows> {
  const drawn = drawQueries(task, rows.queries.ids, most, seed);
  const { share } = drawn;
  const asked = share.units === share.of ? rows : withQueries(rows, drawn.rows);
  if (asked.candidates !== undefined || searchesAll) return { rows: asked, share };
  const count = rows.corpus.ids.length;
  const documents = drawDocuments(asked, most);
  const searched = [documents.length, count] as const;
  if (documents.length === count) return { rows: asked, share: { ...share, searched } };
  return { rows: withDocuments(asked, documents), share: { ...share, searched, differs: cutCorpus } };
}
