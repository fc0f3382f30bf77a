import { createHash } from "node:crypto";
import { columnOf, idColumn, textColumn } from "../columns.ts";
import { InputError } from "../errors.ts";
import type { Dataset, Table } from "../table.ts";
import type { PairIds, PairsStep } from "./layout-steps.ts";
import { datasetOfParts, type Part, rememberLatest } from "./parts.ts";

type Tables = Readonly<Record<"corpus" | "queries" | "qrels" | "top_ranked", Table>>;

/** A row as the step reads it: the texts of its documents, of which there is one or more. */
interface Pair {
  readonly row: number;
  readonly query: string;
  readonly documents: readonly string[];
}

/** Gives the ids of a row's query and documents; rows come in their order. */
interface Numbering {
  readonly query: (pair: Pair) => string;
  /** A known document is part of the corpus already, or of that of an earlier split. */
  readonly document: (pair: Pair, place: number) => { readonly id: string; readonly isKnown: boolean };
}

/** Reads the rows; those where a text is missing stay, their missing texts `undefined`, where they are to be skipped. */
function readPairs(table: Table, { query, documents, skipMissing }: PairsStep): Pair[] {
  const read = (name: string): readonly string[] =>
    skipMissing ? (columnOf(table, name) as readonly string[]) : textColumn(table, name);
  const asked = read(query);
  const texts = documents.map(read);
  return Array.from(asked, (text, row) => ({ row, query: text, documents: texts.map((column) => column[row]) }));
}

const isWhole = ({ query, documents }: Pair): boolean =>
  [query, ...documents].every((text) => typeof text === "string");

function numberOf(numbers: Map<string, number>, text: string): number {
  const known = numbers.get(text) ?? numbers.size;
  numbers.set(text, known);
  return known;
}

/** Numbers texts in the order in which they first come: all of a table's queries, and all of its documents. */
function firstSeen(
  pairs: readonly Pair[],
  ids: PairIds,
  textsOf: (pair: Pair) => readonly string[],
): Map<string, number> {
  const numbers = new Map<string, number>();
  if (ids.scheme !== "firstSeen") return numbers;
  const isShared = ids.shared === true;
  for (const pair of pairs) {
    const texts = isShared ? [pair.query, ...pair.documents] : textsOf(pair);
    for (const text of texts) if (typeof text === "string") numberOf(numbers, text);
  }
  return numbers;
}

/** Numbers by one counter; documents in `known` have numbers of an earlier split, and those of this one are added. */
function sharedCounter(known: Map<string, number>): Numbering {
  let next = 0;
  return {
    query: () => String(next++),
    document: ({ documents }, place) => {
      const number = known.get(documents[place]);
      if (number !== undefined) return { id: String(number), isKnown: true };
      known.set(documents[place], next);
      return { id: String(next++), isKnown: false };
    },
  };
}

function numbering(table: Table, pairs: readonly Pair[], step: PairsStep, known: Map<string, number>): Numbering {
  const { queryId, documentId } = step;
  if (queryId.scheme === "sharedCounter") return sharedCounter(known);
  const idsBy = (ids: PairIds, textsOf: (pair: Pair) => readonly string[]): ((pair: Pair, place: number) => string) => {
    const numbers = firstSeen(pairs, ids, textsOf);
    const column = ids.scheme === "column" ? idColumn(table, ids.column) : [];
    const last =
      ids.scheme === "column" && ids.lastOfText
        ? new Map(pairs.flatMap((pair) => textsOf(pair).map((text) => [text, column[pair.row]] as const)))
        : undefined;
    return (pair: Pair, place: number): string => {
      switch (ids.scheme) {
        case "row":
          return `${ids.prefix ?? ""}${ids.start + pair.row * textsOf(pair).length + place}`;
        case "column":
          return `${ids.prefix ?? ""}${last?.get(textsOf(pair)[place]) ?? column[pair.row]}`;
        case "firstSeen":
          return `${ids.prefix ?? ""}${numbers.get(textsOf(pair)[place])}`;
        case "sha256":
          return createHash("sha256")
            .update(textsOf(pair)[place] ?? "")
            .digest("hex");
        case "sharedCounter":
          throw new InputError(
            `data set ${table.name}: queries and documents are numbered by one counter, or neither is`,
          );
      }
    };
  };
  const query = idsBy(queryId, (pair) => [pair.query]);
  const document =
    documentId.scheme === "ofQuery"
      ? (pair: Pair, place: number) => `${query(pair, 0)}${documentId.suffix}${place + 1}`
      : idsBy(documentId, ({ documents }) => documents);
  return {
    query: (pair) => query(pair, 0),
    document: (pair, place) => ({ id: document(pair, place), isKnown: false }),
  };
}

/** Reads the judgements of the rows; undefined where each is 1. */
const scoresOf = (table: Table, { score }: PairsStep): readonly unknown[] | undefined =>
  score === undefined ? undefined : columnOf(table, score);

/** Tells which documents of a row are judged. Throws `InputError` for a place that no document has. */
function judges(
  { name }: Table,
  { relevant, copies, documents }: PairsStep,
  subset: string,
): (pair: Pair, place: number) => boolean {
  if (relevant === undefined) return () => true;
  const wanted = typeof relevant === "number" ? relevant : relevant[subset];
  if (wanted === undefined || wanted > documents.length) {
    throw new InputError(
      `data set ${name}: the document that counts for the subset "${subset}" is ${wanted ?? "not said"}; ` +
        `expected its place in a row, 1 to ${documents.length}`,
    );
  }
  return ({ documents: texts }, place) =>
    place === wanted - 1 || (copies === true && texts[place] === texts[wanted - 1]);
}

/** Returns the step with the subset in its prefixes. */
function ofSubset(step: PairsStep, subset: string): PairsStep {
  const filled = <Own extends PairsStep["documentId"]>(ids: Own): Own =>
    "prefix" in ids && ids.prefix !== undefined
      ? { ...ids, prefix: ids.prefix.replaceAll("{subset}", () => subset) }
      : ids;
  return { ...step, queryId: filled(step.queryId), documentId: filled(step.documentId) };
}

/** @param known Numbers of documents of earlier splits, to which those of this one are added. */
function pairUp(table: Table, given: PairsStep, subset: string, known: Map<string, number>): Tables {
  const step = ofSubset(given, subset);
  const all = readPairs(table, step);
  const ids = numbering(table, all, step, known);
  const scores = scoresOf(table, step);
  const titles = step.title === undefined ? undefined : columnOf(table, step.title);
  const queries = new Map<string, string>();
  const corpus = new Map<string, { readonly text: string; readonly title: unknown }>();
  const judged = new Map<string, Map<string, unknown>>();
  const candidates = new Map<string, string[]>();
  const isJudged = judges(table, step, subset);
  const isReplaced = step.queryId.scheme === "column" && !step.queryId.lastOfText;
  for (const pair of all.filter(isWhole)) {
    const query = ids.query(pair);
    queries.set(query, pair.query);
    const judgements = (isReplaced ? undefined : judged.get(query)) ?? new Map<string, unknown>();
    judged.set(query, judgements);
    const found: string[] = [];
    candidates.set(query, found);
    pair.documents.forEach((text, place) => {
      const { id, isKnown } = ids.document(pair, place);
      if (!isKnown) corpus.set(id, { text, title: titles?.[pair.row] });
      found.push(id);
      if (isJudged(pair, place)) judgements.set(id, scores?.[pair.row] ?? 1);
    });
  }
  const ranked = { "query-id": [...candidates.keys()], "corpus-ids": [...candidates.values()] };
  return {
    ...tablesOf(table.name, queries, corpus, judged, titles !== undefined),
    top_ranked: { name: table.name, rows: candidates.size, columns: ranked },
  };
}

function tablesOf(
  name: string,
  queries: ReadonlyMap<string, string>,
  corpus: ReadonlyMap<string, { readonly text: string; readonly title: unknown }>,
  judged: ReadonlyMap<string, ReadonlyMap<string, unknown>>,
  hasTitles: boolean,
): Omit<Tables, "top_ranked"> {
  const documents = [...corpus.values()];
  const judgements = [...judged].flatMap(([query, own]) => [...own].map(([id, score]) => ({ query, id, score })));
  return {
    corpus: {
      name,
      rows: documents.length,
      columns: {
        id: [...corpus.keys()],
        ...(hasTitles ? { title: documents.map(({ title }) => title) } : {}),
        text: documents.map(({ text }) => text),
      },
    },
    queries: { name, rows: queries.size, columns: { id: [...queries.keys()], text: [...queries.values()] } },
    qrels: {
      name,
      rows: judgements.length,
      columns: {
        "query-id": judgements.map(({ query }) => query),
        "corpus-id": judgements.map(({ id }) => id),
        score: judgements.map(({ score }) => score),
      },
    },
  };
}

/** Reads the documents of the splits before one, in the order of the data set's splits, and returns their numbers. */
async function knownBefore(
  dataset: Dataset,
  step: PairsStep,
  subset: string,
  split: string,
): Promise<Map<string, number>> {
  const known = new Map<string, number>();
  const splits = dataset.splits(subset);
  for (const earlier of splits.slice(0, Math.max(0, splits.indexOf(split)))) {
    pairUp(await dataset.read(subset, earlier), step, subset, known);
  }
  return known;
}

/**
 * Returns the data set of a `pairs` step. `read` throws `InputError` for a missing column or text. Source: the loaders of
 * mteb 2.26 that make queries and documents of one table.
 */
export function pairRows(dataset: Dataset, step: PairsStep, subsets: readonly string[]): Dataset {
  const made = rememberLatest(async (subset, split) => {
    const known = step.acrossSplits ? await knownBefore(dataset, step, subset, split) : new Map<string, number>();
    return pairUp(await dataset.read(subset, split), step, subset, known);
  });
  const parts: readonly Part[] = ["corpus", "queries", "qrels", ...(step.candidates ? ["top_ranked" as const] : [])];
  return datasetOfParts(
    dataset,
    subsets,
    parts,
    async (part, subset, split) => (await made(subset, split))[part as keyof Tables],
  );
}
