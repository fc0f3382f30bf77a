/*
 * Reads tables of FlatBuffers, the form of Arrow's metadata. Every access is within the view, which throws `RangeError`
 * otherwise. Offsets of tables and vectors lead forwards only. Source: flatbuffers.dev/internals.
 */

import { utf8Text } from "./encoding.ts";

/** A table and the place of the list that says where its fields lie. */
export interface FlatTable {
  readonly view: DataView;
  readonly at: number;
  readonly fields: number;
}

/** Structs or offsets one after the other. */
interface FlatVector {
  readonly start: number;
  readonly length: number;
}

const tableAt = (view: DataView, at: number): FlatTable => ({ view, at, fields: at - view.getInt32(at, true) });
const follow = (view: DataView, at: number): number => at + view.getUint32(at, true);

export const rootTable = (view: DataView): FlatTable => tableAt(view, follow(view, 0));

/** Returns the place of a field by its number; undefined where it has its default. */
function placeOf({ view, at, fields }: FlatTable, field: number): number | undefined {
  const entry = 4 + 2 * field;
  if (entry + 2 > view.getUint16(fields, true)) return undefined;
  const offset = view.getUint16(fields + entry, true);
  return offset === 0 ? undefined : at + offset;
}

/** Reads a signed number of 1, 2, 4 or 8 bytes. Throws for one beyond ±2^53. */
export function numberOf(table: FlatTable, field: number, bytes: 1 | 2 | 4 | 8, byDefault = 0): number {
  const place = placeOf(table, field);
  return place === undefined ? byDefault : integerAt(table.view, place, bytes);
}

/** Reads a signed integer. Throws for one beyond ±2^53. */
export function integerAt(view: DataView, at: number, bytes: 1 | 2 | 4 | 8): number {
  if (bytes === 1) return view.getInt8(at);
  if (bytes === 2) return view.getInt16(at, true);
  if (bytes === 4) return view.getInt32(at, true);
  const value = Number(view.getBigInt64(at, true));
  if (Number.isSafeInteger(value)) return value;
  throw new Error(`the number ${value} where a length or a place is expected`);
}

export function tableOf(table: FlatTable, field: number): FlatTable | undefined {
  const place = placeOf(table, field);
  return place === undefined ? undefined : tableAt(table.view, follow(table.view, place));
}

export function textOf(table: FlatTable, field: number): string | undefined {
  const place = placeOf(table, field);
  if (place === undefined) return undefined;
  const { view } = table;
  const start = follow(view, place);
  return utf8Text(new Uint8Array(view.buffer, view.byteOffset + start + 4, view.getUint32(start, true)));
}

/** Finds a vector whose items take `bytes` each; an empty one where it is left out. */
export function vectorOf(table: FlatTable, field: number, bytes: number): FlatVector {
  const place = placeOf(table, field);
  if (place === undefined) return { start: 0, length: 0 };
  const start = follow(table.view, place);
  const length = table.view.getUint32(start, true);
  if (start + 4 + length * bytes > table.view.byteLength) throw new Error(`a list of ${length} that is not there`);
  return { start: start + 4, length };
}

export function tablesOf(table: FlatTable, field: number): readonly FlatTable[] {
  const { start, length } = vectorOf(table, field, 4);
  return Array.from({ length }, (_, i) => tableAt(table.view, follow(table.view, start + 4 * i)));
}
