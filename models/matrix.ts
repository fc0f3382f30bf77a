/** Dense float32 matrix, row-major: row i is `data[i * dims .. (i + 1) * dims)`. All embeddings have this form. */
export interface Matrix {
  readonly data: Float32Array;
  readonly rows: number;
  readonly dims: number;
}

/** Copies arrays one after the other into one. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}

/** Lists the values of rows `start` to before `end`. */
export const rowLists = ({ data, dims }: Matrix, start: number, end: number): number[][] =>
  Array.from({ length: end - start }, (_, i) => [...data.subarray((start + i) * dims, (start + i + 1) * dims)]);

/** Copies the rows at `indices` to `out`, one after the other. */
export function copyRows(out: Float32Array, { data, dims }: Matrix, indices: ArrayLike<number>): void {
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i] * dims;
    out.set(data.subarray(start, start + dims), i * dims);
  }
}

/** Copies the rows at `indices` in that order, [indices.length, dims]. */
export function selectRows(matrix: Matrix, indices: ArrayLike<number>): Matrix {
  const { dims } = matrix;
  const data = new Float32Array(indices.length * dims);
  copyRows(data, matrix, indices);
  return { data, rows: indices.length, dims };
}
