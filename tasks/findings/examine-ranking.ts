import { likenessText, shownRow } from "./examine-rows.ts";
import type { Detail } from "./items.ts";
import type { MaterialRows, RankingMaterial } from "./material.ts";
import { type Alike, alikeRows } from "./near.ts";
import { tallyStrangeTexts } from "./strange-texts.ts";
import type { Tally } from "./tally.ts";

/** Counts what comparing the texts of documents and queries shows, and judgements that it makes doubtful. */
export function examineRanking(material: RankingMaterial, out: Tally): void {
  const { queries, documents } = material;
  const start = documents.length;
  const rowsAt = (place: number): [MaterialRows, number] =>
    place < start ? [documents, place] : [queries, place - start];
  const alike = alikeRows({
    length: start + queries.length,
    textsOf: (place) => {
      const [rows, row] = rowsAt(place);
      return rows.textsOf(row);
    },
    partOf: (place) => (place < start ? 0 : 1),
  });
  tallyDocuments(material, alike, out);
  tallyQueries(material, alike, out);
  tallyCopies(material, alike, out);
  tallyStrangeTexts(documents, () => ({}), out);
  tallyStrangeTexts(queries, (row) => ({ unit: queries.nameOf(row) }), out);
}

function tallyDocuments({ documents }: RankingMaterial, alike: readonly Alike[], out: Tally): void {
  for (const { row, first, likeness } of alike) {
    if (row >= documents.length || documents.nameOf(row) === documents.nameOf(first)) continue;
    const [own, other] = [shownRow(documents, row), shownRow(documents, first)];
    // Counted without comparing texts: documents of the very same text.
    if (own.texts[0] === other.texts[0]) continue;
    out.add(
      "document-nearly-repeated",
      () => own.name,
      () => ({ texts: own.texts, beside: other, evidence: likenessText(likeness) }),
    );
  }
}

function tallyQueries(
  { documents, queries, judgementsOf, isRanked }: RankingMaterial,
  alike: readonly Alike[],
  out: Tally,
): void {
  const start = documents.length;
  for (const { row, first, likeness } of alike) {
    if (row < start) continue;
    const query = row - start;
    const name = queries.nameOf(query);
    const isDocument = first < start;
    const beside = isDocument ? shownRow(documents, first) : shownRow(queries, first - start);
    const detail = (): Detail => ({
      texts: queries.textsOf(query),
      beside,
      evidence: likenessText(likeness),
      unit: name,
    });
    if (!isDocument) {
      if (beside.name !== name) out.add("query-text-repeated", () => name, detail);
      continue;
    }
    if (!isRanked(query, first)) continue;
    const isRelevant = (judgementsOf(query).get(first) ?? 0) > 0;
    out.add(isRelevant ? "query-is-relevant-document" : "query-among-documents", () => name, detail);
  }
}

/** Lists, by each document that has copies, all of them with itself; copies are equal but for case and punctuation. */
function groupCopies(documents: MaterialRows, alike: readonly Alike[]): ReadonlyMap<number, readonly number[]> {
  const groups = new Map<number, number[]>();
  for (const { row, first, likeness } of alike) {
    if (row >= documents.length || likeness < 1 || documents.nameOf(row) === documents.nameOf(first)) continue;
    const group = groups.get(first) ?? [first];
    group.push(row);
    groups.set(first, group);
    groups.set(row, group);
  }
  return groups;
}

/** Counts judgements of documents that are empty, or whose copies are judged otherwise or not at all. */
function tallyCopies(material: RankingMaterial, alike: readonly Alike[], out: Tally): void {
  const { documents, queries, judgementsOf, isRanked } = material;
  const groups = groupCopies(documents, alike);
  for (let query = 0; query < queries.length; query++) {
    const judgements = judgementsOf(query);
    const name = queries.nameOf(query);
    const done = new Set<readonly number[]>();
    for (const [document, score] of judgements) {
      if (score <= 0 || document >= documents.length) continue;
      const [text] = documents.textsOf(document);
      const nameOf = (): string => `${name} ${documents.nameOf(document)}`;
      const own = (): Detail => ({ texts: [...queries.textsOf(query), text], label: score, unit: name });
      if (text === "") out.add("relevant-document-empty", nameOf, own);
      const group = groups.get(document);
      if (group === undefined || done.has(group)) continue;
      done.add(group);
      const others = group.filter((one) => one !== document && isRanked(query, one));
      const judged = others.find((one) => judgements.has(one) && judgements.get(one) !== score);
      const unjudged = others.filter((one) => !judgements.has(one));
      if (judged !== undefined) {
        const beside = { ...shownRow(documents, judged), label: judgements.get(judged) };
        out.add("copies-judged-otherwise", nameOf, () => ({ ...own(), beside }));
      }
      if (unjudged.length > 0) {
        const beside = shownRow(documents, unjudged[0]);
        const evidence = `copies that are not judged: ${unjudged.length}`;
        out.add("relevant-copy-unjudged", nameOf, () => ({ ...own(), beside, evidence }));
      }
    }
  }
}
