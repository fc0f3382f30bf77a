import { shownRow } from "./examine-rows.ts";
import type { RankingMaterial } from "./material.ts";
import type { Tally } from "./tally.ts";

/** Scores of each query's documents, by ids. */
export type Ranking = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Returns the ids of a query's documents, best first. */
const orderOf = (ranking: Ranking, query: string): readonly string[] =>
  [...(ranking.get(query) ?? [])].sort(([, a], [, b]) => b - a).map(([id]) => id);

/**
 * Counts queries for which all of several models put the same document first, and this one is not judged relevant. A query
 * and its document are told with the places of the best relevant document.
 */
export function tallyPreferred(material: RankingMaterial, rankings: readonly Ranking[], out: Tally): void {
  if (rankings.length < 2) return;
  const { queries, documents, judgementsOf } = material;
  const rowOf = new Map(Array.from({ length: documents.length }, (_, row) => [documents.nameOf(row), row]));
  for (let query = 0; query < queries.length; query++) {
    const name = queries.nameOf(query);
    const orders = rankings.map((ranking) => orderOf(ranking, name));
    const [[first]] = orders;
    const row = first === undefined ? undefined : rowOf.get(first);
    if (row === undefined || orders.some(([own]) => own !== first)) continue;
    const judgements = judgementsOf(query);
    if ((judgements.get(row) ?? 0) > 0) continue;
    const relevant = new Set(
      [...judgements].flatMap(([document, score]) => (score > 0 ? [documents.nameOf(document)] : [])),
    );
    const places = orders.map((order) => order.findIndex((id) => relevant.has(id)) + 1);
    const said = judgements.has(row) ? "is judged not relevant" : "is not judged";
    const ranks = places.map((place) => (place === 0 ? "none" : String(place))).join(", ");
    out.add(
      "document-preferred",
      () => `${name} ${first}`,
      () => ({
        texts: queries.textsOf(query),
        beside: shownRow(documents, row),
        unit: name,
        evidence: `first with all ${orders.length} models, ${said}; places of the best relevant document: ${ranks}`,
      }),
    );
  }
}
