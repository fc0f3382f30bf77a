/**
 * Rows of which most values are 0: only the others are kept. The values of row i are `values[starts[i] .. starts[i + 1])`,
 * at the places of `indices`, which ascend within a row.
 */
export interface SparseMatrix {
  /** [rows + 1] */
  readonly starts: Uint32Array;
  readonly indices: Int32Array;
  readonly values: Float32Array;
  readonly rows: number;
  /** Length of a row, zeros counted. */
  readonly dims: number;
}

/** The values of a row that are not 0, and their places, ascending. */
export interface SparseRow {
  readonly indices: Int32Array;
  readonly values: Float32Array;
}

/** Size of a value; NaN counts as larger than any number, so that it is not lost. */
const sizeOf = (value: number): number => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : Math.abs(value));

/**
 * Keeps the values of a row that are not 0, at most the `most` largest of them by size; of equal ones those that come
 * first. Source: sentence-transformers 6.2 `select_max_active_dims`, which leaves open which of equal ones are kept.
 */
export function compactRow(row: Float32Array, most: number): SparseRow {
  let count = 0;
  for (let i = 0; i < row.length; i++) if (row[i] !== 0) count++;
  const places = new Int32Array(count);
  count = 0;
  for (let i = 0; i < row.length; i++) if (row[i] !== 0) places[count++] = i;
  const indices =
    count <= most
      ? places
      : places
          .sort((a, b) => sizeOf(row[b]) - sizeOf(row[a]) || a - b)
          .slice(0, most)
          .sort();
  const values = new Float32Array(indices.length);
  for (let i = 0; i < values.length; i++) values[i] = row[indices[i]];
  return { indices, values };
}

/** Writes a row as one list of 32-bit words: the bits of its indices, then its values. */
export function packRow({ indices, values }: SparseRow): Float32Array {
  const words = new Float32Array(2 * values.length);
  new Int32Array(words.buffer).set(indices);
  words.set(values, values.length);
  return words;
}

/** Reads a row from such a list, whose memory it shares. */
export function unpackRow(words: Float32Array): SparseRow {
  const count = words.length / 2;
  return { indices: new Int32Array(words.buffer, words.byteOffset, count), values: words.subarray(count) };
}

/** Joins rows of one length. */
export function joinSparseRows(rows: readonly SparseRow[], dims: number): SparseMatrix {
  const starts = new Uint32Array(rows.length + 1);
  rows.forEach(({ indices }, i) => {
    starts[i + 1] = starts[i] + indices.length;
  });
  const count = starts[rows.length];
  const [indices, values] = [new Int32Array(count), new Float32Array(count)];
  rows.forEach((row, i) => {
    indices.set(row.indices, starts[i]);
    values.set(row.values, starts[i]);
  });
  return { starts, indices, values, rows: rows.length, dims };
}

/** Returns a row, which shares the matrix's memory. */
export function sparseRow({ starts, indices, values }: SparseMatrix, row: number): SparseRow {
  const [start, end] = [starts[row], starts[row + 1]];
  return { indices: indices.subarray(start, end), values: values.subarray(start, end) };
}

/** Copies the rows at `places` in that order. */
export const selectSparseRows = (matrix: SparseMatrix, places: ArrayLike<number>): SparseMatrix =>
  joinSparseRows(
    Array.from(places, (place) => sparseRow(matrix, place)),
    matrix.dims,
  );
