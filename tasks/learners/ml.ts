import { kmeans } from "ml-kmeans";
import LogisticRegression from "ml-logistic-regression";
import type { Matrix } from "../../models/matrix.ts";
import { MlMatrix } from "./linear-algebra.ts";
import type { MiniBatchOptions } from "./mini-batch-k-means.ts";
import type { Points } from "./points.ts";

/** Steps of gradient descent: enough for the order of the classes' scores to settle on vectors of unit length. */
const steps = 200;

/** Appends a constant column, whose weight serves as the intercept that the package lacks. */
function withConstant({ data, rows, dims }: Matrix): MlMatrix {
  const matrix = MlMatrix.ones(rows, dims + 1);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < dims; i++) matrix.set(row, i, data[row * dims + i]);
  }
  return matrix;
}

/**
 * Predicts the class of each test row, 0 … classes − 1, by ml-logistic-regression: a second opinion beside the official
 * estimator. It differs by design: one classifier per class against the rest, no penalty, a fixed number of steps of
 * gradient descent. `labels` holds 0 … classes − 1, [train.rows], each at least once.
 */
export function predictByMl(train: Matrix, labels: Int32Array, test: Matrix): Int32Array {
  const rows = withConstant(train);
  // The largest rate at which descent cannot overshoot: the logistic loss bends by at most a quarter of Σ‖row‖².
  const learningRate = 4 / rows.dot(rows);
  const model = new LogisticRegression({ numSteps: steps, learningRate });
  model.train(rows, MlMatrix.columnVector(labels));
  return Int32Array.from(model.predict(withConstant(test)));
}

/**
 * Finds the cluster of each row, 0 … clusters − 1, by ml-kmeans: a second opinion beside the official estimator. It
 * differs by design: every step takes all rows (Lloyd), in float64, from another draw of first centres. It is slow on
 * large data. Throws `RangeError` where there are fewer rows than clusters.
 */
export function clusterByMl(
  { vectors }: Points,
  rows: Int32Array,
  { clusters, seed }: Pick<MiniBatchOptions, "clusters" | "seed">,
): Int32Array {
  if (!(clusters >= 1 && clusters <= rows.length)) {
    throw new RangeError(`clusterByMl: ${clusters} clusters of ${rows.length} rows`);
  }
  const { data, dims } = vectors;
  const lists = Array.from(rows, (row) => Array.from(data.subarray(row * dims, (row + 1) * dims)));
  return Int32Array.from(kmeans(lists, clusters, { seed }).clusters);
}
