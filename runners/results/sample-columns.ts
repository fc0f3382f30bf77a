/** Values of a column of samples. */
export type ColumnValues = Float64Array | Float32Array | Int32Array | readonly string[];
export type Columns = Readonly<Record<string, ColumnValues>>;

/** Concatenates lists of one kind. */
export function joined(lists: readonly Int32Array[]): Int32Array;
export function joined(lists: readonly ColumnValues[]): ColumnValues;
export function joined(lists: readonly ColumnValues[]): ColumnValues {
  const [first] = lists;
  if (first === undefined) return new Int32Array(0);
  if (!ArrayBuffer.isView(first)) return (lists as readonly (readonly string[])[]).flat();
  const numbers = lists as readonly (Float64Array | Float32Array | Int32Array)[];
  const length = numbers.reduce((sum, list) => sum + list.length, 0);
  const out = first instanceof Float64Array ? new Float64Array(length) : copyable(first, length);
  let start = 0;
  for (const list of numbers) {
    out.set(list, start);
    start += list.length;
  }
  return out;
}

const copyable = (like: ColumnValues, length: number): Float32Array | Int32Array =>
  like instanceof Float32Array ? new Float32Array(length) : new Int32Array(length);
