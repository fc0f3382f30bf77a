import { type LegacyNumpyRandom, legacyNumpyRandom } from "../../datasets/random/numpy.ts";
import type { Kernels } from "../../models/kernels.ts";
import type { Matrix } from "../../models/matrix.ts";
import { mean } from "../metrics/lists.ts";
import { kMeansPlusPlus } from "./k-means-plus-plus.ts";
import { assign, type Centers, moveCenters, reassignCenters } from "./k-means-step.ts";
import { evenChoice, type Points } from "./points.ts";

export interface MiniBatchOptions {
  /** Number of centres, 1 ≤ clusters ≤ rows. */
  readonly clusters: number;
  /** Rows drawn for each step, at least 1. */
  readonly batchSize: number;
  /** 0 ≤ seed < 2^32. */
  readonly seed: number;
}

export interface MiniBatchFit {
  /** Number of each row's nearest centre, [rows]. */
  readonly labels: Int32Array;
  /** [clusters, dims]. */
  readonly centers: Matrix;
  /** Sum of the squared distances of the rows to their nearest centres. */
  readonly inertia: number;
  /** Passes over as many rows as there are; a pass that has begun counts. */
  readonly iterations: number;
  readonly steps: number;
}

const maxPasses = 100;
/** Steps without a smaller smoothed inertia after which a fit ends. */
const patience = 10;
/** Rows that are labelled at once when a fit is done: few enough to stay in a processor's cache. */
const mostLabelled = 1024;
/** Distances that are held at once then. */
const mostDistances = 2 ** 22;

/** Makes a function that is told the mean squared distance of each step's batch and tells whether the fit is over. */
function stoppingRule(rows: number, batchSize: number): (meanDistance: number) => boolean {
  const alpha = Math.min(1, (2 * batchSize) / (rows + 1));
  let steps = 0;
  let smoothed = 0;
  let best = Number.POSITIVE_INFINITY;
  let withoutGain = 0;
  return (meanDistance) => {
    steps++;
    // The first step reflects the initialization only.
    if (steps === 1) return false;
    smoothed = steps === 2 ? meanDistance : smoothed * (1 - alpha) + meanDistance * alpha;
    if (smoothed < best) {
      best = smoothed;
      withoutGain = 0;
    } else {
      withoutGain++;
    }
    return withoutGain >= patience;
  };
}

/** Draws the rows among which the first centres are chosen. */
function drawSubset(rows: Int32Array, batchSize: number, clusters: number, random: LegacyNumpyRandom): Int32Array {
  const wanted = 3 * batchSize < clusters ? 3 * clusters : 3 * batchSize;
  const size = Math.min(wanted, rows.length);
  const draw = (): Int32Array => Int32Array.from({ length: size }, () => rows[random.randint(0, rows.length)]);
  // The reference draws a set to judge several initializations; there is one only, but the draw moves the generator on.
  draw();
  return size < rows.length ? draw() : rows;
}

/** Moves the centres step by step until the rule or the number of passes ends it; returns the number of steps. */
async function descend(
  out: Centers,
  points: Points,
  rows: Int32Array,
  batchSize: number,
  random: LegacyNumpyRandom,
  kernels: Kernels,
): Promise<number> {
  const clusters = out.matrix.rows;
  const drawn = new Int32Array(batchSize);
  const labels = new Int32Array(batchSize);
  const choose = evenChoice(rows.length);
  const isOver = stoppingRule(rows.length, batchSize);
  const maxSteps = Math.floor((maxPasses * rows.length) / batchSize);
  let sinceReassignment = 0;
  for (let step = 1; step <= maxSteps; step++) {
    for (let i = 0; i < batchSize; i++) drawn[i] = rows[choose(random.randomSample())];
    sinceReassignment += batchSize;
    const reassigns = out.weights.includes(0) || sinceReassignment >= 10 * clusters;
    if (reassigns) sinceReassignment = 0;

    const distances = await assign(labels, points, drawn, out.matrix, kernels);
    moveCenters(out, points, drawn, labels);
    if (reassigns) reassignCenters(out, points, drawn, random);
    if (isOver(mean(distances))) return step;
  }
  return maxSteps;
}

/** Labels the rows and sums up their squared distances; a row that occurs again is computed once. */
async function labelAll(
  points: Points,
  rows: Int32Array,
  centers: Matrix,
  kernels: Kernels,
): Promise<Pick<MiniBatchFit, "labels" | "inertia">> {
  const { vectors } = points;
  const labelBlock = Math.max(1, Math.min(mostLabelled, Math.floor(mostDistances / centers.rows)));
  const distinct = Int32Array.from(new Set(rows)).sort();
  const labels = new Int32Array(vectors.rows);
  const distances = new Float64Array(vectors.rows);
  for (let start = 0; start < distinct.length; start += labelBlock) {
    const block = distinct.subarray(start, start + labelBlock);
    const found = new Int32Array(block.length);
    const apart = await assign(found, points, block, centers, kernels);
    for (let i = 0; i < block.length; i++) {
      const row = block[i];
      labels[row] = found[i];
      distances[row] = apart[i];
    }
  }
  return {
    labels: rows.map((row) => labels[row]),
    inertia: rows.reduce((sum, row) => sum + distances[row], 0),
  };
}

/**
 * Fits mini-batch k-means to the vectors at `rows`, which may name one several times. Labels, iterations and steps are
 * those of scikit-learn's `MiniBatchKMeans(clusters, batch_size=batchSize, n_init=1, random_state=seed)` on those rows
 * in float32. Draws are equal bit for bit; a label can differ where float32 sums, which the reference takes in the
 * order of its BLAS, tie two centres or two candidates. Throws `RangeError` where there are fewer rows than clusters.
 * Source: Sculley, "Web-scale k-means clustering", WWW 2010; scikit-learn 1.9 `MiniBatchKMeans.fit`.
 */
export async function miniBatchKMeans(
  points: Points,
  rows: Int32Array,
  { clusters, batchSize, seed }: MiniBatchOptions,
  kernels: Kernels,
): Promise<MiniBatchFit> {
  if (!(clusters >= 1 && clusters <= rows.length)) {
    throw new RangeError(`miniBatchKMeans: ${clusters} clusters of ${rows.length} rows`);
  }
  const random = legacyNumpyRandom(seed);
  const batch = Math.min(batchSize, rows.length);
  const subset = drawSubset(rows, batch, clusters, random);
  const matrix = await kMeansPlusPlus(points, subset, clusters, random, kernels);
  const steps = await descend({ matrix, weights: new Float32Array(clusters) }, points, rows, batch, random, kernels);
  return {
    ...(await labelAll(points, rows, matrix, kernels)),
    centers: matrix,
    iterations: Math.ceil((steps * batch) / rows.length),
    steps,
  };
}
