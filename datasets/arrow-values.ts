import type { ArrowField, ArrowType } from "./arrow-schema.ts";
import { utf8Text } from "./encoding.ts";
import { integerAt } from "./flatbuffers.ts";

/** The values of one column of a batch, by row. */
export interface ArrowValues {
  readonly length: number;
  at(row: number): unknown;
}

/** The parts of a batch, handed out one after the other in the order of its columns and what lies within them. */
export interface BatchParts {
  /** Rows of the next column, and how many of them are missing. */
  node(): { readonly length: number; readonly nulls: number };
  buffer(): DataView;
  /** Number of further buffers that the next column of views has. */
  furtherBuffers(): number;
  /** Values of a dictionary. Throws for one that has not come yet. */
  dictionary(id: number): readonly unknown[];
  /** Accounts for bytes of texts that views name: several may name the same. Throws for too many. */
  take(bytes: number): void;
}

/**
 * Opens the next column of a batch. Lengths, places and offsets are checked here, so that `at` finds what it reads. Values
 * are those that `readParquet` gives. Source: Apache Arrow, "Columnar Format", physical memory layout.
 *
 * @throws Error for parts that do not fit each other
 */
export function openValues(field: ArrowField, parts: BatchParts): ArrowValues {
  const { length, nulls } = parts.node();
  const type = field.dictionary?.index ?? field.type;
  if (type.kind === "null") return { length, at: () => null };
  const present = presence(parts.buffer(), length, nulls);
  const values = field.dictionary
    ? lookUp(field, openPresent(type, field, length, present, parts), present, length, parts)
    : openPresent(type, field, length, present, parts);
  return { length, at: (row) => (present(row) ? values(row) : null) };
}

type Present = (row: number) => boolean;
type At = (row: number) => unknown;

function presence(bits: DataView, length: number, nulls: number): Present {
  if (nulls === 0) return () => true;
  needBytes(bits, Math.ceil(length / 8));
  return (row) => ((bits.getUint8(row >> 3) >> (row & 7)) & 1) === 1;
}

/** Returns the reader of values that are there. */
function openPresent(type: ArrowType, field: ArrowField, length: number, present: Present, parts: BatchParts): At {
  switch (type.kind) {
    case "null":
      return () => null;
    case "bool": {
      const bits = needBytes(parts.buffer(), Math.ceil(length / 8));
      return (row) => ((bits.getUint8(row >> 3) >> (row & 7)) & 1) === 1;
    }
    case "integer": {
      const read = integers[`${type.signed ? "int" : "uint"}${type.bits}`];
      const data = needBytes(parts.buffer(), length * (type.bits / 8));
      return (row) => read(data, row);
    }
    case "float": {
      const data = needBytes(parts.buffer(), length * (type.bits / 8));
      if (type.bits === 16) return (row) => halfFloat(data.getUint16(2 * row, true));
      return type.bits === 32 ? (row) => data.getFloat32(4 * row, true) : (row) => data.getFloat64(8 * row, true);
    }
    case "decimal": {
      const bytes = type.bits / 8;
      const data = needBytes(parts.buffer(), length * bytes);
      return (row) => Number(`${wholeNumber(data, row * bytes, bytes)}e${-type.scale}`);
    }
    case "moment": {
      const bytes = type.bits === 32 ? 4 : 8;
      const data = needBytes(parts.buffer(), length * bytes);
      const { milliseconds, perMillisecond } = type;
      return (row) =>
        new Date(Number((wholeNumber(data, row * bytes, bytes) * BigInt(milliseconds)) / BigInt(perMillisecond)));
    }
    case "text":
    case "bytes": {
      const [offsetOf, end] = openOffsets(parts.buffer(), length, type.offsetBytes);
      const data = needBytes(parts.buffer(), end);
      return (row) => textOrBytes(type.kind, data, offsetOf(row), offsetOf(row + 1));
    }
    case "textView":
    case "bytesView":
      return openViews(type.kind === "textView" ? "text" : "bytes", length, present, parts);
    case "fixedBytes": {
      const data = needBytes(parts.buffer(), length * type.size);
      return (row) => textOrBytes("bytes", data, row * type.size, (row + 1) * type.size);
    }
    case "list": {
      const [offsetOf, end] = openOffsets(parts.buffer(), length, type.offsetBytes);
      const items = needItems(openValues(field.children[0], parts), end);
      return (row) => slice(items, offsetOf(row), offsetOf(row + 1));
    }
    case "fixedList": {
      const items = needItems(openValues(field.children[0], parts), length * type.size);
      return (row) => slice(items, row * type.size, (row + 1) * type.size);
    }
    case "struct": {
      const columns = field.children.map((child) => ({
        name: child.name,
        values: needItems(openValues(child, parts), length),
      }));
      return (row) => Object.fromEntries(columns.map(({ name, values }) => [name, values.at(row)]));
    }
    default:
      return type satisfies never;
  }
}

/** Returns the values of a dictionary by the places that the rows hold. */
function lookUp({ dictionary }: ArrowField, placeOf: At, present: Present, length: number, parts: BatchParts): At {
  const values = parts.dictionary(dictionary?.id ?? 0);
  for (let row = 0; row < length; row++) {
    if (!present(row)) continue;
    const place = Number(placeOf(row));
    if (!(place >= 0 && place < values.length)) {
      throw new Error(`place ${place} in a dictionary of ${values.length} values`);
    }
  }
  return (row) => values[Number(placeOf(row))];
}

/** Opens the rising offsets of `length` rows, and tells the last. */
function openOffsets(data: DataView, length: number, bytes: 4 | 8): readonly [(row: number) => number, number] {
  // A column without rows may come without its one offset.
  if (length === 0) return [() => 0, 0];
  needBytes(data, (length + 1) * bytes);
  const offsetOf = (row: number): number => integerAt(data, row * bytes, bytes);
  let last = offsetOf(0);
  if (last < 0) throw new Error("an offset below 0");
  for (let row = 1; row <= length; row++) {
    const next = offsetOf(row);
    if (next < last) throw new Error(`the offset ${next} behind ${last}`);
    last = next;
  }
  return [offsetOf, last];
}

const inlineBytes = 12;

/** Opens texts or bytes that stand in their view of 16 bytes, or, where they are longer, in one of further buffers. */
function openViews(kind: "text" | "bytes", length: number, present: Present, parts: BatchParts): At {
  const views = needBytes(parts.buffer(), length * 16);
  const buffers = Array.from({ length: parts.furtherBuffers() }, () => parts.buffer());
  for (let row = 0; row < length; row++) {
    if (!present(row)) continue;
    const bytes = views.getInt32(16 * row, true);
    if (bytes < 0) throw new Error(`a text of ${bytes} bytes`);
    parts.take(bytes);
    if (bytes <= inlineBytes) continue;
    const buffer = buffers[views.getInt32(16 * row + 8, true)];
    const start = views.getInt32(16 * row + 12, true);
    if (buffer === undefined || start < 0) throw new Error("a text that lies in none of the buffers");
    needBytes(buffer, start + bytes);
  }
  return (row) => {
    const bytes = views.getInt32(16 * row, true);
    if (bytes <= inlineBytes) return textOrBytes(kind, views, 16 * row + 4, 16 * row + 4 + bytes);
    const start = views.getInt32(16 * row + 12, true);
    return textOrBytes(kind, buffers[views.getInt32(16 * row + 8, true)], start, start + bytes);
  };
}

function textOrBytes(kind: "text" | "bytes", data: DataView, start: number, end: number): string | Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset + start, end - start);
  return kind === "text" ? utf8Text(bytes) : bytes.slice();
}

const slice = (items: ArrowValues, start: number, end: number): readonly unknown[] =>
  Array.from({ length: end - start }, (_, i) => items.at(start + i));

function needBytes(data: DataView, bytes: number): DataView {
  if (data.byteLength >= bytes) return data;
  throw new Error(`${bytes} bytes are needed where ${data.byteLength} are`);
}

function needItems(items: ArrowValues, length: number): ArrowValues {
  if (items.length >= length) return items;
  throw new Error(`${length} values are needed where ${items.length} are`);
}

const exact = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

const integers = {
  int8: (data: DataView, row: number) => data.getInt8(row),
  uint8: (data: DataView, row: number) => data.getUint8(row),
  int16: (data: DataView, row: number) => data.getInt16(2 * row, true),
  uint16: (data: DataView, row: number) => data.getUint16(2 * row, true),
  int32: (data: DataView, row: number) => data.getInt32(4 * row, true),
  uint32: (data: DataView, row: number) => data.getUint32(4 * row, true),
  int64: (data: DataView, row: number) => exact(data.getBigInt64(8 * row, true)),
  uint64: (data: DataView, row: number) => exact(data.getBigUint64(8 * row, true)),
} as const;

/** Reads a signed integer of any number of bytes, the lowest first. */
function wholeNumber(data: DataView, at: number, bytes: number): bigint {
  let value = 0n;
  for (let i = bytes - 4; i >= 0; i -= 4) value = (value << 32n) | BigInt(data.getUint32(at + i, true));
  return BigInt.asIntN(8 * bytes, value);
}

/** Turns the bits of an IEEE 754 half into a number. */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
