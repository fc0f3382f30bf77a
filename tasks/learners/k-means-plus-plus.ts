import type { LegacyNumpyRandom } from "../../datasets/random/numpy.ts";
import type { HeldMatrix, Kernels } from "../../models/kernels.ts";
import { copyRows, type Matrix, selectRows } from "../../models/matrix.ts";
import { rowSum, vectorSum } from "./blas-sums.ts";
import { evenChoice, type Points } from "./points.ts";

const { fround } = Math;

/** Rows among which centres are chosen. */
interface Subset {
  readonly matrix: Matrix;
  readonly squaredNorms: Float64Array;
  readonly norms: Float64Array;
  readonly held: HeldMatrix;
}

/** Multiplies row `row` with four rows that begin at `starts`, in float64; together they cost a third. */
function fourProducts(out: Float64Array, { data, dims }: Matrix, row: number, starts: Int32Array): void {
  let [p0, p1, p2, p3] = starts;
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const end = (row + 1) * dims;
  for (let i = row * dims; i < end; i++) {
    const x = data[i];
    s0 += x * data[p0++];
    s1 += x * data[p1++];
    s2 += x * data[p2++];
    s3 += x * data[p3++];
  }
  out[0] = s0;
  out[1] = s1;
  out[2] = s2;
  out[3] = s3;
}

/**
 * Lowers out[i] to the squared distance of row i to row `center` where that is smaller, for each i of `indices`. The
 * distance is computed in float64, rounded to float32, and at least 0.
 */
function lowerTo(out: Float32Array, subset: Subset, center: number, indices: Int32Array): void {
  const { matrix, squaredNorms } = subset;
  const products = new Float64Array(4);
  const starts = new Int32Array(4);
  for (let first = 0; first < indices.length; first += 4) {
    const count = Math.min(4, indices.length - first);
    for (let i = 0; i < 4; i++) starts[i] = indices[first + Math.min(i, count - 1)] * matrix.dims;
    fourProducts(products, matrix, center, starts);
    for (let i = 0; i < count; i++) {
      const row = indices[first + i];
      const norms = squaredNorms[center] + squaredNorms[row];
      const distance = Math.max(0, fround(norms - 2 * products[i]));
      if (distance < out[row]) out[row] = distance;
    }
  }
}

/** Writes running sums of the values to `out`, each rounded to float32. */
function cumulate(out: Float32Array, values: Float32Array): void {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum = fround(sum + values[i]);
    out[i] = sum;
  }
}

/** Returns the index of the first running sum that reaches `value`, or the last index. */
function searchLeft(sums: Float32Array, value: number): number {
  let low = 0;
  let high = sums.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sums[middle] < value) low = middle + 1;
    else high = middle;
  }
  return Math.min(low, sums.length - 1);
}

/**
 * Writes the squared distance of each row to its nearest centre to `out`, as if the candidate were one. A float32
 * product is off by at most dims · 2⁻²⁴ of the lengths' product, in whatever order it was summed; the distance is
 * computed in float64 only where the candidate may be nearer within that bound, which is seldom once there are some
 * centres.
 */
function withCandidate(
  out: Float32Array,
  closest: Float32Array,
  subset: Subset,
  candidate: number,
  products: Float32Array,
): void {
  const { matrix, squaredNorms, norms } = subset;
  const squaredNorm = squaredNorms[candidate];
  const slack = 4 * (matrix.dims + 2) * 2 ** -24 * norms[candidate];
  const near = new Int32Array(closest.length);
  let count = 0;
  for (let i = 0; i < closest.length; i++) {
    const least = squaredNorm + squaredNorms[i] - 2 * products[i] - slack * norms[i];
    // Not `<`: where numbers overflow, the comparison must not decide.
    if (!(least >= closest[i])) near[count++] = i;
  }
  out.set(closest);
  lowerTo(out, subset, candidate, near.subarray(0, count));
}

async function choose(subset: Subset, clusters: number, random: LegacyNumpyRandom): Promise<Int32Array> {
  const { matrix, held } = subset;
  const { rows, dims } = matrix;
  const trials = 2 + Math.floor(Math.log(clusters));
  const chosen = new Int32Array(clusters);
  chosen[0] = evenChoice(rows)(random.randomSample());
  let closest: Float32Array = new Float32Array(rows).fill(Number.POSITIVE_INFINITY);
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  lowerTo(closest, subset, chosen[0], all);
  let potential = vectorSum(closest);
  let buffers: Float32Array[] = Array.from({ length: trials }, () => new Float32Array(rows));
  const sums = new Float32Array(rows);
  const candidates = new Int32Array(trials);
  const candidateRows = { data: new Float32Array(trials * dims), rows: trials, dims };
  for (let c = 1; c < clusters; c++) {
    cumulate(sums, closest);
    for (let t = 0; t < trials; t++) candidates[t] = searchLeft(sums, random.randomSample() * potential);
    copyRows(candidateRows.data, matrix, candidates);
    const products = await held.product(candidateRows);
    let best = 0;
    for (let t = 0; t < trials; t++) {
      const out = buffers[t];
      withCandidate(out, closest, subset, candidates[t], products.data.subarray(t * rows, (t + 1) * rows));
      const sum = rowSum(out, t, trials);
      if (t === 0 || sum < potential) {
        best = t;
        potential = sum;
      }
    }
    chosen[c] = candidates[best];
    const spare = closest;
    closest = buffers[best];
    buffers = buffers.map((buffer, t) => (t === best ? spare : buffer));
  }
  return chosen;
}

/**
 * Chooses the first centres of k-means, [clusters, dims], among the vectors at `rows`: each further one is the best of
 * 2 + ⌊ln clusters⌋ candidates that are drawn in proportion to their squared distance to the nearest centre so far.
 * 1 ≤ clusters. Source: Arthur and Vassilvitskii, "k-means++", SODA 2007; scikit-learn 1.9 `_kmeans_plusplus`.
 */
export async function kMeansPlusPlus(
  { vectors, squaredNorms }: Points,
  rows: Int32Array,
  clusters: number,
  random: LegacyNumpyRandom,
  kernels: Kernels,
): Promise<Matrix> {
  const matrix = selectRows(vectors, rows);
  const held = await kernels.hold(matrix);
  try {
    const squares = Float64Array.from(rows, (row) => squaredNorms[row]);
    const subset = { matrix, squaredNorms: squares, norms: squares.map(Math.sqrt), held };
    return selectRows(matrix, await choose(subset, clusters, random));
  } finally {
    held.release();
  }
}
