import type { Kernels } from "../../models/kernels.ts";
import type { Matrix } from "../../models/matrix.ts";
import { pairwiseSum } from "../metrics/float32.ts";
import { minimize, type Objective } from "./lbfgs.ts";

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

/** Returns −log softmax of the true class and turns the scores into softmax − truth; float32 as in scikit-learn. */
function softmaxLoss(row: Float32Array, label: number): number {
  let largest = -Infinity;
  for (const score of row) if (score > largest) largest = score;
  const truth = row[label];
  let sum = 0;
  for (let k = 0; k < row.length; k++) {
    row[k] = Math.exp(row[k] - largest);
    sum += row[k];
  }
  const rounded = fround(sum);
  for (let k = 0; k < row.length; k++) row[k] = fround(row[k] / rounded) - (k === label ? 1 : 0);
  return fround(fround(Math.log(rounded) + largest) - truth);
}

/** Returns −log sigmoid of the true side and turns the score into sigmoid − truth. Branches prevent overflow. */
function sigmoidLoss(row: Float32Array, label: number): number {
  const score = row[0];
  if (score <= -2) {
    const power = Math.exp(score);
    row[0] = score <= -37 ? power - label : ((1 - label) * power - label) / (1 + power);
    return (score <= -37 ? power : Math.log1p(power)) - label * score;
  }
  const power = Math.exp(-score);
  row[0] = (1 - label - label * power) / (1 + power);
  return (score <= 18 ? Math.log1p(power) : power) + (1 - label) * score;
}

function addIntercepts(out: Float32Array, intercepts: Float32Array): void {
  const outputs = intercepts.length;
  for (let i = 0; i < out.length; i++) out[i] = out[i] + intercepts[i % outputs];
}

/** Returns the gradient, [dims + 1, outputs], from `product` [outputs, dims] and the errors [outputs, rows]. */
function gradientOf(
  product: Float32Array,
  errors: Float32Array,
  weights: Float32Array,
  shape: { rows: number; dims: number; outputs: number; penalty: number },
): Float64Array {
  const { rows, dims, outputs, penalty } = shape;
  const gradient = new Float64Array((dims + 1) * outputs);
  for (let d = 0; d < dims; d++) {
    for (let k = 0; k < outputs; k++) {
      const index = d * outputs + k;
      gradient[index] = fround(product[k * dims + d] + fround(penalty * weights[index]));
    }
  }
  for (let k = 0; k < outputs; k++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += errors[k * rows + row];
    gradient[dims * outputs + k] = fround(sum);
  }
  return gradient;
}

/** Transposes a matrix [rows, columns]. */
function transpose(matrix: ArrayLike<number>, rows: number, columns: number): Float32Array {
  const result = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = matrix[row * columns + column];
  }
  return result;
}

/**
 * Makes the objective of scikit-learn's LogisticRegression with C = 1: the mean cross-entropy of the rows plus
 * ‖weights‖² / (2 · rows), and its gradient. A point holds the coefficients as [dims + 1, outputs], the intercepts
 * last; they are not penalized.
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
): Promise<{ objective: Objective; release: () => void }> {
  const { rows, dims } = train;
  const outputs = outputsOf(classes);
  const features = await kernels.hold(train);
  const columns = await kernels.hold({ data: transpose(train.data, rows, dims), rows: dims, dims: rows });
  const penalty = fround(1 / rows);
  const rowLoss = classes === 2 ? sigmoidLoss : softmaxLoss;

  const objective: Objective = async (point) => {
    const coefficients = Float32Array.from(point);
    const weights = coefficients.subarray(0, dims * outputs);
    const scores = await features.product({ data: transpose(weights, dims, outputs), rows: outputs, dims });
    const errors = transpose(scores.data, outputs, rows);
    addIntercepts(errors, coefficients.subarray(dims * outputs));
    const losses = new Float32Array(rows);
    for (let row = 0; row < rows; row++) {
      losses[row] = rowLoss(errors.subarray(row * outputs, (row + 1) * outputs), labels[row]);
    }
    for (let i = 0; i < errors.length; i++) errors[i] = errors[i] / rows;
    let squares = 0;
    for (const weight of weights) squares += weight * weight;
    const value = fround(pairwiseSum(losses) / rows) + fround(fround(0.5 / rows) * fround(squares));
    const turned = transpose(errors, rows, outputs);
    const product = await columns.product({ data: turned, rows: outputs, dims: rows });
    return { value, gradient: gradientOf(product.data, turned, weights, { rows, dims, outputs, penalty }) };
  };
  const release = (): void => {
    features.release();
    columns.release();
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
export async function predict(model: SoftmaxModel, test: Matrix, kernels: Kernels): Promise<Int32Array> {
  return classesOf(await decisionScores(model, test, kernels), model.weights.rows);
}
