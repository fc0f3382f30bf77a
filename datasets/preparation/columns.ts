import { byCodePoints } from "../code-points.ts";
import { columnOf, labelColumn, listColumn, noColumn, textColumn } from "../columns.ts";
import { InputError } from "../errors.ts";
import type { Feature } from "../features.ts";
import { pythonRandom } from "../random/python.ts";
import { shownJson } from "../shown.ts";
import { strip } from "../strip.ts";
import type { Table } from "../table.ts";
import { rowsWhere, takeRows } from "./rows.ts";
import type { StepValue, TableStep } from "./steps.ts";

// Steps that make or change columns. A step throws `InputError` for a missing column, naming those there are, and for the
// first value that does not fit, naming its row.

/** Adds a column, in place of one of that name. */
function withColumn(table: Table, name: string, values: readonly unknown[], feature?: Feature): Table {
  const others = [...(table.features ?? [])].filter(([column]) => column !== name);
  const declared = feature === undefined ? others : [...others, [name, feature] as const];
  const features = declared.length > 0 ? new Map(declared) : undefined;
  const unreadable = table.unreadable && new Map([...table.unreadable].filter(([column]) => column !== name));
  return { ...table, columns: { ...table.columns, [name]: values }, features, unreadable };
}

/** Leaves a column out where there is one. */
export function withoutColumn(table: Table, name: string): Table {
  return { ...table, columns: Object.fromEntries(Object.entries(table.columns).filter(([column]) => column !== name)) };
}

const misfit = (table: Table, name: string, row: number, value: unknown, expected: string): InputError =>
  new InputError(
    `data set ${table.name}: column "${name}", row ${row + 1} holds ${shownJson(value ?? null, 80)}; expected ${expected}`,
  );

/** Renames columns. Throws `InputError` for a missing column and a name that is taken. */
export function renameColumns(table: Table, names: Readonly<Record<string, string>>): Table {
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

/** Reads columns of lists. Throws `InputError` for a value that is no list, and lists of different lengths in one row. */
function listsSideBySide(table: Table, names: readonly string[]) {
  const columns = names.map((name) => ({ name, lists: listColumn(table, name) }));
  for (let row = 0; row < table.rows; row++) {
    const lengths = columns.map(({ lists }) => lists[row]?.length);
    if (lengths.every((length) => length === lengths[0])) continue;
    const found = columns.map(({ name }, i) => `${lengths[i]} in "${name}"`).join(", ");
    throw new InputError(
      `data set ${table.name}: row ${row + 1} holds lists of different lengths (${found}); expected one length`,
    );
  }
  return columns;
}

/**
 * Turns rows of lists into rows of their items, the named columns side by side; other columns are left out. Throws
 * `InputError` for a missing column, a value that is no list, and lists of different lengths in one row.
 */
export function flattenLists(table: Table, names: readonly string[]): Table {
  const flat = listsSideBySide(table, names).map(({ name, lists }) => [name, lists.flat()] as const);
  return { name: table.name, rows: flat[0]?.[1].length ?? 0, columns: Object.fromEntries(flat) };
}

/** Turns rows into rows of lists, as many as `parts`. Source: numpy `array_split`. */
export function chunk(table: Table, names: readonly string[], parts: number): Table {
  const least = Math.floor(table.rows / parts);
  const longer = table.rows % parts;
  return listsFrom(table, names, parts, (part) => part * least + Math.min(part, longer));
}

/** Turns rows into rows of lists of `size` items. Source: CPython 3.12 `itertools.batched`. */
export const batch = (table: Table, names: readonly string[], size: number): Table =>
  listsFrom(table, names, Math.ceil(table.rows / size), (part) => part * size);

/** Turns rows into rows of lists; `startOf` says at which row each begins. */
function listsFrom(table: Table, names: readonly string[], rows: number, startOf: (list: number) => number): Table {
  const lists = names.map((name) => {
    const values = columnOf(table, name);
    return [name, Array.from({ length: rows }, (_, i) => values.slice(startOf(i), startOf(i + 1)))] as const;
  });
  return { name: table.name, rows, columns: Object.fromEntries(lists) };
}

/** Draws items of the lists of each row. Source: CPython 3.11 `Random(seed).sample`. */
export function sampleLists(
  table: Table,
  { columns: names, most, seed }: Extract<TableStep, { step: "sampleLists" }>,
): Table {
  const columns = listsSideBySide(table, names);
  const random = pythonRandom(seed);
  const drawn = Array.from({ length: table.rows }, (_, row) => {
    const { length } = columns[0].lists[row];
    return random.sample(length, Math.min(most, length));
  });
  const sampled = columns.map(({ name, lists }) => {
    return [name, lists.map((list, row) => Array.from(drawn[row], (place) => list[place]))] as const;
  });
  return { name: table.name, rows: table.rows, columns: Object.fromEntries(sampled) };
}

/** Puts the rows again for each column. */
export function stack(table: Table, names: readonly string[], into: string): Table {
  const values = names.flatMap((name) => textColumn(table, name));
  const again = takeRows(
    table,
    names.flatMap(() => [...Array(table.rows).keys()]),
  );
  return withColumn(again, into, values);
}

export const numberRows = (table: Table, prefix: string, into: string): Table =>
  withColumn(
    table,
    into,
    Array.from({ length: table.rows }, (_, row) => `${prefix}${row}`),
  );

export function firstParts(
  table: Table,
  { column: name, separator, parts, into }: Extract<TableStep, { step: "firstParts" }>,
): Table {
  const shortened = textColumn(table, name).map((text) => text.split(separator).slice(0, parts).join(separator));
  return withColumn(table, into, shortened);
}

export function splitLabels(table: Table, name: string, separator: string, levels?: number): Table {
  const paths = textColumn(table, name).map((label) => label.split(separator).slice(0, levels));
  return withColumn(table, name, paths);
}

export function mapValues(
  table: Table,
  { column: name, values, into = name, otherwise }: Extract<TableStep, { step: "mapValues" }>,
): Table {
  const pairs = new Map<unknown, StepValue>(values);
  const mapped = columnOf(table, name).map((value, row) => {
    const found = pairs.get(value ?? null) ?? otherwise;
    if (found !== undefined || pairs.has(value ?? null)) return found;
    const known = values.map(([from]) => shownJson(from)).join(", ");
    throw misfit(table, name, row, value, `one of ${known}`);
  });
  return withColumn(table, into, mapped);
}

export function copy(table: Table, path: readonly (string | number)[], into: string): Table {
  const [name, ...inner] = path as readonly [string, ...(string | number)[]];
  const values = columnOf(table, name).map((value, row) => {
    const found = inner.reduce<unknown>((at, key) => valueAt(at, key), value);
    if (found !== undefined) return found;
    throw misfit(table, name, row, value, `something at ${inner.join(", then ")}`);
  });
  return withColumn(table, into, values);
}

/** Returns a field of a record or an item of a list, counted from 0; undefined where there is none. */
function valueAt(value: unknown, key: string | number): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value) !== (typeof key === "number"))
    return undefined;
  return Object.hasOwn(value, key) ? (value as Record<string | number, unknown>)[key] : undefined;
}

/** Reads a column of texts, in which `filler` stands for those that are missing. */
function filledTexts(table: Table, name: string, filler: string): readonly string[] {
  return columnOf(table, name).map((value, row) => {
    const text = value ?? filler;
    if (typeof text === "string") return text;
    throw misfit(table, name, row, value, "a text or nothing");
  });
}

/** Makes a column of the first of these that there is. Throws `InputError` where there is none. */
export function firstOf(table: Table, names: readonly string[], into: string): Table {
  const found = names.find((name) => Object.hasOwn(table.columns, name));
  if (found !== undefined) return withColumn(table, into, columnOf(table, found), table.features?.get(found));
  throw noColumn(table, names);
}

export function join(
  table: Table,
  { columns: names, separator, into, strip: isStripped, missing, skipEmpty }: Extract<TableStep, { step: "join" }>,
): Table {
  const filler = skipEmpty ? "" : missing;
  const columns = names.map((name) =>
    filler === undefined ? textColumn(table, name) : filledTexts(table, name, filler),
  );
  const texts = Array.from({ length: table.rows }, (_, row) => {
    const own = columns.map((column) => column[row]);
    return (skipEmpty ? own.filter((text) => text !== "") : own).join(separator);
  });
  return withColumn(table, into, isStripped ? texts.map(strip) : texts);
}

export function splitText(table: Table, name: string, at: string, [first, second]: readonly [string, string]): Table {
  const halves = textColumn(table, name).map((text) => {
    const place = text.indexOf(at);
    return place < 0 ? [text, ""] : [text.slice(0, place), text.slice(place + at.length)];
  });
  const before = halves.map(([half]) => half);
  const after = halves.map(([, half]) => half);
  return withColumn(withColumn(table, first, before), second, after);
}

const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

export function toNumbers(table: Table, name: string): Table {
  const numbers = columnOf(table, name).map((value, row) => {
    const text = typeof value === "string" ? strip(value) : value;
    const number = typeof text === "string" && decimal.test(text) ? Number(text) : text;
    if (typeof number === "number" && Number.isFinite(number)) return number;
    throw misfit(table, name, row, value, "a number, or a text that says one");
  });
  return withColumn(table, name, numbers, { kind: "value", dtype: "float64" });
}

/** Reads a text that writes out a list of numbers, such as `[0.1, 0.9]`; undefined for another. */
function writtenNumbers(value: unknown): readonly number[] | undefined {
  const inner = typeof value === "string" ? /^\[(.*)\]$/s.exec(strip(value))?.[1] : undefined;
  if (inner === undefined) return undefined;
  const parts = strip(inner) === "" ? [] : inner.split(",").map(strip);
  return parts.every((part) => decimal.test(part)) ? parts.map(Number) : undefined;
}

/** Source: numpy `argmax`, for lists of one length. */
export function placeOfLargest(
  table: Table,
  { column: name, length, into }: Extract<TableStep, { step: "placeOfLargest" }>,
): Table {
  const lists = columnOf(table, name).map((value, row) => {
    const numbers = writtenNumbers(value);
    if (numbers !== undefined) return numbers;
    throw misfit(table, name, row, value, "a list of numbers, written as a text");
  });
  const places = lists.map((numbers) => numbers.indexOf(Math.max(...numbers)));
  const kept = rowsWhere(lists, (numbers) => numbers.length === length);
  return takeRows(withColumn(table, into, places), kept);
}

/**
 * Source: datasets 5.0 `Dataset.class_encode_column`.
 * @param elsewhere Labels of other rows, which are numbered with those of the table.
 */
export function encodeLabels(table: Table, name: string, elsewhere: readonly unknown[] = []): Table {
  if (table.features?.get(name)?.kind === "classes") {
    throw new InputError(
      `data set ${table.name}: the classes of column "${name}" have numbers; expected values that have none`,
    );
  }
  const labels: readonly unknown[] = labelColumn(table, name);
  const names = [...new Set([...labels, ...elsewhere].map(String))].toSorted(byCodePoints);
  const numbers = new Map(names.map((label, number) => [label, number]));
  const encoded = labels.map((label) => numbers.get(String(label)));
  return withColumn(table, name, encoded, { kind: "classes", names });
}

export function labelNames(table: Table, name: string): Table {
  const column = columnOf(table, name);
  const feature = table.features?.get(name);
  if (feature?.kind !== "classes") {
    throw new InputError(
      `data set ${table.name}: column "${name}" declares no names of classes; expected a class_label`,
    );
  }
  const { names } = feature;
  const named = column.map((value, row) => {
    const found = typeof value === "number" ? names[value] : undefined;
    if (found !== undefined) return found;
    throw misfit(table, name, row, value, `the number of a class, 0 to ${names.length - 1}`);
  });
  return withColumn(table, name, named);
}

export function collectLabels(
  table: Table,
  { columns: names, equals, into }: Extract<TableStep, { step: "collectLabels" }>,
): Table {
  const columns = names.map((name) => columnOf(table, name));
  const lists = Array.from({ length: table.rows }, (_, row) =>
    columns.flatMap((column, place) => ((column[row] ?? null) === equals ? [place] : [])),
  );
  return withColumn(table, into, lists);
}
