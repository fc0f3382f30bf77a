import { InputError } from "./errors.ts";
import { type FlatTable, numberOf, tableOf, tablesOf, textOf } from "./flatbuffers.ts";
import { limits, seeLimits } from "./limits.ts";
import { shown } from "./shown.ts";

/** How the values of a column lie in its buffers. */
export type ArrowType =
  | { readonly kind: "null" | "bool" | "struct" | "textView" | "bytesView" }
  | { readonly kind: "integer"; readonly bits: 8 | 16 | 32 | 64; readonly signed: boolean }
  | { readonly kind: "float"; readonly bits: 16 | 32 | 64 }
  | { readonly kind: "decimal"; readonly bits: 32 | 64 | 128 | 256; readonly scale: number }
  /** A moment, counted from 1970 in units of so many milliseconds, or of which so many make one. */
  | { readonly kind: "moment"; readonly bits: 32 | 64; readonly milliseconds: number; readonly perMillisecond: number }
  | { readonly kind: "text" | "bytes"; readonly offsetBytes: 4 | 8 }
  | { readonly kind: "list"; readonly offsetBytes: 4 | 8 }
  | { readonly kind: "fixedBytes" | "fixedList"; readonly size: number };

export interface ArrowField {
  readonly name: string;
  readonly type: ArrowType;
  readonly children: readonly ArrowField[];
  /** The dictionary that holds the values, and the type of the places in it. */
  readonly dictionary?: { readonly id: number; readonly index: ArrowType & { readonly kind: "integer" } };
}

export interface ArrowSchema {
  readonly fields: readonly ArrowField[];
  /** Key-value metadata; the last value of a key counts. */
  readonly notes: ReadonlyMap<string, string>;
}

/**
 * Reads a schema. Source: Apache Arrow, format/Schema.fbs, whose fields are meant by their numbers.
 *
 * @throws InputError for types that are not read
 */
export function readSchema(table: FlatTable): ArrowSchema {
  if (numberOf(table, 0, 2) !== 0) throw new InputError("its numbers have the higher byte first, which is not read");
  const budget = { fields: 0 };
  const notes = tablesOf(table, 2).map((note) => [textOf(note, 0) ?? "", textOf(note, 1) ?? ""] as const);
  return { fields: readFields(tablesOf(table, 1), budget, ""), notes: new Map(notes) };
}

/** @param budget Counts the fields that were read: tables may be named many times over. */
function readFields(tables: readonly FlatTable[], budget: { fields: number }, path: string): readonly ArrowField[] {
  const depth = path.split("/").length;
  budget.fields += tables.length;
  if (budget.fields > limits.columns || depth > limits.depth) {
    throw new InputError(
      `it has more than ${limits.columns} columns, or more than ${limits.depth} within each other; ${seeLimits}`,
    );
  }
  const fields = tables.map((table) => readField(table, budget, path));
  const names = new Set(fields.map(({ name }) => name));
  if (names.size === fields.length) return fields;
  const twice = fields.find(({ name }, i) => fields.findIndex((other) => other.name === name) !== i);
  throw new InputError(`the column "${shown(twice?.name)}" occurs twice`);
}

function readField(table: FlatTable, budget: { fields: number }, path: string): ArrowField {
  const name = textOf(table, 0) ?? "";
  const subject = `the column "${shown(`${path}${name}`)}"`;
  const type = readType(numberOf(table, 2, 1), tableOf(table, 3), subject);
  const children = readFields(tablesOf(table, 5), budget, `${path}${name.replaceAll("/", "_")}/`);
  const isNested = type.kind === "list" || type.kind === "fixedList";
  if (isNested && children.length !== 1) throw new Error(`${subject} is a list of ${children.length} things`);
  if (!isNested && type.kind !== "struct" && children.length > 0) throw new Error(`${subject} has parts`);
  const encoding = tableOf(table, 4);
  if (encoding === undefined) return { name, type, children };
  const index = tableOf(encoding, 1);
  return { name, type, children, dictionary: { id: numberOf(encoding, 0, 8), index: readIndexType(index, subject) } };
}

const units = [
  { milliseconds: 1000, perMillisecond: 1 },
  { milliseconds: 1, perMillisecond: 1 },
  { milliseconds: 1, perMillisecond: 1000 },
  { milliseconds: 1, perMillisecond: 1_000_000 },
] as const;
const day = { milliseconds: 86_400_000, perMillisecond: 1 } as const;

/** Types that are not read, by their numbers in the union `Type`. */
const unread: Readonly<Record<number, string>> = {
  11: "interval",
  14: "union",
  22: "run-end encoded",
  25: "list view",
  26: "list view",
};

function readType(number: number, table: FlatTable | undefined, subject: string): ArrowType {
  const read = (field: number, bytes: 2 | 4, byDefault = 0): number =>
    table === undefined ? byDefault : numberOf(table, field, bytes, byDefault);
  switch (number) {
    case 1:
      return { kind: "null" };
    case 2:
      return table === undefined ? fail(subject, "integer") : integerType(table, subject);
    case 3:
      return { kind: "float", bits: oneOf([16, 32, 64], [16, 32, 64][read(0, 2)], subject) };
    case 4:
      return { kind: "bytes", offsetBytes: 4 };
    case 5:
      return { kind: "text", offsetBytes: 4 };
    case 6:
      return { kind: "bool" };
    case 7:
      return { kind: "decimal", bits: oneOf([32, 64, 128, 256], read(2, 4, 128), subject), scale: read(1, 4) };
    case 8:
      return read(0, 2, 1) === 0 ? { kind: "moment", bits: 32, ...day } : { kind: "moment", bits: 64, ...units[1] };
    case 9:
      return { kind: "integer", bits: oneOf([32, 64], read(1, 4, 32), subject), signed: true };
    case 10:
      return { kind: "moment", bits: 64, ...(units[read(0, 2)] ?? fail(subject, "timestamp")) };
    case 12:
      return { kind: "list", offsetBytes: 4 };
    case 13:
      return { kind: "struct" };
    case 15:
      return { kind: "fixedBytes", size: sizeOf(read(0, 4), 1, subject) };
    case 16:
      return { kind: "fixedList", size: sizeOf(read(0, 4), 0, subject) };
    // A map is a list of pairs.
    case 17:
      return { kind: "list", offsetBytes: 4 };
    case 18:
      return { kind: "integer", bits: 64, signed: true };
    case 19:
      return { kind: "bytes", offsetBytes: 8 };
    case 20:
      return { kind: "text", offsetBytes: 8 };
    case 21:
      return { kind: "list", offsetBytes: 8 };
    case 23:
      return { kind: "bytesView" };
    case 24:
      return { kind: "textView" };
    default:
      throw new InputError(
        `${subject} has the type ${unread[number] ?? `number ${number}`}, which is not read; leave the column out, or ` +
          "write it as texts, numbers, lists or structs",
      );
  }
}

function integerType(table: FlatTable, subject: string): ArrowType & { kind: "integer" } {
  const bits = oneOf([8, 16, 32, 64], numberOf(table, 0, 4), subject);
  return { kind: "integer", bits, signed: numberOf(table, 1, 1) !== 0 };
}

const readIndexType = (table: FlatTable | undefined, subject: string): ArrowType & { kind: "integer" } =>
  table === undefined ? { kind: "integer", bits: 32, signed: true } : integerType(table, subject);

function oneOf<Value extends number>(known: readonly Value[], value: number | undefined, subject: string): Value {
  return known.find((one) => one === value) ?? fail(subject, `${value} bits`);
}

function sizeOf(size: number, least: number, subject: string): number {
  return size >= least ? size : fail(subject, `size ${size}`);
}

function fail(subject: string, what: string): never {
  throw new Error(`${subject} has no type that there is (${what})`);
}
