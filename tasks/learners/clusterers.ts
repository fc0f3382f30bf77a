import type { Kernels } from "../../models/kernels.ts";
import type { LearnerBackend } from "../task.ts";
import { type MiniBatchOptions, miniBatchKMeans } from "./mini-batch-k-means.ts";
import { clusterByMl } from "./ml-kmeans.ts";
import type { Points } from "./points.ts";

/** Parts the vectors at `rows`, in which a vector may occur again, into clusters: numbers from 0, [rows.length]. */
export type Cluster = (
  points: Points,
  rows: Int32Array,
  options: MiniBatchOptions,
  kernels: Kernels,
) => Promise<Int32Array>;

/** The clustering behind each learner backend. */
export const clusterers: Readonly<Record<LearnerBackend, Cluster>> = Object.freeze({
  official: async (points: Points, rows: Int32Array, options: MiniBatchOptions, kernels: Kernels) =>
    (await miniBatchKMeans(points, rows, options, kernels)).labels,
  ml: async (points: Points, rows: Int32Array, options: MiniBatchOptions) => clusterByMl(points, rows, options),
});
