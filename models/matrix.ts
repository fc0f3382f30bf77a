/** Dense float32 matrix, row-major: row i is `data[i * dims .. (i + 1) * dims)`. All embeddings have this form. */
export interface Matrix {
  readonly data: Float32Array;
  readonly rows: number;
  readonly dims: number;
}

/** Copies the rows at `indices` in that order, [indices.length, dims]. */
export function selectRows(matrix: Matrix, indices: ArrayLike<number>): Matrix {
  const { dims } = matrix;
  const data = new Float32Array(indices.length * dims);
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i] * dims;
    data.set(matrix.data.subarray(start, start + dims), i * dims);
  }
  return { data, rows: indices.length, dims };
}
