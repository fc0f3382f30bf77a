import { InputError } from "./errors.ts";
import { type Column, isPacked, valuesOf } from "./packed-texts.ts";
import type { Table } from "./table.ts";

/** A column of texts; the empty text is one. Throws `InputError` for a missing column and for the first other value. */
export function textColumn(table: Table, name: string): readonly string[] {
  return checked(table, name, isText, "a text");
}

/** Texts by place, counted from 0, in whatever form they are held; an array of texts is one. */
export type Texts = Pick<readonly string[], "length" | "at">;

/** As `textColumn`, but for a column that is packed, which stays so. */
export function packableTextColumn(table: Table, name: string): Texts {
  const column = presentColumn(table, name);
  if (!isPacked(column)) return textColumn(table, name);
  const [row] = column.others();
  if (row === undefined) return column as Texts;
  throw misfit(table, name, row, column.at(row), "a text");
}

/** The texts at the places, in their order; they stay where they are. */
export function textsAt(texts: Texts, places: readonly number[]): Texts {
  const textOf = (place: number | undefined): string | undefined => (place === undefined ? place : texts.at(place));
  return { length: places.length, at: (i) => textOf(places[i]) };
}

/** A column of finite numbers. Throws `InputError` for a missing column and for the first other value. */
export function numberColumn(table: Table, name: string): readonly number[] {
  return checked(table, name, isNumber, "a number");
}

/**
 * A column of class labels: numbers, texts or truth values, but one kind throughout. Throws `InputError` for a missing
 * column and for the first other value.
 */
export function labelColumn(table: Table, name: string): readonly number[] | readonly string[] | readonly boolean[] {
  const first = columnOf(table, name)[0];
  if (typeof first === "string") return checked(table, name, isText, "a text, as in row 1");
  if (typeof first === "boolean") return checked(table, name, isBoolean, "true or false, as in row 1");
  if (isNumber(first)) return checked(table, name, isNumber, "a number, as in row 1");
  return checked(table, name, isNumber, "a number, a text, or true or false");
}

/** Labels of one document from the coarsest class to the finest. */
export type LabelPath = readonly number[] | readonly string[] | readonly boolean[];

/**
 * A column of labels or lists of labels (numbers, texts or truth values, but one kind throughout) as lists: a single
 * label becomes a list of one, and lists may be empty. Throws `InputError` for a missing column and for the first other
 * value.
 */
export function labelPathColumn(table: Table, name: string): readonly LabelPath[] {
  const first = columnOf(table, name).flat()[0];
  const kind = labelKinds.find(({ fits }) => fits(first)) ?? anyLabel;
  const isPath = (value: unknown): value is LabelPath => [value].flat().every(kind.fits);
  return checked(table, name, isPath, `${kind.expected}, or a list of such`).map(
    (value) => [value].flat() as LabelPath,
  );
}

/** A column of lists of texts; lists may be empty. Throws `InputError` for a missing column and the first other value. */
export function textListColumn(table: Table, name: string): readonly (readonly string[])[] {
  return checked(table, name, isTextList, "a list of texts");
}

/** A column of lists of finite numbers; lists may be empty. Throws `InputError` like `textListColumn`. */
export function numberListColumn(table: Table, name: string): readonly (readonly number[])[] {
  return checked(table, name, isNumberList, "a list of numbers");
}

/** A column of lists of anything. Throws `InputError` like `textListColumn`. */
export function listColumn(table: Table, name: string): readonly (readonly unknown[])[] {
  return checked(table, name, isList, "a list");
}

const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isTextList = (value: unknown): value is readonly string[] => isList(value) && value.every(isText);
const isNumberList = (value: unknown): value is readonly number[] => isList(value) && value.every(isNumber);

const anyLabel = { fits: isNumber, expected: "a number, a text, or true or false" };
const labelKinds = [
  { fits: isText, expected: "a text, as the first label is" },
  { fits: isBoolean, expected: "true or false, as the first label is" },
  { fits: isNumber, expected: "a number, as the first label is" },
];

/** A column's values. Throws `InputError` that lists the columns there are for a missing one. */
export function columnOf(table: Table, name: string): readonly unknown[] {
  return valuesOf(presentColumn(table, name));
}

function presentColumn(table: Table, name: string): Column {
  const column = Object.hasOwn(table.columns, name) ? table.columns[name] : undefined;
  if (column !== undefined) return column;
  const names = Object.keys(table.columns);
  const found = names.length > 0 ? `its columns are ${names.join(", ")}` : "it has no columns";
  throw new InputError(`data set ${table.name}: there is no column "${name}"; ${found}`);
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

/** A column of ids, texts or integers, as texts. Throws `InputError` for a missing column and for the first other value. */
export function idColumn(table: Table, name: string): readonly string[] {
  return asTexts(checked(table, name, isId, "an id, a text or an integer"));
}

/** A column of lists of ids, each as a text. Throws `InputError` for a missing column and for the first other value. */
export function idListColumn(table: Table, name: string): readonly (readonly string[])[] {
  return checked(table, name, isIdList, "a list of ids, texts or integers").map(asTexts);
}

/**
 * A column of integers of 32 bits, also where they are written as texts. Throws `InputError` for a missing column and
 * for the first other value.
 */
export function integerColumn(table: Table, name: string): readonly number[] {
  return checked(table, name, isInteger, "an integer of at most 32 bits").map(Number);
}

type Id = string | number | bigint;

const asTexts = (ids: readonly Id[]): readonly string[] => (ids.every(isText) ? ids : ids.map(String));

const isId = (value: unknown): value is Id => isText(value) || typeof value === "bigint" || Number.isSafeInteger(value);
const isIdList = (value: unknown): value is readonly Id[] => Array.isArray(value) && value.every(isId);
const isInteger = (value: unknown): value is number | string =>
  isText(value) ? /^[+-]?\d+$/.test(value) && isInteger(Number(value)) : isNumber(value) && (value | 0) === value;
