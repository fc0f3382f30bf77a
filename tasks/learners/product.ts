/** Four columns of `matrix`, interleaved so that the inner loop reads them in order; missing columns are 0. */
function packColumns(
  out: Float64Array,
  matrix: ArrayLike<number>,
  inner: number,
  columns: number,
  first: number,
): void {
  const width = Math.min(4, columns - first);
  out.fill(0);
  for (let k = 0; k < inner; k++) {
    for (let c = 0; c < width; c++) out[4 * k + c] = matrix[k * columns + first + c] as number;
  }
}

/** Products of four rows of `a` with four packed columns, [4, 4]; the sums are locals so that they stay in registers. */
function multiplyTile(
  out: Float64Array,
  a: Float64Array,
  starts: Int32Array,
  packed: Float64Array,
  inner: number,
): void {
  let [p0, p1, p2, p3] = starts as ArrayLike<number> as readonly [number, number, number, number];
  let [s00, s01, s02, s03] = [0, 0, 0, 0];
  let [s10, s11, s12, s13] = [0, 0, 0, 0];
  let [s20, s21, s22, s23] = [0, 0, 0, 0];
  let [s30, s31, s32, s33] = [0, 0, 0, 0];
  for (let q = 0; q < 4 * inner; q += 4) {
    const b0 = packed[q] as number;
    const b1 = packed[q + 1] as number;
    const b2 = packed[q + 2] as number;
    const b3 = packed[q + 3] as number;
    let x = a[p0++] as number;
    s00 += x * b0;
    s01 += x * b1;
    s02 += x * b2;
    s03 += x * b3;
    x = a[p1++] as number;
    s10 += x * b0;
    s11 += x * b1;
    s12 += x * b2;
    s13 += x * b3;
    x = a[p2++] as number;
    s20 += x * b0;
    s21 += x * b1;
    s22 += x * b2;
    s23 += x * b3;
    x = a[p3++] as number;
    s30 += x * b0;
    s31 += x * b1;
    s32 += x * b2;
    s33 += x * b3;
  }
  out.set([s00, s01, s02, s03, s10, s11, s12, s13, s20, s21, s22, s23, s30, s31, s32, s33]);
}

/**
 * out ← a · b for row-major matrices a [rows, inner], b [inner, columns], out [rows, columns], summed in float64 and
 * rounded to what `out` holds. Works in tiles of four by four; `a` in float64 saves a conversion per product.
 */
export function multiply(
  out: Float32Array,
  a: Float64Array,
  b: ArrayLike<number>,
  rows: number,
  inner: number,
  columns: number,
): void {
  const packed = new Float64Array(4 * inner);
  const tile = new Float64Array(16);
  const starts = new Int32Array(4);
  // Rows beyond the edge repeat the last one and write the same values again.
  const clampRow = (row: number): number => Math.min(row, rows - 1);
  for (let column = 0; column < columns; column += 4) {
    packColumns(packed, b, inner, columns, column);
    const width = Math.min(4, columns - column);
    for (let row = 0; row < rows; row += 4) {
      for (let r = 0; r < 4; r++) starts[r] = clampRow(row + r) * inner;
      multiplyTile(tile, a, starts, packed, inner);
      for (let r = 0; r < 4; r++) {
        const target = clampRow(row + r) * columns + column;
        for (let c = 0; c < width; c++) out[target + c] = tile[4 * r + c] as number;
      }
    }
  }
}

/** The matrix [rows, columns] turned into [columns, rows], in float64. */
export function transpose(matrix: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const result = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = matrix[row * columns + column] as number;
    }
  }
  return result;
}
