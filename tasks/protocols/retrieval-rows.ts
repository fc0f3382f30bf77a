import {
  columnOf,
  idColumn,
  idListColumn,
  integerColumn,
  packableTextColumn,
  type Texts,
  textColumn,
  textsAt,
} from "../../datasets/columns.ts";
import { InputError } from "../../datasets/errors.ts";
import type { Dataset, Table } from "../../datasets/table.ts";
import { rankedDocuments } from "../metrics/retrieval.ts";
import type { RerankingTask, RetrievalTask } from "../task.ts";
import { groupJudgements, type Judgements } from "./judgements.ts";
import { documentText, queryTexts } from "./retrieval-texts.ts";

/** Documents in three lists of one length; `textOf` joins title and text on demand. */
export interface Corpus {
  /** Distinct. */
  readonly ids: readonly string[];
  /** Undefined if the corpus has no titles. */
  readonly titles: Texts | undefined;
  readonly texts: Texts;
}

/** The rows of a ranking task, at least one document and one query. */
export interface RankingRows {
  readonly corpus: Corpus;
  /** Queries that have judgements, two lists of one length; ids are distinct. */
  readonly queries: { readonly ids: readonly string[]; readonly texts: readonly string[] };
  /** Judgements by number of query and document; documents outside the corpus have numbers beyond it. */
  readonly judgements: Judgements;
  /**
   * Numbers of the documents to rank for each query; undefined if all are ranked. A list names each document once, unless
   * it has more than 1,000 places, of which not all count.
   */
  readonly candidates: readonly Int32Array[] | undefined;
}

/** Returns a document as models read it. */
export function textOf({ titles, texts }: Corpus, row: number): string {
  return documentText(titles?.at(row) ?? "", texts.at(row) as string);
}

/** A task whose queries are given documents to rank. */
export type RankingTask = RetrievalTask | RerankingTask;

/** The place of a subset's parts. */
interface Source {
  readonly task: RankingTask;
  readonly dataset: Dataset;
  readonly subset: string;
  readonly split: string;
}

/** Names the config that holds a part of the subset. */
function configOf({ subset }: Source, part: string): string {
  return subset === "default" ? part : `${subset}-${part}`;
}

/** Reads the asked split of a config, or its only one; columns of texts named by `pack` may come packed. */
function readConfig({ dataset, split }: Source, config: string, pack?: readonly string[]): Promise<Table> {
  const splits = dataset.splits(config);
  const [only] = splits;
  return dataset.read(config, splits.length === 1 && only !== undefined ? only : split, pack);
}

function judgementConfig({ dataset, subset, task }: Source): string {
  if (subset !== "default") return `${subset}-qrels`;
  const config = ["default", "qrels"].find((name) => dataset.configs.includes(name));
  if (config !== undefined) return config;
  throw new InputError(
    `task ${task.name}: data set ${dataset.id} has no config "default" or "qrels" with judgements; its configs are ` +
      dataset.configs.join(", "),
  );
}

/** Reads the column `_id`, or, if there is none, `id`. */
function idsOf(table: Table): readonly string[] {
  return idColumn(table, Object.hasOwn(table.columns, "_id") ? "_id" : "id");
}

/** Finds the first row of each id. Throws `InputError` for an id that comes again with another text. */
function firstRows(table: Table, ids: readonly string[], textOfRow: (row: number) => string): Map<string, number> {
  const first = new Map<string, number>();
  ids.forEach((id, row) => {
    const known = first.get(id);
    if (known === undefined) first.set(id, row);
    else if (textOfRow(known) !== textOfRow(row)) {
      throw new InputError(
        `data set ${table.name}: rows ${known + 1} and ${row + 1} have the id ${JSON.stringify(id)} but other texts; ` +
          "an id must stand for one text",
      );
    }
  });
  return first;
}

function select<T>(list: readonly T[], rows: readonly number[]): readonly T[] {
  return rows.length === list.length ? list : rows.map((row) => list[row]);
}

/** Reads the corpus, and the place of each of its ids. */
function readCorpus(task: RankingTask, table: Table): { corpus: Corpus; numbers: ReadonlyMap<string, number> } {
  if (table.rows === 0) {
    throw new InputError(`task ${task.name}: ${table.name} has no rows; at least one document is needed`);
  }
  const ids = idsOf(table);
  const titles = Object.hasOwn(table.columns, "title") ? packableTextColumn(table, "title") : undefined;
  const texts = packableTextColumn(table, "text");
  const corpus: Corpus = { ids, titles, texts };
  const first = firstRows(table, ids, (row) => textOf(corpus, row));
  // If no id comes again its row is its place, and one map of millions of ids is enough.
  if (first.size === ids.length) return { corpus, numbers: first };
  const distinct = [...first.keys()];
  const rows = [...first.values()];
  return {
    corpus: { ids: distinct, titles: titles && textsAt(titles, rows), texts: textsAt(texts, rows) },
    numbers: numbersOf(distinct),
  };
}

/** Reads each query's instruction from a config, or from a column of the queries; undefined if there is neither. */
async function readInstructions(
  source: Source,
  queries: Table,
  ids: readonly string[],
): Promise<readonly (string | null)[] | undefined> {
  const config = configOf(source, "instruction");
  if (!source.dataset.configs.includes(config)) {
    if (!Object.hasOwn(queries.columns, "instruction")) return undefined;
    return columnOf(queries, "instruction").map((own) => (typeof own === "string" ? own : null));
  }
  const table = await readConfig(source, config);
  const texts = textColumn(table, "instruction");
  const byQuery = new Map(idColumn(table, "query-id").map((id, row) => [id, texts[row]]));
  return ids.map((id) => byQuery.get(id) ?? null);
}

/** Reads the queries that have judgements, each once. */
async function readQueries(source: Source, judgements: Table): Promise<RankingRows["queries"]> {
  const config = source.dataset.configs.includes("query") ? "query" : configOf(source, "queries");
  const table = await readConfig(source, config);
  const ids = idsOf(table);
  const texts = queryTexts(table, await readInstructions(source, table, ids));
  const judged = new Set(idColumn(judgements, "query-id"));
  const first = firstRows(table, ids, (row) => texts[row]);
  const rows = [...first].flatMap(([id, row]) => (judged.has(id) ? [row] : []));
  if (rows.length === 0) {
    throw new InputError(
      `task ${source.task.name}: none of the ${table.rows} queries of ${table.name} has a judgement in ` +
        `${judgements.name}; check that "query-id" there holds the queries' ids`,
    );
  }
  return { ids: select(ids, rows), texts: select(texts, rows) };
}

/** Maps ids to their places. */
function numbersOf(ids: readonly string[]): Map<string, number> {
  return new Map(ids.map((id, i) => [id, i]));
}

function readJudgements(
  table: Table,
  queries: ReadonlyMap<string, number>,
  documents: ReadonlyMap<string, number>,
): Judgements {
  const unknown = new Map<string, number>();
  const numberOf = (id: string): number => {
    const known = documents.get(id) ?? unknown.get(id);
    if (known !== undefined) return known;
    unknown.set(id, documents.size + unknown.size);
    return documents.size + unknown.size - 1;
  };
  return groupJudgements(
    Int32Array.from(idColumn(table, "query-id"), (id) => queries.get(id) ?? -1),
    Int32Array.from(idColumn(table, "corpus-id"), numberOf),
    integerColumn(table, "score"),
    queries.size,
  );
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}

/**
 * Reads the numbers of each query's candidates; none for a query that the table leaves out. A list that equals the one
 * before it, as those of a session's queries do, is the same object.
 */
function readCandidates(
  table: Table,
  queries: ReadonlyMap<string, number>,
  documents: ReadonlyMap<string, number>,
): readonly Int32Array[] {
  const lists = idListColumn(table, "corpus-ids");
  const candidates: Int32Array[] = new Array(queries.size).fill(new Int32Array(0));
  let latest: { readonly ids: readonly string[]; readonly numbers: Int32Array } | undefined;
  idColumn(table, "query-id").forEach((id, row) => {
    const query = queries.get(id);
    if (query === undefined) return;
    const ids = lists[row];
    if (latest === undefined || !sameList(latest.ids, ids)) {
      const numbers = ids.map((document) => {
        const number = documents.get(document);
        if (number !== undefined) return number;
        throw new InputError(
          `data set ${table.name}: row ${row + 1}, query ${JSON.stringify(id)}: the candidate ${JSON.stringify(document)} ` +
            "is not in the corpus; expected ids of its documents",
        );
      });
      latest = { ids, numbers: Int32Array.from(ids.length > rankedDocuments ? numbers : new Set(numbers)) };
    }
    candidates[query] = latest.numbers;
  });
  return candidates;
}

/**
 * Reads documents, queries, judgements and, where the data set has them, candidates. They lie in the configs `corpus`,
 * `queries` (or `query`, which comes first), `default` (or `qrels`), `top_ranked` and `instruction`, or for a subset
 * `SUBSET-corpus` and so on; each is read in the asked split, or in its only one. Queries without judgements are left
 * out. Source: mteb 2.26 `RetrievalDatasetLoader`.
 */
export async function readRankingRows(
  task: RankingTask,
  subset: string,
  split: string,
  dataset: Dataset,
): Promise<RankingRows> {
  const source = { task, dataset, subset, split };
  const judgements = await readConfig(source, judgementConfig(source));
  const { corpus, numbers: documentNumbers } = readCorpus(
    task,
    await readConfig(source, configOf(source, "corpus"), ["title", "text"]),
  );
  const queries = await readQueries(source, judgements);
  const queryNumbers = numbersOf(queries.ids);
  const ranked = configOf(source, "top_ranked");
  return {
    corpus,
    queries,
    judgements: readJudgements(judgements, queryNumbers, documentNumbers),
    candidates: dataset.configs.includes(ranked)
      ? readCandidates(await readConfig(source, ranked), queryNumbers, documentNumbers)
      : undefined,
  };
}
