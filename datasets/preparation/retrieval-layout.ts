import { columnOf, idColumn, idListColumn, numberColumn, presentColumn, textColumn } from "../columns.ts";
import { InputError } from "../errors.ts";
import { shownJson } from "../shown.ts";
import type { Dataset, Table } from "../table.ts";
import type { Ids, JudgementsAt, ListsAt, RetrievalLayoutStep, RowsAt, ScoreAbove } from "./layout-steps.ts";
import { columnsAs, datasetOfParts, eachIdOnce, type Part } from "./parts.ts";
import { rowsWhere, someOf, takeRows } from "./rows.ts";

/** Where the rows of a layout are read from. */
export interface LayoutSource {
  readonly dataset: Dataset;
  /** Config of the task's data set. */
  readonly name: string | undefined;
  /** Other repositories by their names. */
  readonly others: ReadonlyMap<string, Dataset>;
}

type Place = Readonly<Record<"subset" | "split", string>>;

/** Writes a name out that stands for several. */
function filled(template: string, { name }: LayoutSource, { subset, split }: Place): string {
  const values: Readonly<Record<string, string | undefined>> = {
    subset,
    second: subset.split("-").at(-1),
    split,
    number: /\d+$/.exec(split)?.[0],
    name: name ?? "default",
  };
  return template.replace(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
}

async function readRows(source: LayoutSource, place: Place, at: RowsAt, pack?: readonly string[]): Promise<Table> {
  const { repository, where } = at;
  const dataset = repository === undefined ? source.dataset : source.others.get(repository);
  if (dataset === undefined) {
    throw new InputError(
      `data set ${source.dataset.id}: its layout needs the repository ${repository}, which is not open`,
    );
  }
  const fill = (template: string): string => filled(template, source, place);
  const table = await dataset.read(fill(at.config), fill(at.split), pack);
  return where === undefined ? table : rowsThatHold(table, where.column, fill(where.equals));
}

function rowsThatHold(table: Table, name: string, value: string): Table {
  const column = columnOf(table, name);
  const rows = rowsWhere(column, (one) => one !== null && one !== undefined && String(one) === value);
  if (rows.length > 0) return takeRows(table, rows);
  throw new InputError(
    `data set ${table.name}: no row of column "${name}" holds ${shownJson(value)}; it holds ${someOf(column) || "nothing"}`,
  );
}

/** Lists the other repositories that a layout reads from. */
export function repositoriesOf({ corpus, queries, qrels, ...others }: RetrievalLayoutStep): readonly string[] {
  const parts = [corpus, queries, qrels, others.topRanked, others.instructions, others.changed, others.excluded];
  return [...new Set(parts.flatMap((part) => part?.repository ?? []))];
}

/** Returns the ids of rows. */
export function idsOf(table: Table, ids: Ids): readonly string[] {
  if (typeof ids === "string") return idColumn(table, ids);
  const { prefix = "" } = ids;
  if (ids.scheme === "column") return idColumn(table, ids.column).map((id) => `${prefix}${id}`);
  return Array.from({ length: table.rows }, (_, row) => `${prefix}${ids.start + row}`);
}

/** Returns columns of a table under other names, behind a column of ids. */
function withIds(table: Table, ids: Ids, names: Readonly<Record<string, string>>): Table {
  const { columns, ...rest } = columnsAs(table, names);
  return { ...rest, columns: { id: idsOf(table, ids), ...columns } };
}

/** The names of columns by which a reader asks for packed texts are those of the usual layout. */
const packed = (names: Readonly<Record<string, string>>, pack: readonly string[] = []): readonly string[] =>
  pack.flatMap((name) => names[name] ?? []);

function listsOf(table: Table, { query, documents }: ListsAt): Table {
  const columns = { "query-id": idsOf(table, query), "corpus-ids": presentColumn(table, documents) };
  return { name: table.name, rows: table.rows, columns };
}

/** The excluded documents of each query; its last row counts. */
function excludedOf(table: Table, at: NonNullable<RetrievalLayoutStep["excluded"]>): Table {
  const none = JSON.stringify(at.none);
  const lists = idListColumn(table, at.documents).map((list) => (JSON.stringify(list) === none ? [] : list));
  return { name: table.name, rows: table.rows, columns: { "query-id": idsOf(table, at.query), "corpus-ids": lists } };
}

/** The best documents that count, copies included. Source: mteb 2.26 `AbsTaskRetrieval._top_k`. */
const mostRanked = 1000;

/** mteb ranks copies of a document as several where some are left out, so that fewer others are among the best. */
function refuseCopies(table: Table): void {
  if (table.rows <= mostRanked) return;
  const ids = idColumn(table, "id");
  const known = new Set<string>();
  const row = ids.findIndex((id) => known.size === known.add(id).size);
  throw new InputError(
    `data set ${table.name}: the id ${shownJson(ids[row])} in row ${row + 1} comes again; where documents are left out for ` +
      `queries, each id is expected once among more than ${mostRanked} documents`,
  );
}

/** Lists the rows that judge a document, the last of each query and document, if they say that it is relevant. */
function rowsAbove(
  table: Table,
  { column, above, where }: ScoreAbove,
  queries: readonly string[],
  documents: readonly (readonly string[])[],
): number[] {
  const numbers = numberColumn(table, column);
  const said = where === undefined ? undefined : textColumn(table, where.column);
  const last = new Map(queries.map((query, row) => [JSON.stringify([query, documents[row]]), row]));
  return [...last.values()].filter((row) => numbers[row] > above && said?.[row] === where?.equals);
}

/** The id of the first document of the same text, by a document's own. */
function firstOfText(documents: Table): ReadonlyMap<string, string> {
  const [ids, texts] = [idColumn(documents, "id"), textColumn(documents, "text")];
  const first = new Map<string, string>();
  texts.forEach((text, row) => {
    if (!first.has(text)) first.set(text, ids[row]);
  });
  return new Map(ids.map((id, row) => [id, first.get(texts[row]) as string]));
}

/** Keeps the first document of each text. */
function withoutCopies(documents: Table): Table {
  const first = firstOfText(documents);
  return takeRows(
    documents,
    rowsWhere(idColumn(documents, "id"), (id) => first.get(id) === id),
  );
}

/** Names the first document of the same text in judgements. Throws `InputError` for one that is not there. */
function withoutNamesOfCopies(judgements: Table, documents: Table): Table {
  const first = firstOfText(documents);
  const named = idColumn(judgements, "corpus-id").map((id) => {
    const found = first.get(id);
    if (found !== undefined) return found;
    throw new InputError(
      `data set ${judgements.name}: the document ${shownJson(id, 80)} is judged, which ${documents.name} lacks; where ` +
        "documents of one text are one, each that is judged is expected there",
    );
  });
  return { ...judgements, columns: { ...judgements.columns, "corpus-id": named } };
}

/** Judgements, one document a row. */
function judgementsOf(table: Table, { query, document, documents, score, lastPerQuery }: JudgementsAt): Table {
  const ids = idsOf(table, query);
  const lists =
    documents === undefined ? idsOf(table, document ?? "corpus-id").map((id) => [id]) : idLists(table, documents);
  const scores = typeof score === "string" ? columnOf(table, score) : undefined;
  const judged =
    typeof score === "object" && score.scheme === "above" ? rowsAbove(table, score, ids, lists) : ids.keys();
  const last = lastPerQuery ? new Set(new Map(ids.map((id, row) => [id, row])).values()) : undefined;
  const rows = [...judged].filter((row) => last?.has(row) ?? true);
  const scoreOf = (row: number, place: number): unknown =>
    typeof score === "object" ? (score.scheme === "place" ? place + 1 : 1) : (scores?.[row] ?? score);
  return {
    name: table.name,
    rows: rows.length,
    columns: {
      "query-id": rows.flatMap((row) => lists[row].map(() => ids[row])),
      "corpus-id": rows.flatMap((row) => lists[row]),
      score: rows.flatMap((row) => lists[row].map((_, place) => scoreOf(row, place))),
    },
  };
}

function idLists(table: Table, ids: Ids): readonly (readonly string[])[] {
  const { column, prefix } =
    typeof ids === "object" && ids.scheme === "column" ? ids : { column: String(ids), prefix: "" };
  const lists = idListColumn(table, column);
  return prefix === "" ? lists : lists.map((list) => list.map((id) => `${prefix}${id}`));
}

/**
 * Returns the data set of a `retrievalLayout` step. `read` throws `InputError` for a config, split or column that is missing,
 * and where no row holds what it is to hold. Source: the loaders of mteb 2.26 that fill `queries`, `corpus` and
 * `relevant_docs`, dictionaries by id.
 */
export function layOutRetrieval(source: LayoutSource, step: RetrievalLayoutStep, subsets: readonly string[]): Dataset {
  const { corpus, queries, qrels, topRanked, instructions, changed, excluded } = step;
  const readCorpus = async (place: Place, pack?: readonly string[]): Promise<Table> => {
    const names = { text: corpus.text, ...(corpus.title === undefined ? {} : { title: corpus.title }) };
    return withIds(await readRows(source, place, corpus, packed(names, pack)), corpus.id, names);
  };
  const parts: Partial<Record<Part, (place: Place, pack?: readonly string[]) => Promise<Table>>> = {
    corpus: async (place, pack) => {
      const table = await readCorpus(place, pack);
      const once = eachIdOnce(table);
      if (excluded !== undefined && once.rows < table.rows) refuseCopies(table);
      return corpus.mergeCopies ? withoutCopies(once) : once;
    },
    queries: async (place) =>
      eachIdOnce(withIds(await readRows(source, place, queries), queries.id, { text: queries.text })),
    qrels: async (place) => {
      const judgements = judgementsOf(await readRows(source, place, qrels), qrels);
      return corpus.mergeCopies ? withoutNamesOfCopies(judgements, eachIdOnce(await readCorpus(place))) : judgements;
    },
    ...(topRanked && { top_ranked: async (place) => listsOf(await readRows(source, place, topRanked), topRanked) }),
    ...(instructions && {
      instruction: async (place) => {
        const table = await readRows(source, place, instructions);
        const columns = {
          "query-id": idsOf(table, instructions.query),
          instruction: presentColumn(table, instructions.text),
        };
        return { name: table.name, rows: table.rows, columns };
      },
    }),
    ...(changed && { qrel_diff: async (place) => listsOf(await readRows(source, place, changed), changed) }),
    ...(excluded && { excluded: async (place) => excludedOf(await readRows(source, place, excluded), excluded) }),
  };
  return datasetOfParts(source.dataset, subsets, Object.keys(parts) as Part[], async (part, subset, split, pack) =>
    (parts[part] as NonNullable<(typeof parts)[Part]>)({ subset, split }, pack),
  );
}
