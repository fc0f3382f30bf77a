import type { Kernels } from "../../models/kernels.ts";
import type { Matrix } from "../../models/matrix.ts";
import { pairwiseSum } from "../metrics/float32.ts";
import { type Evaluated, minimize, type Objective } from "./lbfgs.ts";
import { sigmoidLoss, softmaxLoss } from "./losses.ts";

const { fround } = Math;

/** A fitted linear classifier. Two classes share one output, whose positive side is class 1. */
export interface SoftmaxModel {
  /** [outputs, dims] */
  readonly weights: Matrix;
  /** [outputs] */
  readonly intercepts: Float32Array;
  /** Iterations of the optimizer; 100 where it was cut off. */
  readonly iterations: number;
}

/** Counts the outputs of a classifier: one per class, but a single one for two. */
const outputsOf = (classes: number): number => (classes === 2 ? 1 : classes);

function addIntercepts(out: Float32Array, intercepts: Float32Array): void {
  const outputs = intercepts.length;
  for (let i = 0; i < out.length; i++) out[i] = out[i] + intercepts[i % outputs];
}

/**
 * Adds up what blocks of rows contribute to the gradient: the products [outputs, dims] and the errors [outputs]. One
 * block stays as it is; sums of several are taken in float64.
 */
function gradientSums(dims: number, outputs: number) {
  const products = new Float64Array(dims * outputs);
  const errors = new Float64Array(outputs);
  return {
    /** `product` is [outputs, dims], `own` holds the errors, [outputs, rows]. */
    add: (product: Float32Array, own: Float32Array, rows: number): void => {
      for (let i = 0; i < products.length; i++) products[i] += product[i];
      for (let k = 0; k < outputs; k++) {
        let sum = 0;
        for (let row = 0; row < rows; row++) sum += own[k * rows + row];
        errors[k] += sum;
      }
    },
    /** Returns the gradient, [dims + 1, outputs], of weights [outputs, dims]. */
    gradient: (weights: Float32Array, penalty: number): Float32Array => {
      const slopes = new Float32Array(weights.length);
      for (let i = 0; i < slopes.length; i++) slopes[i] = fround(products[i]) + fround(penalty * weights[i]);
      return joinGradient(slopes, errors);
    },
  };
}

/** Returns the gradient, [dims + 1, outputs], of slopes by weight, [outputs, dims], and by intercept, [outputs]. */
function joinGradient(byWeight: Float32Array, byIntercept: Float64Array): Float32Array {
  const outputs = byIntercept.length;
  const gradient = new Float32Array(byWeight.length + outputs);
  gradient.set(transpose(byWeight, outputs, byWeight.length / outputs));
  gradient.set(byIntercept, byWeight.length);
  return gradient;
}

/**
 * Evaluates the objective where all coefficients are 0, as scores and errors are there known: each class is as likely as
 * any other. This takes rows · dims steps, where products take as many for each class.
 */
function atOrigin({ data, rows, dims }: Matrix, labels: Int32Array, classes: number): Evaluated {
  const share = fround(1 / classes);
  const [wrong, right] = [fround(share / rows), fround(fround(share - 1) / rows)];
  const sums = new Float64Array(dims);
  const ownSums = new Float64Array(classes * dims);
  const sizes = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    sizes[labels[row]]++;
    for (let d = 0; d < dims; d++) {
      const value = data[row * dims + d];
      sums[d] += value;
      ownSums[labels[row] * dims + d] += value;
    }
  }
  const byWeight = new Float32Array(classes * dims);
  for (let start = 0; start < byWeight.length; start += dims) {
    for (let d = 0; d < dims; d++) {
      const own = ownSums[start + d];
      byWeight[start + d] = wrong * (sums[d] - own) + right * own;
    }
  }
  const byIntercept = sizes.map((size) => wrong * (rows - size) + right * size);
  return { value: fround(Math.log(classes)), gradient: joinGradient(byWeight, byIntercept) };
}

/** Scores, of all outputs, that are held at once: 16 MiB, in a few copies. */
export const mostScores = 2 ** 22;

/** Parts rows into blocks whose scores may be held at once: where each begins, and the end of the last. */
function blocksOf(
  { data, rows, dims }: Matrix,
  outputs: number,
  most: number,
): { readonly start: number; readonly block: Matrix }[] {
  const size = Math.max(1, Math.floor(most / outputs));
  return Array.from({ length: Math.ceil(rows / size) }, (_, i) => {
    const start = i * size;
    const end = Math.min(rows, start + size);
    return { start, block: { data: data.subarray(start * dims, end * dims), rows: end - start, dims } };
  });
}

/** Rows that are transposed together: their values of one column fill a line of a processor's cache. */
const strip = 16;

/** Transposes a matrix [rows, columns]. */
function transpose(matrix: ArrayLike<number>, rows: number, columns: number): Float32Array {
  const result = new Float32Array(rows * columns);
  for (let first = 0; first < rows; first += strip) {
    const end = Math.min(rows, first + strip);
    for (let column = 0; column < columns; column++) {
      for (let row = first; row < end; row++) result[column * rows + row] = matrix[row * columns + column];
    }
  }
  return result;
}

/**
 * Makes the objective of scikit-learn's LogisticRegression with C = 1: the mean cross-entropy of the rows plus
 * ‖weights‖² / (2 · rows), and its gradient. A point holds the coefficients as [dims + 1, outputs], the intercepts
 * last; they are not penalized. Scores are held for a block of rows at a time, at most `most` of them, so that many classes take
 * no more memory than few.
 *
 * Values are rounded to float32 wherever scikit-learn keeps them in float32, because the optimizer's stopping rules see
 * those roundings; the order of sums in the matrix products is the kernels'.
 *
 * `labels` holds 0 … classes − 1, [train.rows]. `release` frees what the kernels hold. Source: scikit-learn 1.9
 * `LinearModelLoss`, `HalfMultinomialLoss`, `HalfBinomialLoss`.
 */
export async function openObjective(
  train: Matrix,
  labels: Int32Array,
  classes: number,
  kernels: Kernels,
  most = mostScores,
): Promise<{ objective: Objective; release: () => Promise<void> }> {
  const { rows, dims } = train;
  const outputs = outputsOf(classes);
  const penalty = fround(1 / rows);
  const turnToErrors = classes === 2 ? sigmoidLoss : softmaxLoss;
  const blocks = blocksOf(train, outputs, most);
  const holdFactors = () =>
    Promise.all(
      blocks.map(async ({ start, block }) => ({
        start,
        count: block.rows,
        features: await kernels.hold(block),
        columns: await kernels.hold({ data: transpose(block.data, block.rows, dims), rows: dims, dims: block.rows }),
      })),
    );
  // Held from the first product on, which there is none of where nothing is learnt.
  let held: ReturnType<typeof holdFactors> | undefined;

  const objective: Objective = async (point) => {
    if (blocks.length > 1 && classes > 2 && point.every((value) => value === 0))
      return atOrigin(train, labels, classes);
    held ??= holdFactors();
    const coefficients = Float32Array.from(point);
    const weights = coefficients.subarray(0, dims * outputs);
    const intercepts = coefficients.subarray(dims * outputs);
    const turnedWeights = { data: transpose(weights, dims, outputs), rows: outputs, dims };
    const losses = new Float32Array(rows);
    const sums = gradientSums(dims, outputs);
    for (const { start, count, features, columns } of await held) {
      const { data } = await features.product(turnedWeights);
      const end = start + count;
      turnToErrors(data, intercepts, labels.subarray(start, end), losses.subarray(start, end), rows);
      const product = await columns.product({ data, rows: outputs, dims: count });
      sums.add(product.data, data, count);
    }
    let squares = 0;
    for (const weight of weights) squares += weight * weight;
    const value = fround(pairwiseSum(losses) / rows) + fround(fround(0.5 / rows) * fround(squares));
    return { value, gradient: sums.gradient(turnedWeights.data, penalty) };
  };
  const release = async (): Promise<void> => {
    for (const { features, columns } of (await held) ?? []) {
      features.release();
      columns.release();
    }
  };
  return { objective, release };
}

/**
 * Fits a softmax regression (two classes: a logistic regression) as scikit-learn's `LogisticRegression(max_iter=100)`
 * does on float32 rows. `labels` holds 0 … classes − 1, [train.rows], each at least once; classes ≥ 2. Throws
 * `RangeError` for fewer than two classes.
 */
export async function fitSoftmax(
  train: Matrix,
  labels: Int32Array,
  classes: number,
  kernels: Kernels,
): Promise<SoftmaxModel> {
  if (classes < 2) throw new RangeError(`softmax regression: ${classes} classes, two or more are needed`);
  const { dims } = train;
  const outputs = outputsOf(classes);
  const { objective, release } = await openObjective(train, labels, classes, kernels);
  const { point, iterations } = await minimize(objective, new Float64Array((dims + 1) * outputs), {
    maxIterations: 100,
    gradientTolerance: 1e-4,
    valueTolerance: 64 * Number.EPSILON,
    maxTrials: 50,
  }).finally(release);
  const weights = transpose(point.subarray(0, dims * outputs), dims, outputs);
  const intercepts = Float32Array.from(point.subarray(dims * outputs));
  return { weights: { data: weights, rows: outputs, dims }, intercepts, iterations };
}

/** Scores every row for every output, row · weights + intercept in float32: [rows, outputs]. */
export async function decisionScores(
  { weights, intercepts }: SoftmaxModel,
  test: Matrix,
  kernels: Kernels,
): Promise<Float32Array> {
  const { data } = await kernels.product(test, weights);
  addIntercepts(data, intercepts);
  return data;
}

/**
 * Finds the class of each row of scores [rows, outputs]: that of the highest score, the first of equal ones; with a
 * single output, class 1 where it is above 0.
 */
export function classesOf(scores: Float32Array, outputs: number): Int32Array {
  const rows = scores.length / outputs;
  return Int32Array.from({ length: rows }, (_, row) => {
    if (outputs === 1) return scores[row] > 0 ? 1 : 0;
    let best = 0;
    for (let k = 1; k < outputs; k++) {
      if (scores[row * outputs + k] > scores[row * outputs + best]) best = k;
    }
    return best;
  });
}

/** Predicts the class of each row, 0 … classes − 1, [test.rows]. */
export async function predict(
  model: SoftmaxModel,
  test: Matrix,
  kernels: Kernels,
  most = mostScores,
): Promise<Int32Array> {
  const outputs = model.weights.rows;
  const predicted = new Int32Array(test.rows);
  // Where nothing was learnt, all rows score alike.
  if (model.weights.data.every((weight) => weight === 0))
    return predicted.fill(classesOf(model.intercepts, outputs)[0]);
  for (const { start, block } of blocksOf(test, outputs, most)) {
    predicted.set(classesOf(await decisionScores(model, block, kernels), outputs), start);
  }
  return predicted;
}
