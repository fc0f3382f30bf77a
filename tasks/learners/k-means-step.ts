import type { LegacyNumpyRandom } from "../../datasets/random/numpy.ts";
import type { Kernels } from "../../models/kernels.ts";
import type { Matrix } from "../../models/matrix.ts";
import { sumOfSquares } from "../metrics/float32.ts";
import { squaredDistance } from "./points.ts";

const { fround } = Math;

/** Share of the largest weight below which a centre is put elsewhere. */
const reassignmentRatio = fround(0.01);

/** Centres, [clusters, dims], and the number of rows that each has taken in, [clusters]; both change at every step. */
export interface Centers {
  readonly matrix: Matrix;
  readonly weights: Float32Array;
}

/** Rows and their squared lengths, [rows.rows]. */
export interface Batch {
  readonly rows: Matrix;
  readonly squaredNorms: Float64Array;
}

/** Share of both squared lengths below which a squared distance has lost too many digits of float32. */
const cancelled = 0.05;

/** Computes ‖x − c‖² from ‖x‖² and `rest` = ‖c‖² − 2x·c, or term by term where that would lose its digits. */
function distance(batch: Batch, row: number, centers: Matrix, center: number, norm: number, rest: number): number {
  const length = batch.squaredNorms[row];
  const value = length + rest;
  if (value > cancelled * (length + norm)) return value;
  const { data, dims } = batch.rows;
  return squaredDistance(data, row * dims, centers.data, center * dims, dims);
}

/**
 * Writes the number of each row's nearest centre, the first of equals, to `out` and returns the squared distances to
 * them, [rows]. Nearness is ‖c‖² − 2x·c in float32. Source: scikit-learn 1.9 `lloyd_iter_chunked_dense`.
 */
export async function assign(out: Int32Array, batch: Batch, centers: Matrix, kernels: Kernels): Promise<Float64Array> {
  const { data: products } = await kernels.product(batch.rows, centers);
  const clusters = centers.rows;
  const norms = new Float32Array(clusters);
  for (let c = 0; c < clusters; c++) norms[c] = sumOfSquares(centers.data, c * centers.dims, centers.dims);
  const distances = new Float64Array(batch.rows.rows);
  for (let row = 0; row < distances.length; row++) {
    const start = row * clusters;
    let nearest = 0;
    let least = fround(norms[0] - 2 * products[start]);
    for (let c = 1; c < clusters; c++) {
      const value = fround(norms[c] - 2 * products[start + c]);
      if (value < least) {
        least = value;
        nearest = c;
      }
    }
    out[row] = nearest;
    distances[row] = distance(batch, row, centers, nearest, norms[nearest], least);
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

/** Multiplies `count` values from `start` by the factor. */
function scale(out: Float32Array, start: number, count: number, factor: number): void {
  for (let i = start; i < start + count; i++) out[i] = out[i] * factor;
}

/** Adds the rows one after the other, each sum rounded to float32; four rows a turn spare loads and stores. */
function addRows(out: Float32Array, start: number, { data, dims }: Matrix, rows: Int32Array): void {
  let i = 0;
  for (; i + 4 <= rows.length; i += 4) {
    let a = rows[i] * dims;
    let b = rows[i + 1] * dims;
    let c = rows[i + 2] * dims;
    let d = rows[i + 3] * dims;
    for (let at = start; at < start + dims; at++) {
      const two = fround(fround(out[at] + data[a++]) + data[b++]);
      out[at] = fround(two + data[c++]) + data[d++];
    }
  }
  for (; i < rows.length; i++) {
    let a = rows[i] * dims;
    for (let at = start; at < start + dims; at++) out[at] = out[at] + data[a++];
  }
}

/**
 * Moves each centre to the mean of all rows that it has ever taken in, those of this batch included; arithmetic in
 * float32, row by row. Source: Sculley, "Web-scale k-means clustering", WWW 2010; scikit-learn 1.9
 * `_minibatch_update_dense`.
 */
export function moveCenters(out: Centers, rows: Matrix, labels: Int32Array): void {
  const { matrix, weights } = out;
  const { data, dims } = matrix;
  const { order, starts } = sortByLabel(labels, matrix.rows);
  for (let c = 0; c < matrix.rows; c++) {
    const own = order.subarray(starts[c], starts[c + 1]);
    if (own.length === 0) continue;
    scale(data, c * dims, dims, weights[c]);
    addRows(data, c * dims, rows, own);
    weights[c] = weights[c] + own.length;
    scale(data, c * dims, dims, fround(1 / weights[c]));
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
 * Puts centres of little weight on rows of the batch that are drawn without replacement, and gives them the least
 * weight of the others. Nothing is drawn where no centre is that light. Source: scikit-learn 1.9 `_mini_batch_step`.
 */
export function reassignCenters(out: Centers, rows: Matrix, random: LegacyNumpyRandom): void {
  const { matrix, weights } = out;
  const light = lightCenters(weights, rows.rows);
  if (light.length === 0) return;
  const drawn = random.permutation(rows.rows);
  const moved = new Set(light);
  const least = weights.reduce((so, weight, center) => (moved.has(center) ? so : Math.min(so, weight)), Infinity);
  light.forEach((center, i) => {
    const start = drawn[i] * rows.dims;
    matrix.data.set(rows.data.subarray(start, start + rows.dims), center * rows.dims);
    weights[center] = least;
  });
}
