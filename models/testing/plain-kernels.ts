import { type HeldMatrix, type Kernels, reachedOf } from "../kernels.ts";
import { type Matrix, selectRows } from "../matrix.ts";

/** Computes a · bᵀ by plain loops, summed in float64 and rounded once: the oracle of the kernels, or their stand-in. */
export function plainProduct(a: Matrix, b: Matrix): Matrix {
  const { dims } = a;
  const data = new Float32Array(a.rows * b.rows);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.rows; j++) {
      let sum = 0;
      for (let d = 0; d < dims; d++) sum += a.data[i * dims + d] * b.data[j * dims + d];
      data[i * b.rows + j] = sum;
    }
  }
  return { data, rows: a.rows, dims: b.rows };
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
