import type { Kernels } from "../../models/kernels.ts";
import type { Matrix } from "../../models/matrix.ts";
import type { LearnerBackend } from "../task.ts";
import { type MiniBatchOptions, miniBatchKMeans } from "./mini-batch-k-means.ts";
import type { Points } from "./points.ts";
import { fitSoftmax, predict } from "./softmax-regression.ts";

interface Learners {
  /** Learns from rows with labels 0 … classes − 1, [train.rows], each at least once, and labels others, [test.rows]. */
  classify(train: Matrix, labels: Int32Array, classes: number, test: Matrix, kernels: Kernels): Promise<Int32Array>;
  /** Parts the vectors at `rows`, which may name one several times, into clusters: numbers from 0, [rows.length]. */
  cluster(points: Points, rows: Int32Array, options: MiniBatchOptions, kernels: Kernels): Promise<Int32Array>;
}

/** Loads the learners of ml.js, which few runs ask for and which bring some 250 files. */
const secondOpinion = (): Promise<typeof import("./ml.ts")> => import("./ml.ts");

export const learners = Object.freeze<Record<LearnerBackend, Learners>>({
  official: {
    classify: async (train, labels, classes, test, kernels) =>
      predict(await fitSoftmax(train, labels, classes, kernels), test, kernels),
    cluster: async (points, rows, options, kernels) => (await miniBatchKMeans(points, rows, options, kernels)).labels,
  },
  ml: {
    classify: async (train, labels, _classes, test) => (await secondOpinion()).predictByMl(train, labels, test),
    cluster: async (points, rows, options) => (await secondOpinion()).clusterByMl(points, rows, options),
  },
});
