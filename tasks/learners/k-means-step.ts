import type { LegacyNumpyRandom } from "../../datasets/random/numpy.ts";
import type { Kernels } from "../../models/kernels.ts";
import type { Matrix } from "../../models/matrix.ts";
import { sumOfSquares } from "../metrics/float32.ts";
import { findNearest, scaledSum } from "./centers.ts";
import { type Points, squaredDistance } from "./points.ts";

const { fround } = Math;

/** Share of the largest weight below which a centre is put elsewhere. */
const reassignmentRatio = fround(0.01);

/** Centres, [clusters, dims], and the number of rows that each has taken in, [clusters]; both change at every step. */
export interface Centers {
  readonly matrix: Matrix;
  readonly weights: Float32Array;
}

/** Share of both squared lengths below which a squared distance has lost too many digits of float32. */
const cancelled = 0.05;

/** Computes ‖x − c‖² from ‖x‖² and `rest` = ‖c‖² − 2x·c, or term by term where that would lose its digits. */
function distance(points: Points, row: number, centers: Matrix, center: number, norm: number, rest: number): number {
  const length = points.squaredNorms[row];
  const value = length + rest;
  if (value > cancelled * (length + norm)) return value;
  const { data, dims } = points.vectors;
  return squaredDistance(data, row * dims, centers.data, center * dims, dims);
}

/**
 * Writes the number of the nearest centre of each of the points at `rows`, the first of equals, to `out` and returns the
 * squared distances to them, [rows]. Nearness is ‖c‖² − 2x·c in float32. Source: scikit-learn 1.9
 * `lloyd_iter_chunked_dense`.
 */
export async function assign(
  out: Int32Array,
  points: Points,
  rows: Int32Array,
  centers: Matrix,
  kernels: Kernels,
): Promise<Float64Array> {
  const { data: products } = await kernels.product(points.vectors, centers, rows);
  const clusters = centers.rows;
  const norms = new Float32Array(clusters);
  for (let c = 0; c < clusters; c++) norms[c] = sumOfSquares(centers.data, c * centers.dims, centers.dims);
  findNearest(out, norms, products);
  const distances = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const nearest = out[i];
    const rest = fround(norms[nearest] - 2 * products[i * clusters + nearest]);
    distances[i] = distance(points, rows[i], centers, nearest, norms[nearest], rest);
  }
  return distances;
}

/** Returns the rows in the order of their labels, and where each label's rows begin, [labels + 1]. */
function sortByLabel(labels: Int32Array, count: number): { readonly order: Int32Array; readonly starts: Int32Array } {
  const starts = new Int32Array(count + 1);
  for (let i = 0; i < labels.length; i++) starts[labels[i] + 1]++;
  for (let label = 0; label < count; label++) starts[label + 1] += starts[label];
  const filled = starts.slice();
  const order = new Int32Array(labels.length);
  for (let i = 0; i < labels.length; i++) order[filled[labels[i]]++] = i;
  return { order, starts };
}

/**
 * Moves each centre to the mean of all points that it has ever taken in, those at `rows` included; arithmetic in
 * float32, row by row. Source: Sculley, "Web-scale k-means clustering", WWW 2010; scikit-learn 1.9
 * `_minibatch_update_dense`.
 */
export function moveCenters(out: Centers, { vectors }: Points, rows: Int32Array, labels: Int32Array): void {
  const { matrix, weights } = out;
  const { data, dims } = matrix;
  const { order, starts } = sortByLabel(labels, matrix.rows);
  for (let c = 0; c < matrix.rows; c++) {
    const own = order.subarray(starts[c], starts[c + 1]);
    if (own.length === 0) continue;
    const before = weights[c];
    weights[c] = before + own.length;
    const places = Array.from(own, (place) => rows[place] * dims);
    scaledSum(data.subarray(c * dims, (c + 1) * dims), before, vectors.data, places, fround(1 / weights[c]));
  }
}

/** Lists the centres to be put elsewhere, in order: those of little weight, at most half as many as there are rows. */
function lightCenters(weights: Float32Array, rows: number): number[] {
  const threshold = fround(reassignmentRatio * weights.reduce((most, weight) => Math.max(most, weight), 0));
  const light = Array.from(weights.keys()).filter((center) => weights[center] < threshold);
  if (light.length <= rows / 2) return light;
  return light
    .sort((a, b) => weights[a] - weights[b])
    .slice(0, Math.floor(rows / 2))
    .sort((a, b) => a - b);
}

/**
 * Puts centres of little weight on points at `rows` that are drawn without replacement, and gives them the least
 * weight of the others. Nothing is drawn where no centre is that light. Source: scikit-learn 1.9 `_mini_batch_step`.
 */
export function reassignCenters(out: Centers, { vectors }: Points, rows: Int32Array, random: LegacyNumpyRandom): void {
  const { matrix, weights } = out;
  const light = lightCenters(weights, rows.length);
  if (light.length === 0) return;
  const drawn = random.permutation(rows.length);
  const moved = new Set(light);
  const least = weights.reduce((so, weight, center) => (moved.has(center) ? so : Math.min(so, weight)), Infinity);
  light.forEach((center, i) => {
    const start = rows[drawn[i]] * matrix.dims;
    matrix.data.set(vectors.data.subarray(start, start + matrix.dims), center * matrix.dims);
    weights[center] = least;
  });
}
