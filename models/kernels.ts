import type { Matrix } from "./matrix.ts";

/** Some cells of a matrix, row by row: those of row i are at `starts[i]` to before `starts[i + 1]`, by ascending column. */
export interface Reached {
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float32Array;
}

/** A factor of many products, kept where they are computed. */
export interface HeldMatrix {
  /** Computes a · bᵀ with the held b, [a.rows, b.rows], in float32. */
  product(a: Matrix): Promise<Matrix>;
  /** Computes b · aᵀ with the held b and gives only what is not below the `least` of its row, [b.rows]; no NaN. */
  reaching(a: Matrix, least: Float32Array): Promise<Reached>;
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

/** Returns what reaches the `least` of its row of a matrix that is given by columns, [columns, rows]; no NaN. */
export function reachedOf({ data, rows: columns, dims: rows }: Matrix, least: Float32Array): Reached {
  const starts = new Int32Array(rows + 1);
  for (let cell = 0; cell < data.length; cell++) if (data[cell] >= least[cell % rows]) starts[(cell % rows) + 1]++;
  for (let row = 0; row < rows; row++) starts[row + 1] += starts[row];
  const next = starts.slice();
  const [found, values] = [new Int32Array(starts[rows]), new Float32Array(starts[rows])];
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      const value = data[column * rows + row];
      if (!(value >= least[row])) continue;
      found[next[row]] = column;
      values[next[row]++] = value;
    }
  }
  return { starts, columns: found, values };
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
