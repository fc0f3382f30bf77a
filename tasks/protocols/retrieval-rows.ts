import {
  columnOf,
  idColumn,
  idListColumn,
  integerColumn,
  labelColumn,
  packableTextColumn,
  type Texts,
  textColumn,
} from "../../datasets/columns.ts";
import { InputError } from "../../datasets/errors.ts";
import type { Dataset, Table } from "../../datasets/table.ts";
import type { Finding } from "../findings/kinds.ts";
import { openTally, type Tally } from "../findings/tally.ts";
import { rankedDocuments } from "../metrics/retrieval.ts";
import type { RankingTask } from "../task.ts";
import { groupJudgements, type Judgements } from "./judgements.ts";
import { configOf, judgementConfig, queryConfig, readChanged, readConfig, type Source } from "./ranking-source.ts";
import { documentText, queryTexts } from "./retrieval-texts.ts";

/** Documents in three lists of one length; `textOf` joins title and text on demand. */
export interface Corpus {
  /** An id that comes again is known by its last row. */
  readonly ids: readonly string[];
  /** Undefined if the corpus has no titles. */
  readonly titles: Texts | undefined;
  readonly texts: Texts;
}

/** The rows of a ranking task, at least one document and one query. */
export interface RankingRows {
  readonly corpus: Corpus;
  /** Queries that have judgements, two lists of one length. An id that comes again is known by its first row. */
  readonly queries: { readonly ids: readonly string[]; readonly texts: readonly string[] };
  /** Judgements by rows of query and document; documents outside the corpus have numbers beyond it. */
  readonly judgements: Judgements;
  /** Ids of the judged documents outside the corpus, in the order of their numbers. */
  readonly unknownDocuments: readonly string[];
  /**
   * Rows of the documents to rank for each query; undefined if all are ranked. A list names each document once, unless
   * it has more than 1,000 places, of which not all count.
   */
  readonly candidates: readonly Int32Array[] | undefined;
  /** Rows of the documents that are left out for a query, by its row; absent if none are. */
  readonly excluded?: ReadonlyMap<number, ReadonlySet<number>>;
  /** Absent if no id comes again, be it a query's or a document's. */
  readonly repeats?: Repeats;
  /** Ids of the documents that an instruction's change made irrelevant, by the stem of the two queries; for p-MRR. */
  readonly changed?: ReadonlyMap<string, readonly string[]>;
  /** What is peculiar about the ids of the tables, of which only those of judged queries are kept. */
  readonly strays: readonly Finding[];
}

/** The candidates, none, of a query that their table leaves out; words alone search the corpus for it, as in mteb. */
export const unlisted = new Int32Array(0);

/** The row by which each row's id is known. */
export interface Repeats {
  readonly queries: Int32Array;
  readonly documents: Int32Array;
}

/** Returns a document as models read it. */
export function textOf({ titles, texts }: Corpus, row: number): string {
  return documentText(titles?.at(row) ?? "", texts.at(row) as string);
}

/** Reads the column `_id`, or, if there is none, `id`. */
function idsOf(table: Table): readonly string[] {
  return idColumn(table, Object.hasOwn(table.columns, "_id") ? "_id" : "id");
}

function select<T>(list: readonly T[], rows: readonly number[]): readonly T[] {
  return rows.length === list.length ? list : rows.map((row) => list[row]);
}

function readCorpus(task: RankingTask, table: Table): Corpus {
  if (table.rows === 0) {
    throw new InputError(`task ${task.name}: ${table.name} has no rows; at least one document is needed`);
  }
  const titles = Object.hasOwn(table.columns, "title") ? packableTextColumn(table, "title") : undefined;
  return { ids: idsOf(table), titles, texts: packableTextColumn(table, "text") };
}

/** Reads each query's instruction from a config, or from a column of the queries; undefined if there is neither. */
async function readInstructions(
  source: Source,
  queries: Table,
  ids: readonly string[],
  judged: ReadonlySet<string>,
): Promise<readonly (string | null)[] | undefined> {
  const config = configOf(source, "instruction");
  if (!source.dataset.configs.includes(config)) {
    if (!Object.hasOwn(queries.columns, "instruction")) return undefined;
    return columnOf(queries, "instruction").map((own) => (typeof own === "string" ? own : null));
  }
  const table = await readConfig(source, config);
  const texts = textColumn(table, "instruction");
  const byQuery = new Map(idColumn(table, "query-id").map((id, row) => [id, texts[row]]));
  return ids.map((id) => {
    const text = byQuery.get(id);
    if (text !== undefined || !judged.has(id)) return text ?? null;
    throw new InputError(
      `data set ${table.name}: no row of column "query-id" holds the query ${JSON.stringify(id)}; each query with a ` +
        "judgement needs an instruction",
    );
  });
}

interface ReadQueries {
  readonly queries: RankingRows["queries"];
  /** Ids of all queries, judged or not. */
  readonly known: ReadonlySet<string>;
}

/** Reads the queries that have judgements; counts those that have none, and the judged ones that are not there. */
async function readQueries(source: Source, judgements: Table, out: Tally): Promise<ReadQueries> {
  const table = await readConfig(source, queryConfig(source));
  const ids = idsOf(table);
  const judged = new Set(idColumn(judgements, "query-id"));
  const texts = queryTexts(table, await readInstructions(source, table, ids, judged));
  const rows = ids.flatMap((id, row) => (judged.has(id) ? [row] : []));
  if (rows.length === 0) {
    throw new InputError(
      `task ${source.task.name}: none of the ${table.rows} queries of ${table.name} has a judgement in ` +
        `${judgements.name}; check that "query-id" there holds the queries' ids`,
    );
  }
  const known = new Set(ids);
  for (const id of judged) if (!known.has(id)) out.add("judged-query-unknown", () => id);
  for (const id of known) if (!judged.has(id)) out.add("query-without-judgement", () => id);
  return { queries: { ids: select(ids, rows), texts: select(texts, rows) }, known };
}

/** Maps ids to rows. */
type Places = ReadonlyMap<string, number>;

/** Maps each id to its first row. */
function firstRows(ids: readonly string[]): Places {
  const first = new Map<string, number>();
  ids.forEach((id, row) => {
    if (!first.has(id)) first.set(id, row);
  });
  return first;
}

/** Maps each id to its last row. */
const lastRows = (ids: readonly string[]): Places => new Map(ids.map((id, row) => [id, row]));

function repeatsOf(queries: readonly string[], first: Places, corpus: readonly string[], last: Places) {
  if (first.size === queries.length && last.size === corpus.length) return {};
  const known = (ids: readonly string[], places: Places): Int32Array =>
    Int32Array.from(ids, (id) => places.get(id) as number);
  return { repeats: { queries: known(queries, first), documents: known(corpus, last) } };
}

/** Reads scores; true counts as 1 and false as 0, as in the reference, which casts them. */
function scoreColumn(table: Table): readonly number[] {
  const areBits = typeof columnOf(table, "score")[0] === "boolean";
  return areBits ? labelColumn(table, "score").map(Number) : integerColumn(table, "score");
}

/** @param rows of the queries and of the corpus */
function readJudgements(
  table: Table,
  queries: Places,
  documents: Places,
  rows: { readonly queries: number; readonly documents: number },
): Pick<RankingRows, "judgements" | "unknownDocuments"> {
  const unknown = new Map<string, number>();
  const numberOf = (id: string): number => {
    const known = documents.get(id) ?? unknown.get(id);
    if (known !== undefined) return known;
    const number = rows.documents + unknown.size;
    unknown.set(id, number);
    return number;
  };
  const judgements = groupJudgements(
    Int32Array.from(idColumn(table, "query-id"), (id) => queries.get(id) ?? -1),
    Int32Array.from(idColumn(table, "corpus-id"), numberOf),
    scoreColumn(table),
    rows.queries,
  );
  return { judgements, unknownDocuments: [...unknown.keys()] };
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}

/** Counts the candidates of a query that its list names again. */
function tallyAgain(query: string, candidates: readonly string[], out: Tally): void {
  const named = new Set<string>();
  for (const id of candidates) {
    if (named.has(id)) out.add("candidate-repeated", () => `${query} ${id}`);
    named.add(id);
  }
}

/**
 * Reads the rows of each query's candidates; `unlisted` for a query that the table leaves out. A list that equals the one
 * before it, as those of a session's queries do, is the same object.
 */
function readCandidates(
  table: Table,
  { queries: { ids: queries }, known }: ReadQueries,
  documents: Places,
  out: Tally,
): readonly Int32Array[] {
  const lists = idListColumn(table, "corpus-ids");
  const asked = new Set(queries);
  const candidates = new Map<string, Int32Array>();
  let latest: { readonly ids: readonly string[]; readonly rows: Int32Array } | undefined;
  idColumn(table, "query-id").forEach((id, row) => {
    if (!known.has(id)) out.add("candidates-query-unknown", () => id);
    if (!asked.has(id)) return;
    const ids = lists[row];
    if (candidates.has(id)) out.add("candidates-repeated", () => id);
    if (latest === undefined || !sameList(latest.ids, ids)) {
      const rows = ids.map((document) => {
        const known = documents.get(document);
        if (known !== undefined) return known;
        throw new InputError(
          `data set ${table.name}: row ${row + 1}, query ${JSON.stringify(id)}: the candidate ${JSON.stringify(document)} ` +
            "is not in the corpus; expected ids of its documents",
        );
      });
      latest = { ids, rows: Int32Array.from(ids.length > rankedDocuments ? rows : new Set(rows)) };
    }
    candidates.set(id, latest.rows);
    if (new Set(latest.rows).size < ids.length) tallyAgain(id, ids, out);
  });
  return queries.map((id) => candidates.get(id) ?? unlisted);
}

/** Reads the documents that are left out for queries, where the task's layout says so; ids outside the corpus name none. */
async function readExcluded(
  source: Source,
  { ids: queries }: RankingRows["queries"],
  documents: Places,
): Promise<Pick<RankingRows, "excluded">> {
  const isSaid = source.task.prepare?.some((step) => step.step === "retrievalLayout" && step.excluded !== undefined);
  if (!isSaid) return {};
  const table = await readConfig(source, configOf(source, "excluded"));
  const lists = idListColumn(table, "corpus-ids");
  const byQuery = new Map(idColumn(table, "query-id").map((id, row) => [id, lists[row]]));
  const excluded = queries.flatMap((id, query) => {
    const rows = (byQuery.get(id) ?? []).flatMap((document) => documents.get(document) ?? []);
    return rows.length === 0 ? [] : [[query, new Set(rows)] as const];
  });
  return excluded.length === 0 ? {} : { excluded: new Map(excluded) };
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
  const tally = openTally();
  const judgements = await readConfig(source, judgementConfig(source));
  const corpus = readCorpus(task, await readConfig(source, configOf(source, "corpus"), ["title", "text"]));
  const asked = await readQueries(source, judgements, tally);
  const { queries } = asked;
  const [first, last] = [firstRows(queries.ids), lastRows(corpus.ids)];
  const rows = { queries: queries.ids.length, documents: corpus.ids.length };
  const ranked = configOf(source, "top_ranked");
  return {
    corpus,
    queries,
    ...readJudgements(judgements, first, last, rows),
    candidates: dataset.configs.includes(ranked)
      ? readCandidates(await readConfig(source, ranked), asked, last, tally)
      : undefined,
    ...(await readExcluded(source, queries, last)),
    ...repeatsOf(queries.ids, first, corpus.ids, last),
    ...(task.settings.furtherScores === "p-MRR" ? { changed: await readChanged(source) } : {}),
    strays: tally.findings(),
  };
}
