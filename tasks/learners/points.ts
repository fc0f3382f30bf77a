import type { Matrix } from "../../models/matrix.ts";
import { squaredLength } from "../metrics/float64.ts";

/** Vectors with the squared length of each, [vectors.rows]; made once for all fits that draw from them. */
export interface Points {
  readonly vectors: Matrix;
  readonly squaredNorms: Float64Array;
}

/** Adds the squared lengths, summed in float64, to vectors. */
export function pointsOf(vectors: Matrix): Points {
  const { data, rows, dims } = vectors;
  const squaredNorms = new Float64Array(rows);
  for (let row = 0; row < rows; row++) squaredNorms[row] = squaredLength(data, row * dims, (row + 1) * dims);
  return { vectors, squaredNorms };
}

/** Computes the squared distance of two rows, each difference taken first: exact where both are nearly equal. */
export function squaredDistance(
  a: Float32Array,
  startOfA: number,
  b: Float32Array,
  startOfB: number,
  count: number,
): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += (a[startOfA + i] - b[startOfB + i]) ** 2;
  return sum;
}

const { fround } = Math;

/**
 * Makes the function by which a double, 0 ≤ u < 1, chooses one of `count` equally likely indices. It differs from
 * ⌊u · count⌋: the shares are rounded to float32 and summed up, as in the reference. Source: scikit-learn 1.9
 * `MiniBatchKMeans`, whose weights have the type of its rows; numpy 2.4 `RandomState.choice`.
 */
export function evenChoice(count: number): (u: number) => number {
  const share = fround(1 / count);
  const sums = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += share;
    sums[i] = sum;
  }
  for (let i = 0; i < count; i++) sums[i] = sums[i] / sum;
  return (u) => {
    let index = Math.floor(u * count);
    while (index > 0 && sums[index - 1] > u) index--;
    while (sums[index] <= u) index++;
    return index;
  };
}
