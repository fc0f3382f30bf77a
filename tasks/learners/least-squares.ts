import type { Matrix } from "../../models/matrix.ts";
import { CholeskyDecomposition, EigenvalueDecomposition, MlMatrix } from "./linear-algebra.ts";

/** Singular values at or below this share of the largest count as 0. */
const smallestShare = 1e-6;

/**
 * Predicts a value for each row of `test`, [test.rows], by ordinary least squares with an intercept: of all that fit equally
 * well the coefficients of least length. Computed in float64 from float32 vectors and values, where the reference computes
 * in float32. `values` has one for each row of `train`, at least one. Source: scikit-learn 1.9 `LinearRegression`, scipy's
 * `lstsq` with the cut-off 1e-6.
 */
export function predictByLeastSquares(train: Matrix, values: ArrayLike<number>, test: Matrix): Float32Array {
  const { rows, dims } = train;
  const offsets = columnMeans(train);
  const y = Float64Array.from(values, Math.fround);
  const offset = y.reduce((sum, value) => sum + value, 0) / rows;
  const x = Float64Array.from(train.data, (value, i) => value - offsets[i % dims]);
  const centred = y.map((value) => value - offset);
  const coefficients =
    rows > dims
      ? solve(products(transposed(x, rows, dims), dims, rows), transposedTimes(x, rows, dims, centred), false)
      : transposedTimes(x, rows, dims, solve(products(x, rows, dims), centred, true));
  return Float32Array.from({ length: test.rows }, (_, row) => {
    let sum = offset;
    for (let i = 0; i < dims; i++) sum += (test.data[row * dims + i] - offsets[i]) * coefficients[i];
    return sum;
  });
}

function columnMeans({ data, rows, dims }: Matrix): Float64Array {
  const sums = new Float64Array(dims);
  for (let i = 0; i < data.length; i++) sums[i % dims] += data[i];
  return sums.map((sum) => sum / rows);
}

function transposed(x: Float64Array, rows: number, dims: number): Float64Array {
  const result = new Float64Array(x.length);
  for (let row = 0; row < rows; row++) for (let i = 0; i < dims; i++) result[i * rows + row] = x[row * dims + i];
  return result;
}

/** Computes xᵀ · v, [dims]. */
function transposedTimes(x: Float64Array, rows: number, dims: number, v: Float64Array): Float64Array {
  const result = new Float64Array(dims);
  for (let row = 0; row < rows; row++) for (let i = 0; i < dims; i++) result[i] += x[row * dims + i] * v[row];
  return result;
}

/** Computes the products of all rows with all rows, [rows, rows]. */
function products(x: Float64Array, rows: number, dims: number): MlMatrix {
  const cells = new Float64Array(rows * rows);
  for (let a = 0; a < rows; a++) {
    const own = x.subarray(a * dims, (a + 1) * dims);
    // Four at once: the sums do not wait for each other.
    for (let b = 0; b <= a; b += 4) {
      const [b0, b1, b2, b3] = [0, 1, 2, 3].map((i) => Math.min(b + i, a) * dims);
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let i = 0; i < dims; i++) {
        const value = own[i];
        s0 += value * x[b0 + i];
        s1 += value * x[b1 + i];
        s2 += value * x[b2 + i];
        s3 += value * x[b3 + i];
      }
      for (const [i, sum] of [s0, s1, s2, s3].entries()) {
        const other = Math.min(b + i, a);
        cells[a * rows + other] = sum;
        cells[other * rows + a] = sum;
      }
    }
  }
  return MlMatrix.from1DArray(rows, rows, cells);
}

/**
 * Solves gram · s = v, leaving out the directions whose eigenvalue, the square of a singular value, is too small.
 *
 * @param centred True where the rows of the matrix behind `gram` sum to zero, so that all ones are such a direction; `v`
 *   has nothing of it.
 */
function solve(gram: MlMatrix, v: Float64Array, centred: boolean): Float64Array {
  const { rows } = gram;
  const mean = gram.trace() / rows;
  if (!(mean > 0)) return new Float64Array(rows);
  // All ones are given the eigenvalue of an average direction, which leaves the solution as it is.
  const filled = centred ? gram.clone().add(mean / rows) : gram;
  const cholesky = new CholeskyDecomposition(filled);
  if (cholesky.isPositiveDefinite() && isWellConditioned(filled, cholesky)) {
    return Float64Array.from(cholesky.solve(MlMatrix.columnVector(v)).to1DArray());
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  const largest = Math.max(...realEigenvalues);
  const parts = eigenvectorMatrix.transpose().mmul(MlMatrix.columnVector(v));
  const scaled = realEigenvalues.map((value, i) =>
    value > largest * smallestShare ** 2 ? parts.get(i, 0) / value : 0,
  );
  return Float64Array.from(eigenvectorMatrix.mmul(MlMatrix.columnVector(scaled)).to1DArray());
}

/** Steps of the power method: each brings the estimate nearer to the extreme eigenvalue, from the safe side within. */
const steps = 12;
/** How far an estimate may be off before the decision needs all eigenvalues. */
const doubt = 100;

/** Tells whether no eigenvalue comes near the cut-off. */
function isWellConditioned(matrix: MlMatrix, cholesky: CholeskyDecomposition): boolean {
  const largest = extreme(matrix.rows, (v) => matrix.mmul(v));
  const smallest = 1 / extreme(matrix.rows, (v) => cholesky.solve(v));
  return smallest > doubt * smallestShare ** 2 * largest;
}

/** Estimates the largest eigenvalue of a positive operator from below, by the power method from a fixed start. */
function extreme(rows: number, times: (v: MlMatrix) => MlMatrix): number {
  let v = MlMatrix.columnVector(Array.from({ length: rows }, (_, i) => Math.sin(1 + i * i)));
  let length = 0;
  for (let step = 0; step < steps; step++) {
    v = times(v.div(v.norm("frobenius")));
    length = v.norm("frobenius");
  }
  return length;
}
