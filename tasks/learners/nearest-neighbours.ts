import type { Kernels } from "../../models/kernels.ts";
import type { Matrix } from "../../models/matrix.ts";
import { squaredLength } from "../metrics/float64.ts";
import { inOrder } from "../search/in-order.ts";
import { pointsOf, squaredDistance } from "./points.ts";

/** Products held at once: 16 MiB a block, of which some four are held. */
const productsPerBlock = 2 ** 22;
/** Most that a float32 product of two rows is off, as a share of their lengths' product, for each of their values. */
const errorPerValue = 2 ** -23;

/**
 * Finds, for each row of `asked` and each list of rows of `known`, the `count` rows of the list that are nearest; every
 * list has at least `count` rows. Distances are Euclidean, in float64 of the float32 values; products in float32 only
 * rule out rows that are farther for certain. Of equally near rows those count that scikit-learn takes of up to 256 rows
 * of 16 values or more; with more rows its choice depends on the number of threads. Source: scikit-learn 1.9
 * `KNeighborsClassifier`, `ArgKmin`, `heap_push`.
 *
 * @returns places in the list in no particular order, [asked.rows · count] for each list
 */
export async function nearestNeighbours(
  known: Matrix,
  lists: readonly Int32Array[],
  asked: Matrix,
  count: number,
  kernels: Kernels,
): Promise<Int32Array[]> {
  const { dims } = known;
  const { squaredNorms } = pointsOf(known);
  const longest = Math.sqrt(squaredNorms.reduce((most, norm) => Math.max(most, norm), 0));
  const found = lists.map(() => new Int32Array(asked.rows * count));
  const size = Math.max(1, Math.floor(productsPerBlock / Math.max(1, known.rows)));
  const starts = Array.from({ length: Math.ceil(asked.rows / size) }, (_, i) => i * size);
  const held = await kernels.hold(known);
  const blockAt = (start: number): Matrix => {
    const rows = Math.min(size, asked.rows - start);
    return { data: asked.data.subarray(start * dims, (start + rows) * dims), rows, dims };
  };
  try {
    await inOrder(
      starts,
      (start) => held.product(blockAt(start)),
      ({ data, rows }, start) => {
        for (let i = 0; i < rows; i++) {
          const from = (start + i) * dims;
          const products = data.subarray(i * known.rows, (i + 1) * known.rows);
          const own = squaredLength(asked.data, from, from + dims);
          // Two products are compared, each of which counts twice.
          const margin = 4 * errorPerValue * dims * Math.sqrt(own) * longest;
          lists.forEach((list, l) => {
            const distances = Float64Array.from(list, (row) => own + squaredNorms[row] - 2 * products[row]);
            const bound = boundOf(distances, count, margin);
            for (let place = 0; place < list.length; place++) {
              if (distances[place] > bound) continue;
              distances[place] = squaredDistance(asked.data, from, known.data, list[place] * dims, dims);
            }
            found[l].set(heapOfLeast(distances, count), (start + i) * count);
          });
        }
      },
    );
  } finally {
    held.release();
  }
  return found;
}

/**
 * Returns the bound above which an approximate distance, up to a margin, is not among the `count` least. A product that
 * overflowed rules nothing out.
 */
function boundOf(distances: Float64Array, count: number, margin: number): number {
  const least = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  for (const value of distances) {
    if (!(value < least[count - 1])) continue;
    let i = count - 1;
    for (; i > 0 && least[i - 1] > value; i--) least[i] = least[i - 1];
    least[i] = value;
  }
  return least[count - 1] + margin;
}

/**
 * Chooses the places of the `count` least values as scikit-learn's heap does: a value that equals the greatest of those
 * it holds does not enter, and a lesser one drives out the one at the top, whichever of several equal ones that is.
 */
function heapOfLeast(values: Float64Array, count: number): Int32Array {
  const held = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const places = new Int32Array(count);
  const put = (at: number, value: number, place: number): void => {
    held[at] = value;
    places[at] = place;
  };
  for (let place = 0; place < values.length; place++) {
    const value = values[place];
    if (value >= held[0]) continue;
    let at = 0;
    for (let child = 1; child < count; child = 2 * at + 1) {
      if (child + 1 < count && held[child + 1] > held[child]) child += 1;
      if (held[child] <= value) break;
      put(at, held[child], places[child]);
      at = child;
    }
    put(at, value, place);
  }
  return places;
}
