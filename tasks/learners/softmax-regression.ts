import type { Matrix } from "../../models/matrix.ts";
import { pairwiseSum } from "../metrics/float32.ts";
import { minimize, type Objective } from "./lbfgs.ts";
import { multiply, transpose } from "./product.ts";

const { fround } = Math;

/** A fitted linear classifier. Two classes share one output, whose positive side is class 1. */
export interface SoftmaxModel {
  /** One row per output, [outputs, dims]. */
  readonly weights: Matrix;
  /** One per output. */
  readonly intercepts: Float32Array;
  /** Iterations of the optimizer; 100 where it was cut off. */
  readonly iterations: number;
}

/** Outputs of a classifier of that many classes: one per class, but a single one for two. */
export function outputsOf(classes: number): number {
  return classes === 2 ? 1 : classes;
}

/** −log softmax of the true class; row ← softmax − truth. `row` holds scores, in float32 as scikit-learn keeps them. */
function softmaxLoss(row: Float32Array, label: number): number {
  let largest = -Infinity;
  for (const score of row) if (score > largest) largest = score;
  const truth = row[label] as number;
  let sum = 0;
  for (let k = 0; k < row.length; k++) {
    row[k] = Math.exp((row[k] as number) - largest);
    sum += row[k] as number;
  }
  const rounded = fround(sum);
  for (let k = 0; k < row.length; k++) row[k] = fround((row[k] as number) / rounded) - (k === label ? 1 : 0);
  return fround(fround(Math.log(rounded) + largest) - truth);
}

/** −log sigmoid of the true side; row ← sigmoid − truth. Branches as scikit-learn's, against overflow. */
function sigmoidLoss(row: Float32Array, label: number): number {
  const score = row[0] as number;
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
  for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) + (intercepts[i % outputs] as number);
}

/** Gradient by the coefficients, [dims + 1, outputs], from the one by the scores. */
function gradientOf(
  columns: Float64Array,
  errors: Float32Array,
  weights: Float32Array,
  shape: { rows: number; dims: number; outputs: number; penalty: number },
): Float64Array {
  const { rows, dims, outputs, penalty } = shape;
  const product = new Float32Array(dims * outputs);
  multiply(product, columns, errors, dims, rows, outputs);
  const gradient = new Float64Array((dims + 1) * outputs);
  for (let i = 0; i < product.length; i++) {
    gradient[i] = fround((product[i] as number) + fround(penalty * (weights[i] as number)));
  }
  for (let k = 0; k < outputs; k++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += errors[row * outputs + k] as number;
    gradient[dims * outputs + k] = fround(sum);
  }
  return gradient;
}

/**
 * Mean cross-entropy of the rows plus ‖weights‖² / (2 · rows), and its gradient: scikit-learn's LogisticRegression with
 * C = 1. A point holds the coefficients as [dims + 1, outputs], the intercepts last; they are not penalized.
 *
 * Values are rounded to float32 wherever scikit-learn keeps them in float32, because the optimizer's stopping rules see
 * those roundings; only the sums of the matrix products are more exact than its BLAS.
 *
 * `labels` holds 0 … classes − 1, [train.rows]. Source: scikit-learn 1.9 `LinearModelLoss`, `HalfMultinomialLoss`,
 * `HalfBinomialLoss`.
 */
export function softmaxObjective(train: Matrix, labels: Int32Array, classes: number): Objective {
  const { rows, dims } = train;
  const outputs = outputsOf(classes);
  const features = Float64Array.from(train.data);
  const columns = transpose(train.data, rows, dims);
  const penalty = fround(1 / rows);
  const rowLoss = classes === 2 ? sigmoidLoss : softmaxLoss;

  return async (point) => {
    const coefficients = Float32Array.from(point);
    const weights = coefficients.subarray(0, dims * outputs);
    const errors = new Float32Array(rows * outputs);
    multiply(errors, features, weights, rows, dims, outputs);
    addIntercepts(errors, coefficients.subarray(dims * outputs));
    const losses = new Float32Array(rows);
    for (let row = 0; row < rows; row++) {
      losses[row] = rowLoss(errors.subarray(row * outputs, (row + 1) * outputs), labels[row] as number);
    }
    for (let i = 0; i < errors.length; i++) errors[i] = (errors[i] as number) / rows;
    let squares = 0;
    for (const weight of weights) squares += weight * weight;
    const value = fround(pairwiseSum(losses) / rows) + fround(fround(0.5 / rows) * fround(squares));
    return { value, gradient: gradientOf(columns, errors, weights, { rows, dims, outputs, penalty }) };
  };
}

/**
 * Fits a softmax regression (two classes: a logistic regression) as scikit-learn's `LogisticRegression(max_iter=100)`
 * does on float32 rows. `labels` holds 0 … classes − 1, [train.rows], each at least once; classes ≥ 2. Another
 * `objective` may compute the same function elsewhere. Throws `RangeError` for fewer than two classes.
 */
export async function fitSoftmax(
  train: Matrix,
  labels: Int32Array,
  classes: number,
  objective: Objective = softmaxObjective(train, labels, classes),
): Promise<SoftmaxModel> {
  if (classes < 2) throw new RangeError(`softmax regression: ${classes} classes, two or more are needed`);
  const { dims } = train;
  const outputs = outputsOf(classes);
  const { point, iterations } = await minimize(objective, new Float64Array((dims + 1) * outputs), {
    maxIterations: 100,
    gradientTolerance: 1e-4,
    valueTolerance: 64 * Number.EPSILON,
    maxTrials: 50,
  });
  const weights = Float32Array.from(transpose(point.subarray(0, dims * outputs), dims, outputs));
  const intercepts = Float32Array.from(point.subarray(dims * outputs));
  return { weights: { data: weights, rows: outputs, dims }, intercepts, iterations };
}

/** Scores of every row for every output, [rows, outputs]; row · weights + intercept, in float32. */
export function decisionScores({ weights, intercepts }: SoftmaxModel, test: Matrix): Float32Array {
  const scores = new Float32Array(test.rows * weights.rows);
  const columns = transpose(weights.data, weights.rows, weights.dims);
  multiply(scores, Float64Array.from(test.data), columns, test.rows, test.dims, weights.rows);
  addIntercepts(scores, intercepts);
  return scores;
}

/**
 * The class of each row of scores [rows, outputs], [rows]: the highest score, the first of equal ones; with a single
 * output, class 1 where it is above 0.
 */
export function classesOf(scores: Float32Array, outputs: number): Int32Array {
  const rows = scores.length / outputs;
  return Int32Array.from({ length: rows }, (_, row) => {
    if (outputs === 1) return (scores[row] as number) > 0 ? 1 : 0;
    let best = 0;
    for (let k = 1; k < outputs; k++) {
      if ((scores[row * outputs + k] as number) > (scores[row * outputs + best] as number)) best = k;
    }
    return best;
  });
}

/** The class that the model gives each row, 0 … classes − 1, [test.rows]. */
export function predict(model: SoftmaxModel, test: Matrix): Int32Array {
  return classesOf(decisionScores(model, test), model.weights.rows);
}
