import type { Kernels } from "../kernels.ts";
import type { Matrix } from "../matrix.ts";

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

export const plainKernels: Kernels = {
  product: async (a, b) => plainProduct(a, b),
  hold: async (b) => ({ product: async (a) => plainProduct(a, b), release: () => {} }),
};
