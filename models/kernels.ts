import type { Matrix } from "./matrix.ts";

/** A factor of many products, kept where they are computed. */
export interface HeldMatrix {
  /** Computes a · bᵀ with the held b, [a.rows, b.rows], in float32. */
  product(a: Matrix): Promise<Matrix>;
  release(): void;
}

/** A factor of many products of which only the greatest count. */
export interface HeldForGreatest {
  /**
   * Computes the greatest products of each `group` consecutive rows of `a` with each row of the held b,
   * [a.rows / group, b.rows], in float32; all products have to be finite.
   */
  greatest(a: Matrix, group: number): Promise<Matrix>;
  release(): void;
}

/**
 * Heavy arithmetic, off the calling thread; calls run side by side as far as there are processors. Float32; the order
 * in which a sum is taken is the implementation's.
 */
export interface Kernels {
  /**
   * Computes a · bᵀ, [a.rows, b.rows]: the products of all rows of `a` with all rows of `b`, which have one length. With
   * `rows`, only those of `a` at these places count, in their order, [rows.length, b.rows]; one may occur several times.
   */
  product(a: Matrix, b: Matrix, rows?: Int32Array): Promise<Matrix>;
  /** Keeps `b` for many products. */
  hold(b: Matrix): Promise<HeldMatrix>;
  /** Keeps `b` for the greatest of many products, which are not kept. */
  holdForGreatest(b: Matrix): Promise<HeldForGreatest>;
}
