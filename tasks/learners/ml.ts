import LogisticRegression from "ml-logistic-regression";
import { Matrix as MlMatrix } from "ml-matrix";
import type { Matrix } from "../../models/matrix.ts";

/** Steps of gradient descent: enough for the order of the classes' scores to settle on vectors of unit length. */
const steps = 200;

/** The rows with a constant column, whose weight serves as the intercept that the package lacks. */
function withConstant({ data, rows, dims }: Matrix): MlMatrix {
  const matrix = MlMatrix.ones(rows, dims + 1);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < dims; i++) matrix.set(row, i, data[row * dims + i]);
  }
  return matrix;
}

/** The largest rate at which descent cannot overshoot: the logistic loss bends by at most a quarter of Σ‖row‖². */
function safeRate(rows: MlMatrix): number {
  return 4 / rows.dot(rows);
}

/**
 * The class of each test row, 0 … classes − 1, by ml-logistic-regression: a second opinion beside the official
 * estimator. It differs by design: one classifier per class against the rest, no penalty, a fixed number of steps of
 * gradient descent. `labels` holds 0 … classes − 1, [train.rows], each at least once.
 */
export function predictByMl(train: Matrix, labels: Int32Array, test: Matrix): Int32Array {
  const rows = withConstant(train);
  const model = new LogisticRegression({ numSteps: steps, learningRate: safeRate(rows) });
  model.train(rows, MlMatrix.columnVector(labels));
  return Int32Array.from(model.predict(withConstant(test)));
}
