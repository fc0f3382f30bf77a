import { columnOf, labelColumn, listColumn, textColumn } from "./columns.ts";
import { InputError } from "./errors.ts";
import { remembering } from "./remembering.ts";
import { drawRows, drawStratifiedRows } from "./sampling.ts";
import { didYouMean } from "./suggest.ts";
import type { Dataset, Table } from "./table.ts";

/** Step that changes the splits of a data set before their rows are used. */
export type PreparationStep =
  /** Gives columns other names, by their present ones. */
  | { readonly step: "rename"; readonly columns: Readonly<Record<string, string>> }
  /** Rows of lists become rows of their items, the listed columns side by side; other columns are left out. */
  | { readonly step: "flatten"; readonly columns: readonly string[] }
  /** A text label becomes the path of its parts, a list of texts. */
  | { readonly step: "splitLabel"; readonly column: string; readonly separator: string }
  /** Leaves out the rows whose label no other row has. */
  | { readonly step: "dropRareLabels"; readonly column: string }
  /** Draws rows of the named splits as datasets' train_test_split does, seed 42. */
  | { readonly step: "sample"; readonly rows: number; readonly splits: readonly string[] }
  /** Draws rows of the named splits, each label in proportion; a split of no more rows stays as it is. */
  | {
      readonly step: "stratifiedSample";
      readonly rows: number;
      readonly column: string;
      readonly splits: readonly string[];
    };

/** Changes to a data set before its rows are used. */
interface Preparation {
  /** Steps for every split that is read, in this order. */
  readonly steps?: readonly PreparationStep[] | undefined;
  /** Column that names a row's subset, where all subsets lie in the config `default`. */
  readonly subsetColumn?: string | undefined;
  /** True where a subset `A-B` stands for the columns A and B of the config `default`. */
  readonly subsetPairs?: true | undefined;
}

/**
 * Returns a data set whose rows are picked and prepared when they are read. With `subsetColumn`, a config stands for
 * the rows of `default` that name it, with `subsetPairs` the config `A-B` for two of its columns, under the names
 * `sentence1` and `sentence2`; each split is then read once, however many configs are asked for. `read` throws
 * `InputError` for a subset without rows or columns, and for rows that a step does not fit. Source of the subsets: mteb
 * 2.26 `AbsTask.fast_load`, `AbsTaskBitextMining._evaluate_subset`.
 */
export function prepareDataset(dataset: Dataset, { steps = [], subsetColumn, subsetPairs }: Preparation): Dataset {
  const subsetOf = subsetColumn !== undefined ? rowsOfSubset(subsetColumn) : subsetPairs ? pairOfSubset : undefined;
  if (subsetOf === undefined) {
    return {
      ...dataset,
      read: async (config, split, pack) => prepareTable(await dataset.read(config, split, pack), steps, split),
    };
  }
  const readMerged = remembering((split: string) => dataset.read("default", split));
  return {
    ...dataset,
    splits: () => dataset.splits("default"),
    read: async (config, split) => {
      const subset = subsetOf(await readMerged(split), config);
      return prepareTable({ ...subset, name: `${dataset.id} (${config}, ${split})` }, steps, split);
    },
  };
}

/** Takes the part of a table that is a subset's. */
type SubsetOf = (table: Table, subset: string) => Table;

const rowsOfSubset =
  (column: string): SubsetOf =>
  (table, subset) => {
    const names = textColumn(table, column);
    const rows = rowsWhere(names, (name) => name === subset);
    if (rows.length > 0) return takeRows(table, rows);
    const known = [...new Set(names)];
    throw new InputError(
      `data set ${table.name}: no row of column "${column}" holds "${subset}"${didYouMean(subset, known)}; it holds ` +
        (known.join(", ") || "nothing"),
    );
  };

const pairOfSubset: SubsetOf = (table, subset) => {
  const [first = "", second = "", ...more] = subset.split("-");
  if (first === "" || second === "" || more.length > 0) {
    throw new InputError(
      `data set ${table.name}: the subset "${subset}" names no pair of columns; expected the names of two, with a - between them`,
    );
  }
  return { ...table, columns: { sentence1: textColumn(table, first), sentence2: textColumn(table, second) } };
};

/** Applies steps to a table, which stays as it is. Throws `InputError` for rows that a step does not fit. */
export function prepareTable(table: Table, steps: readonly PreparationStep[], split: string): Table {
  return steps.reduce((prepared, step) => applyStep(prepared, step, split), table);
}

function applyStep(table: Table, step: PreparationStep, split: string): Table {
  switch (step.step) {
    case "rename":
      return renameColumns(table, step.columns);
    case "flatten":
      return flattenLists(table, step.columns);
    case "splitLabel":
      return splitLabels(table, step.column, step.separator);
    case "dropRareLabels":
      return dropRareLabels(table, step.column);
    case "sample":
      return step.splits.includes(split) ? sample(table, step.rows) : table;
    case "stratifiedSample":
      return step.splits.includes(split) ? stratifiedSample(table, step.rows, step.column) : table;
  }
}

/** Renames columns. Throws `InputError` for a missing column and a name that is taken. */
function renameColumns(table: Table, names: Readonly<Record<string, string>>): Table {
  for (const name of Object.keys(names)) columnOf(table, name);
  const newName = (name: string): string => (Object.hasOwn(names, name) ? names[name] : name);
  const renamed = Object.entries(table.columns).map(([name, values]) => [newName(name), values] as const);
  const taken = renamed.find(([name], i) => renamed.findIndex(([other]) => other === name) < i);
  if (taken !== undefined) {
    throw new InputError(
      `data set ${table.name}: a column is to be named "${taken[0]}", which another column is; its columns are ` +
        Object.keys(table.columns).join(", "),
    );
  }
  const moved = <Value>(map: ReadonlyMap<string, Value> | undefined): ReadonlyMap<string, Value> | undefined =>
    map && new Map([...map].map(([name, value]) => [newName(name), value]));
  return {
    ...table,
    columns: Object.fromEntries(renamed),
    features: moved(table.features),
    unreadable: moved(table.unreadable),
  };
}

/**
 * Turns rows of lists into rows of their items, the named columns side by side; other columns are left out. Throws
 * `InputError` for a missing column, a value that is no list, and lists of different lengths in one row.
 */
export function flattenLists(table: Table, names: readonly string[]): Table {
  const columns = names.map((name) => ({ name, lists: listColumn(table, name) }));
  for (let row = 0; row < table.rows; row++) {
    const lengths = columns.map(({ lists }) => lists[row]?.length);
    if (lengths.every((length) => length === lengths[0])) continue;
    const found = columns.map(({ name }, i) => `${lengths[i]} in "${name}"`).join(", ");
    throw new InputError(
      `data set ${table.name}: row ${row + 1} holds lists of different lengths (${found}); expected one length`,
    );
  }
  const flat = columns.map(({ name, lists }) => [name, lists.flat()] as const);
  return { name: table.name, rows: flat[0]?.[1].length ?? 0, columns: Object.fromEntries(flat) };
}

function splitLabels(table: Table, name: string, separator: string): Table {
  const paths = textColumn(table, name).map((label) => label.split(separator));
  const features = table.features && new Map([...table.features].filter(([column]) => column !== name));
  return { ...table, columns: { ...table.columns, [name]: paths }, features };
}

function dropRareLabels(table: Table, name: string): Table {
  const labels: readonly unknown[] = labelColumn(table, name);
  const counts = new Map<unknown, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return takeRows(
    table,
    rowsWhere(labels, (label) => counts.get(label) !== 1),
  );
}

function sample(table: Table, size: number): Table {
  return takeRows(table, drawRows(table.rows, size, `data set ${table.name}`));
}

/**
 * Draws rows in proportion to their labels, which keep their values. Classes are numbered as the column declares them;
 * where it does not, in the order of their labels as texts, numbers too. Source: mteb 2.26
 * `AbsTask.stratified_subsampling`.
 */
function stratifiedSample(table: Table, size: number, name: string): Table {
  const labels: readonly unknown[] = labelColumn(table, name);
  if (size >= table.rows) return table;
  const isNumbered = table.features?.get(name)?.kind === "classes";
  const inOrder = [...new Set(labels)].sort((a, b) =>
    isNumbered ? Number(a) - Number(b) : Buffer.compare(utf8(a), utf8(b)),
  );
  const numbers = new Map(inOrder.map((label, number) => [label, number]));
  const classes = Int32Array.from(labels, (label) => numbers.get(label) as number);
  return takeRows(table, drawStratifiedRows(classes, size, `data set ${table.name}, column "${name}"`));
}

/** Returns bytes, which are ordered as Python orders texts, by code points. */
const utf8 = (value: unknown): Buffer => Buffer.from(String(value));

function rowsWhere<Value>(values: readonly Value[], keep: (value: Value) => boolean): number[] {
  const rows: number[] = [];
  for (let row = 0; row < values.length; row++) if (keep(values[row])) rows.push(row);
  return rows;
}

/** Picks rows, in the order of `rows`. */
function takeRows(table: Table, rows: ArrayLike<number>): Table {
  const columns = Object.entries(table.columns).map(([name, values]) => {
    return [name, Array.from(rows, (row) => values.at(row))] as const;
  });
  return { ...table, rows: rows.length, columns: Object.fromEntries(columns) };
}
