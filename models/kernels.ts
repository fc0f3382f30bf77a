import type { Matrix } from "./matrix.ts";

/** A factor of many products, kept where they are computed. */
export interface HeldMatrix {
  /** Computes a · bᵀ with the held b, [a.rows, b.rows], in float32. */
  product(a: Matrix): Promise<Matrix>;
  release(): void;
}

/**
 * Heavy arithmetic, off the calling thread; calls run side by side as far as there are processors. Float32; the order
 * in which a sum is taken is the implementation's.
 */
export interface Kernels {
  /** Computes a · bᵀ, [a.rows, b.rows]: the products of all rows of `a` with all rows of `b`, which have one length. */
  product(a: Matrix, b: Matrix): Promise<Matrix>;
  /** Keeps `b` for many products. */
  hold(b: Matrix): Promise<HeldMatrix>;
}
