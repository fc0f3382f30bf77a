import type { Kernels } from "../../models/kernels.ts";
import type { Matrix } from "../../models/matrix.ts";
import type { LearnerBackend } from "../task.ts";
import { predictByMl } from "./ml.ts";
import { fitSoftmax, predict } from "./softmax-regression.ts";

/**
 * Learns from labelled rows and labels others: `labels` holds 0 … classes − 1, [train.rows], each at least once; the
 * result as well, [test.rows].
 */
export type Classify = (
  train: Matrix,
  labels: Int32Array,
  classes: number,
  test: Matrix,
  kernels: Kernels,
) => Promise<Int32Array>;

const official: Classify = async (train, labels, classes, test, kernels) =>
  predict(await fitSoftmax(train, labels, classes, kernels), test, kernels);

const ml: Classify = async (train, labels, _classes, test) => predictByMl(train, labels, test);

/** The classifier behind each learner backend. */
export const classifiers: Readonly<Record<LearnerBackend, Classify>> = Object.freeze({ official, ml });
