import { numbersInOrder } from "../code-points.ts";
import { columnOf, labelColumn, labelPathColumn } from "../columns.ts";
import { InputError } from "../errors.ts";
import { drawIteratively } from "../iterative-stratification.ts";
import { pickRows } from "../packed-texts.ts";
import { numpyGenerator } from "../random/numpy.ts";
import { pythonRandom } from "../random/python.ts";
import { drawRows, drawStratifiedRows, splitRows, splitStratified } from "../sampling.ts";
import { shownJson } from "../shown.ts";
import { strip } from "../strip.ts";
import type { Table } from "../table.ts";
import type { SplitStep, StepValue } from "./steps.ts";

// Steps that pick rows. A step throws `InputError` for a missing column, naming those there are.

/** Lists the rows whose value is to be kept. */
export function rowsWhere<Value>(values: readonly Value[], keep: (value: Value) => boolean): number[] {
  const rows: number[] = [];
  for (let row = 0; row < values.length; row++) if (keep(values[row])) rows.push(row);
  return rows;
}

/** Picks rows, in the order of `rows`. */
export function takeRows(table: Table, rows: ArrayLike<number>): Table {
  const columns = Object.entries(table.columns).map(([name, values]) => [name, pickRows(values, rows)] as const);
  return { ...table, rows: rows.length, columns: Object.fromEntries(columns) };
}

/** Tells whether a cell holds a value that a step names; null stands for nothing. */
const isOneOf = (values: readonly StepValue[]) => {
  const set = new Set<unknown>(values);
  return (value: unknown): boolean => set.has(value ?? null);
};

const mostShown = 5;

/** Lists some of the values of a column. */
export function someOf(values: readonly unknown[]): string {
  const distinct = [...new Set(values)];
  const more = distinct.length > mostShown ? " …" : "";
  return `${distinct
    .slice(0, mostShown)
    .map((value) => shownJson(value, 40))
    .join(", ")}${more}`;
}

/** Keeps the rows with one of these values. Throws `InputError` where no row has. */
export function keepRows(table: Table, name: string, values: readonly StepValue[]): Table {
  const column = columnOf(table, name);
  const rows = rowsWhere(column, isOneOf(values));
  if (rows.length > 0 || table.rows === 0) return takeRows(table, rows);
  throw new InputError(
    `data set ${table.name}: no row of column "${name}" holds ${values.map((value) => shownJson(value)).join(" or ")}; ` +
      `it holds ${someOf(column)}`,
  );
}

export function dropRows(table: Table, name: string, values: readonly StepValue[]): Table {
  const isDropped = isOneOf(values);
  return takeRows(
    table,
    rowsWhere(columnOf(table, name), (value) => !isDropped(value)),
  );
}

const isBlank = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === "string" && strip(value) === "");

export function dropBlank(table: Table, names: readonly string[]): Table {
  const columns = names.map((name) => columnOf(table, name));
  const rows = rowsWhere([...Array(table.rows).keys()], (row) => !columns.some((column) => isBlank(column[row])));
  return takeRows(table, rows);
}

export function dropRepeats(table: Table, name: string): Table {
  const known = new Set<unknown>();
  const isNew = (value: unknown): boolean => known.size < known.add(value ?? null).size;
  return takeRows(table, rowsWhere(columnOf(table, name), isNew));
}

export function dropRareLabels(table: Table, name: string, least = 2): Table {
  const labels: readonly unknown[] = labelColumn(table, name);
  const counts = new Map<unknown, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return takeRows(
    table,
    rowsWhere(labels, (label) => (counts.get(label) ?? 0) >= least),
  );
}

export const head = (table: Table, rows: number): Table =>
  takeRows(
    table,
    Array.from({ length: Math.min(rows, table.rows) }, (_, row) => row),
  );

/** Source: datasets 5.0 `Dataset.shuffle(seed=seed)`; CPython 3.11 `Random(seed).shuffle`. */
export function shuffle(table: Table, seed: number, by?: "python"): Table {
  const order =
    by === "python"
      ? pythonRandom(seed).shuffle([...Array(table.rows).keys()])
      : numpyGenerator(seed).permutation(table.rows);
  return takeRows(table, order);
}

export const sample = (table: Table, size: number): Table =>
  takeRows(table, drawRows(table.rows, size, `data set ${table.name}`));

/**
 * Draws rows in proportion to their labels, which keep their values here: `prepareDataset` has numbered them before. Source:
 * mteb 2.26 `AbsTask.stratified_subsampling`.
 */
export function stratifiedSample(table: Table, size: number, name: string): Table {
  const classes = classNumbers(table, name);
  if (size >= table.rows) return table;
  return takeRows(table, drawStratifiedRows(classes, size, `data set ${table.name}, column "${name}"`));
}

/**
 * Draws about `size` rows in proportion to the labels of their lists and to pairs of these. Source: mteb 2.26
 * `_multilabel_subsampling`.
 */
export function iterativeStratifiedSample(table: Table, size: number, name: string): Table {
  const sets = labelPathColumn(table, name) as readonly (readonly unknown[])[];
  if (size >= table.rows) {
    throw new InputError(`data set ${table.name} has ${table.rows} rows; a sample of ${size} is drawn from more rows`);
  }
  return takeRows(table, drawIteratively(sets, size));
}

/** Draws one of the splits of a `resplit`. Source: datasets 5.0 `train_test_split`. */
export function resplit(table: Table, step: Extract<SplitStep, { step: "resplit" }>, part: "train" | "test"): Table {
  const { stratifyBy, seed, testShare } = step;
  const test = step.testRows ?? Math.ceil((testShare ?? 0) * table.rows);
  const train = step.trainRows ?? table.rows - test;
  if (stratifyBy === undefined) {
    const drawn = splitRows(table.rows, { train, test, seed }, `data set ${table.name}`);
    return takeRows(table, drawn[part]);
  }
  const subject = `data set ${table.name}, column "${stratifyBy}"`;
  const drawn = splitStratified(classNumbers(table, stratifyBy), { train, test, seed }, subject);
  return takeRows(table, drawn[part]);
}

/**
 * Numbers the classes of the rows from 0: as the column declares them; where it does not, in the order of their labels as
 * texts, numbers too.
 */
function classNumbers(table: Table, name: string): Int32Array {
  const labels: readonly unknown[] = labelColumn(table, name);
  const isNumbered = table.features?.get(name)?.kind === "classes";
  const numbers = numbersInOrder([...new Set(labels)], isNumbered);
  return Int32Array.from(labels, (label) => numbers.get(label) as number);
}
