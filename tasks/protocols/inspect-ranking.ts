import type { Texts } from "../../datasets/columns.ts";
import { strip } from "../../datasets/strip.ts";
import type { RankingMaterial } from "../findings/material.ts";
import { eachRepeat, fingerprint, fingerprintsOf } from "../findings/repeats.ts";
import type { Tally } from "../findings/tally.ts";
import type { RankingTask } from "../task.ts";
import { relevantOf } from "./judgements.ts";
import { type RankingRows, textOf } from "./retrieval-rows.ts";

/** Counts what is peculiar about documents, queries, judgements and candidates, the gravest first. */
export function inspectRanking(_task: RankingTask, rows: RankingRows, tally: Tally): void {
  tallyJudgements(rows, tally);
  tallyQueries(rows, tally);
  tallyDocuments(rows, tally);
  tally.join(rows.strays);
}

/** Tells whether a row of the queries is not the first of its id. */
const comesAgain = ({ repeats }: RankingRows, query: number): boolean =>
  repeats !== undefined && repeats.queries[query] !== query;

function tallyJudgements(rows: RankingRows, out: Tally): void {
  const { corpus, queries, judgements, unknownDocuments } = rows;
  const idOf = (document: number): string =>
    corpus.ids[document] ?? unknownDocuments[document - corpus.ids.length] ?? "";
  for (let query = 0; query < queries.ids.length; query++) {
    if (comesAgain(rows, query)) continue;
    const scores = new Map<number, number>();
    for (let i = judgements.starts[query]; i < judgements.starts[query + 1]; i++) {
      const [document, score] = [judgements.documents[i], judgements.scores[i]];
      const known = scores.get(document);
      scores.set(document, score);
      const name = (): string => `${queries.ids[query]} ${idOf(document)}`;
      if (known !== undefined) out.add(known === score ? "judgement-repeated" : "judgement-contradicted", name);
      else if (document >= corpus.ids.length) out.add("judged-document-unknown", name);
    }
    if (relevantOf(judgements, query).size === 0) out.add("query-nothing-relevant", () => queries.ids[query]);
  }
}

function tallyQueries(rows: RankingRows, out: Tally): void {
  const { queries, candidates, repeats } = rows;
  queries.ids.forEach((id, query) => {
    if (strip(queries.texts[query]) === "") out.add("query-empty", () => id);
    if (repeats !== undefined && comesAgain(rows, query)) {
      const isSame = queries.texts[query] === queries.texts[repeats.queries[query]];
      out.add(isSame ? "query-id-repeated" : "query-id-contradicted", () => id);
    } else if (candidates?.[query].length === 0) out.add("query-without-candidates", () => id);
  });
}

/** Passes once over the texts, and again over those whose fingerprint another one has. */
function tallyDocuments({ corpus, repeats }: RankingRows, out: Tally): void {
  const { ids } = corpus;
  const texts: Texts = { length: ids.length, at: (row) => textOf(corpus, row as number) };
  const prints = fingerprintsOf(texts);
  const empty = fingerprint("");
  prints.forEach((print, row) => {
    if (print === empty && texts.at(row) === "") out.add("document-empty", () => ids[row]);
    const last = repeats?.documents[row] ?? row;
    if (last === row) return;
    out.add(texts.at(last) === texts.at(row) ? "document-id-repeated" : "document-id-contradicted", () => ids[row]);
  });
  const isOther = (row: number, first: number): boolean => ids[row] !== ids[first] && texts.at(row) !== "";
  eachRepeat(
    texts,
    (row, first) => {
      if (isOther(row, first)) out.add("document-text-repeated", () => ids[row]);
    },
    prints,
  );
}

/** Shows documents, queries and judgements to what compares them. */
export function materialOfRanking({ settings }: RankingTask, rows: RankingRows): RankingMaterial {
  const { corpus, queries, judgements, candidates, excluded } = rows;
  const leavesOwn = "ignoreIdenticalIds" in settings && settings.ignoreIdenticalIds === true;
  const listed = new Map<number, ReadonlySet<number>>();
  const candidatesOf = (query: number): ReadonlySet<number> | undefined => {
    if (candidates === undefined) return undefined;
    const known = listed.get(query) ?? new Set(candidates[query]);
    listed.set(query, known);
    return known;
  };
  return {
    kind: "ranking",
    queries: { length: queries.ids.length, textsOf: (row) => [queries.texts[row]], nameOf: (row) => queries.ids[row] },
    documents: { length: corpus.ids.length, textsOf: (row) => [textOf(corpus, row)], nameOf: (row) => corpus.ids[row] },
    judgementsOf: (query) => {
      const scores = new Map<number, number>();
      for (let i = judgements.starts[query]; i < judgements.starts[query + 1]; i++) {
        scores.set(judgements.documents[i], judgements.scores[i]);
      }
      return scores;
    },
    isRanked: (query, document) =>
      !(leavesOwn && corpus.ids[document] === queries.ids[query]) &&
      excluded?.get(query)?.has(document) !== true &&
      candidatesOf(query)?.has(document) !== false,
  };
}
