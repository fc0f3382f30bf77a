import { kmeans } from "ml-kmeans";
import type { MiniBatchOptions } from "./mini-batch-k-means.ts";
import type { Points } from "./points.ts";

/**
 * The cluster of each row, 0 … clusters − 1, by ml-kmeans: a second opinion beside the official estimator. It differs by
 * design: every step takes all rows (Lloyd), in float64, from another draw of first centres. Slow on large data. Throws
 * `RangeError` where there are fewer rows than clusters.
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
