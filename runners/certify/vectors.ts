import type { Matrix } from "../../models/matrix.ts";
import { pearson } from "../../tasks/metrics/correlation.ts";
import { median } from "../bench/figures.ts";

export type Vector = Float32Array;

/** Lists the rows of a matrix. */
export const rowsOf = ({ data, rows, dims }: Matrix): Vector[] =>
  Array.from({ length: rows }, (_, i) => data.subarray(i * dims, (i + 1) * dims));

export const lengthOf = (vector: Vector): number => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));

/** Takes the first values of a vector, all of them where it has no more. */
const firstOf = (vector: Vector, count: number): Vector => (vector.length > count ? vector.subarray(0, count) : vector);

/**
 * Computes how far apart two vectors point, 1 less the cosine, 0 to 2; of a longer one the first values count. A vector
 * without a direction is as far from all others as can be, but its like.
 */
export function distance(a: Vector, b: Vector): number {
  const count = Math.min(a.length, b.length);
  const [x, y] = [firstOf(a, count), firstOf(b, count)];
  const product = x.reduce((sum, value, i) => sum + value * y[i], 0);
  const lengths = lengthOf(x) * lengthOf(y);
  // Rounding may take the cosine of equal vectors beyond 1.
  if (lengths === 0) return lengthOf(x) === lengthOf(y) ? 0 : 2;
  return Math.max(0, 1 - product / lengths);
}

/** Computes the distance of each vector from its counterpart. */
export const distances = (a: readonly Vector[], b: readonly Vector[]): number[] =>
  a.map((one, i) => distance(one, b[i]));

/** Computes the median distance of vectors from their counterparts. */
export const apart = (a: readonly Vector[], b: readonly Vector[]): number => median(distances(a, b));

/**
 * Computes how alike two models see the same texts: the correlation of the cosines of all pairs of texts, which is 1 for
 * vectors that are turned or scaled as a whole, too. NaN of fewer than three texts.
 */
export function agreement(a: readonly Vector[], b: readonly Vector[]): number {
  const pairsOf = (vectors: readonly Vector[]): number[] =>
    vectors.flatMap((one, i) => vectors.slice(i + 1).map((other) => distance(one, other)));
  return pearson(pairsOf(a), pairsOf(b));
}
