import type { LegacyNumpyRandom } from "../../datasets/random.ts";
import type { HeldMatrix, Kernels } from "../../models/kernels.ts";
import { type Matrix, selectRows } from "../../models/matrix.ts";
import { rowSum, vectorSum } from "./blas-sums.ts";
import { dot, evenChoice, gatherRows, type Points } from "./points.ts";

const { fround } = Math;

/** The rows among which centres are chosen. */
interface Subset {
  readonly matrix: Matrix;
  readonly squaredNorms: Float64Array;
  readonly held: HeldMatrix;
}

/** Squared distance of two rows, from float64 to float32, at least 0. */
function exactDistance({ matrix, squaredNorms }: Subset, a: number, b: number): number {
  const { data, dims } = matrix;
  const product = dot(data, a * dims, data, b * dims, dims);
  return Math.max(0, fround(-2 * product + (squaredNorms[a] as number) + (squaredNorms[b] as number)));
}

/** out ← running sums of the values, each rounded to float32. */
function cumulate(out: Float32Array, values: Float32Array): void {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum = fround(sum + (values[i] as number));
    out[i] = sum;
  }
}

/** First place whose running sum reaches `value`, or the last one. */
function searchLeft(sums: Float32Array, value: number): number {
  let low = 0;
  let high = sums.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sums[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return Math.min(low, sums.length - 1);
}

/**
 * out ← the squared distance of each row to its nearest centre, if the candidate were one. A float32 product is off by
 * at most dims · 2⁻²⁴ of the lengths' product, in whatever order it was summed; the distance is computed in float64
 * only where the candidate may be nearer within that bound, which is seldom once there are some centres.
 */
function withCandidate(
  out: Float32Array,
  closest: Float32Array,
  subset: Subset,
  candidate: number,
  products: Float32Array,
): void {
  const { matrix, squaredNorms } = subset;
  const norm = squaredNorms[candidate] as number;
  const slack = 4 * (matrix.dims + 2) * 2 ** -24 * Math.sqrt(norm);
  for (let i = 0; i < closest.length; i++) {
    const before = closest[i] as number;
    const other = squaredNorms[i] as number;
    const atLeast = norm + other - 2 * (products[i] as number) - slack * Math.sqrt(other);
    out[i] = atLeast >= before ? before : Math.min(before, exactDistance(subset, candidate, i));
  }
}

async function choose(subset: Subset, clusters: number, random: LegacyNumpyRandom): Promise<Int32Array> {
  const { matrix, held } = subset;
  const { rows, dims } = matrix;
  const trials = 2 + Math.floor(Math.log(clusters));
  const chosen = new Int32Array(clusters);
  chosen[0] = evenChoice(rows)(random.randomSample());
  let closest: Float32Array = Float32Array.from({ length: rows }, (_, i) =>
    exactDistance(subset, chosen[0] as number, i),
  );
  let potential = vectorSum(closest);
  let buffers: Float32Array[] = Array.from({ length: trials }, () => new Float32Array(rows));
  const sums = new Float32Array(rows);
  const candidates = new Int32Array(trials);
  const candidateRows = { data: new Float32Array(trials * dims), rows: trials, dims };
  for (let c = 1; c < clusters; c++) {
    cumulate(sums, closest);
    for (let t = 0; t < trials; t++) candidates[t] = searchLeft(sums, random.randomSample() * potential);
    gatherRows(candidateRows.data, matrix, candidates);
    const products = await held.product(candidateRows);
    let best = 0;
    for (let t = 0; t < trials; t++) {
      const out = buffers[t] as Float32Array;
      const of = products.data.subarray(t * rows, (t + 1) * rows);
      withCandidate(out, closest, subset, candidates[t] as number, of);
      const sum = rowSum(out, t, trials);
      if (t === 0 || sum < potential) {
        best = t;
        potential = sum;
      }
    }
    chosen[c] = candidates[best] as number;
    const spare = closest;
    closest = buffers[best] as Float32Array;
    buffers = buffers.map((buffer, t) => (t === best ? spare : buffer));
  }
  return chosen;
}

/**
 * First centres for k-means, [clusters, dims], chosen among the vectors at `rows`: each further one is the best of
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
    const subset = { matrix, squaredNorms: Float64Array.from(rows, (row) => squaredNorms[row] as number), held };
    return selectRows(matrix, await choose(subset, clusters, random));
  } finally {
    held.release();
  }
}
