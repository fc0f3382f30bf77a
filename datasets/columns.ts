import { InputError } from "./errors.ts";
import { type Column, isPacked, valuesOf } from "./packed-texts.ts";
import { didYouMean } from "./suggest.ts";
import type { Table } from "./table.ts";

// A reader of a column throws `InputError` for a column that is missing, naming those there are, and for the first
// value that does not fit, naming its row.

/** Texts by row, counted from 0, packed or in an array. */
export type Texts = Pick<readonly string[], "length" | "at">;

/** Labels of one kind; of one document, its classes from the coarsest to the finest. */
export type LabelPath = readonly number[] | readonly string[] | readonly boolean[];

type Label = LabelPath[number];
type Id = string | number | bigint;

/** Returns the values of a column, whatever they are. */
export const columnOf = (table: Table, name: string): readonly unknown[] => valuesOf(presentColumn(table, name));

/** Reads a column of texts, which may be empty. */
export const textColumn = (table: Table, name: string): readonly string[] => checked(table, name, isText, "a text");

/** Reads a column of texts; one that is packed stays so. */
export function packableTextColumn(table: Table, name: string): Texts {
  const column = presentColumn(table, name);
  if (!isPacked(column)) return textColumn(table, name);
  const [row] = column.others();
  if (row === undefined) return column as Texts;
  throw misfit(table, name, row, column.at(row), "a text");
}

/** Reads a column of finite numbers. */
export const numberColumn = (table: Table, name: string): readonly number[] =>
  checked(table, name, isNumber, "a number");

/** Reads a column of class labels: numbers, texts or truth values, but one kind throughout. */
export function labelColumn(table: Table, name: string): LabelPath {
  const { fits, expected } = labelKind(columnOf(table, name)[0], "as in row 1");
  return checked(table, name, fits, expected) as LabelPath;
}

/**
 * Reads a column of labels or lists of labels (numbers, texts or truth values, but one kind throughout) as lists: a
 * single label becomes a list of one, and lists may be empty.
 */
export function labelPathColumn(table: Table, name: string): readonly LabelPath[] {
  const { fits, expected } = labelKind(columnOf(table, name).flat()[0], "as the first label is");
  const isPath = (value: unknown): value is LabelPath => [value].flat().every(fits);
  return checked(table, name, isPath, `${expected}, or a list of such`).map((value) => [value].flat() as LabelPath);
}

/** Reads a column of lists of texts; lists may be empty. */
export function textListColumn(table: Table, name: string): readonly (readonly string[])[] {
  return checked(table, name, isTextList, "a list of texts");
}

/** Reads a column of lists of finite numbers; lists may be empty. */
export function numberListColumn(table: Table, name: string): readonly (readonly number[])[] {
  return checked(table, name, isNumberList, "a list of numbers");
}

/** Reads a column of lists of anything. */
export function listColumn(table: Table, name: string): readonly (readonly unknown[])[] {
  return checked(table, name, isList, "a list");
}

/**
 * Reads a column of ids, texts or integers, as texts. Integers beyond 64 bits are refused: other programs round them, which
 * makes one id of several.
 */
export function idColumn(table: Table, name: string): readonly string[] {
  const ids = checked(table, name, isId, "an id, a text or an integer within ±2^63");
  checkMixture(table, name, ids, ids);
  return asTexts(ids);
}

/** Reads a column of lists of ids, each as a text. */
export function idListColumn(table: Table, name: string): readonly (readonly string[])[] {
  const lists = checked(table, name, isIdList, "a list of ids, texts or integers within ±2^63");
  checkMixture(table, name, lists, lists.flat());
  return lists.map(asTexts);
}

/**
 * Refuses ids of both kinds: of such a column datasets makes JSON, where the id q1 is `"q1"`, in quotation marks, and "007"
 * is 7, so that ids of other tables do not name them.
 *
 * @param rows The rows that the ids stand in.
 */
function checkMixture(table: Table, name: string, rows: readonly unknown[], ids: readonly Id[]): void {
  const areTexts = isText(ids[0]);
  if (ids.every((id) => isText(id) === areTexts)) return;
  const row = rows.findIndex((value) => [value].flat().some((id) => isText(id) !== areTexts));
  const kind = areTexts ? "texts" : "integers";
  throw misfit(table, name, row, rows[row], `${kind}, as in the rows before, or texts in all rows`);
}

/** Reads a column of integers of 32 bits, which may be written as texts. */
export function integerColumn(table: Table, name: string): readonly number[] {
  return checked(table, name, isInteger, "an integer of at most 32 bits").map(Number);
}

const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isTextList = (value: unknown): value is readonly string[] => isList(value) && value.every(isText);
const isNumberList = (value: unknown): value is readonly number[] => isList(value) && value.every(isNumber);
const isId = (value: unknown): value is Id =>
  isText(value) || Number.isSafeInteger(value) || (typeof value === "bigint" && BigInt.asIntN(64, value) === value);
const isIdList = (value: unknown): value is readonly Id[] => isList(value) && value.every(isId);
const isInteger = (value: unknown): value is number | string =>
  isText(value) ? /^[+-]?\d+$/.test(value) && isInteger(Number(value)) : isNumber(value) && (value | 0) === value;

const asTexts = (ids: readonly Id[]): readonly string[] => (ids.every(isText) ? ids : ids.map(String));

const labelKinds: readonly { fits: (value: unknown) => value is Label; expected: string }[] = [
  { fits: isText, expected: "a text" },
  { fits: isBoolean, expected: "true or false" },
  { fits: isNumber, expected: "a number" },
];

/** Tells the kind of a column's labels from the first one; `like` points to it in messages. */
function labelKind(first: unknown, like: string): (typeof labelKinds)[number] {
  const kind = labelKinds.find(({ fits }) => fits(first));
  if (kind === undefined) return { fits: isNumber, expected: "a number, a text, or true or false" };
  return { fits: kind.fits, expected: `${kind.expected}, ${like}` };
}

/** Returns a column as it is held, packed or not. */
export function presentColumn(table: Table, name: string): Column {
  const column = Object.hasOwn(table.columns, name) ? table.columns[name] : undefined;
  const declared = table.unreadable?.get(name);
  if (declared !== undefined) {
    throw new InputError(`data set ${table.name}: column "${name}" ${declared}, which is not read`);
  }
  if (column !== undefined) return column;
  throw noColumn(table, [name]);
}

/** Makes the error of a table that has a column of none of these names. */
export function noColumn(table: Table, wanted: readonly string[]): InputError {
  const names = Object.keys(table.columns);
  const found = names.length > 0 ? `its columns are ${names.join(", ")}` : "it has no columns";
  const missing = wanted.map((name) => `"${name}"`).join(" or ");
  const near = wanted.map((name) => didYouMean(name, names)).find((hint) => hint !== "") ?? "";
  return new InputError(`data set ${table.name}: there is no column ${missing}${near}; ${found}`);
}

function checked<T>(table: Table, name: string, fits: (value: unknown) => value is T, expected: string): readonly T[] {
  const column = columnOf(table, name);
  const row = column.findIndex((value) => !fits(value));
  if (row < 0) return column as readonly T[];
  throw misfit(table, name, row, column[row], expected);
}

function misfit(table: Table, name: string, row: number, value: unknown, expected: string): InputError {
  return new InputError(
    `data set ${table.name}: column "${name}", row ${row + 1} holds ${describe(value)}; expected ${expected}`,
  );
}

function describe(value: unknown): string {
  if (typeof value === "bigint") return `${value}, beyond the integers that are exact (±2^53)`;
  if (value === undefined || value === null) return "nothing (null)";
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value, bigintAsText) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

const bigintAsText = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? String(value) : value);
