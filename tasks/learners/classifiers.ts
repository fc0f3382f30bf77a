import type { Matrix } from "../../models/matrix.ts";
import type { Estimator } from "../task.ts";
import { predictByMl } from "./ml.ts";
import { fitSoftmax, predict } from "./softmax-regression.ts";

/**
 * Learns from labelled rows and labels others: `labels` holds 0 … classes − 1, [train.rows], each at least once; the
 * result as well, [test.rows].
 */
export type Classify = (train: Matrix, labels: Int32Array, classes: number, test: Matrix) => Promise<Int32Array>;

/** The classifier behind each choice of estimator. */
export const classifiers: Readonly<Record<Estimator, Classify>> = Object.freeze({
  official: async (train: Matrix, labels: Int32Array, classes: number, test: Matrix) =>
    predict(await fitSoftmax(train, labels, classes), test),
  ml: async (train: Matrix, labels: Int32Array, _classes: number, test: Matrix) => predictByMl(train, labels, test),
});
