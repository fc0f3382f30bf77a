import { type HeldMatrix, type Kernels, reachedOf } from "../kernels.ts";
import { type Matrix, selectRows } from "../matrix.ts";

/**
 * Computes a · bᵀ by plain loops, summed in float64 and rounded once: the oracle of the kernels, or their stand-in. Four
 * sums are taken side by side, as each waits for its last addition; what goes beyond the last row is that row again.
 */
export function plainProduct(a: Matrix, b: Matrix): Matrix {
  const { dims, data: left } = a;
  const { rows, data: right } = b;
  const data = new Float32Array(a.rows * rows);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < rows; j += 4) {
      const [j1, j2, j3] = [Math.min(j + 1, rows - 1), Math.min(j + 2, rows - 1), Math.min(j + 3, rows - 1)];
      let [sum, sum1, sum2, sum3] = [0, 0, 0, 0];
      for (let d = 0; d < dims; d++) {
        const value = left[i * dims + d];
        sum += value * right[j * dims + d];
        sum1 += value * right[j1 * dims + d];
        sum2 += value * right[j2 * dims + d];
        sum3 += value * right[j3 * dims + d];
      }
      data[i * rows + j] = sum;
      data[i * rows + j1] = sum1;
      data[i * rows + j2] = sum2;
      data[i * rows + j3] = sum3;
    }
  }
  return { data, rows: a.rows, dims: rows };
}

/** Takes the greatest of each `group` consecutive rows of products. */
export function plainGreatest(a: Matrix, b: Matrix, group: number): Matrix {
  const { data, rows, dims } = plainProduct(a, b);
  const greatest = new Float32Array((rows / group) * dims).fill(Number.NEGATIVE_INFINITY);
  data.forEach((value, i) => {
    const cell = Math.floor(i / (group * dims)) * dims + (i % dims);
    greatest[cell] = Math.max(greatest[cell], value);
  });
  return { data: greatest, rows: rows / group, dims };
}

/** Holds a matrix whose products are made by a function: all that `HeldMatrix` asks for. */
export const heldBy = (product: HeldMatrix["product"], release = (): void => {}): HeldMatrix => ({
  product,
  reaching: async (a, least) => reachedOf(await product(a), least),
  release,
});

export const plainKernels: Kernels = {
  product: async (a, b, rows) => plainProduct(rows === undefined ? a : selectRows(a, rows), b),
  hold: async (b) => heldBy(async (a) => plainProduct(a, b)),
  holdForGreatest: async (b) => ({ greatest: async (a, group) => plainGreatest(a, b, group), release: () => {} }),
};
