import type { Matrix } from "../../models/matrix.ts";
import { openAssembly } from "../assembly.ts";
import { once } from "../once.ts";
import { pairedSumsCode } from "./paired-sums.wasm.ts";

/** Exports of the assembled module; sizes and addresses in bytes. */
interface Functions {
  readonly memory: { readonly buffer: ArrayBuffer };
  squares(x: number, y: number, bytes: number): number;
  ownSquares(x: number, bytes: number): number;
  quotients(x: number, ofX: number, y: number, ofY: number, bytes: number): number;
  absolutes(x: number, y: number, bytes: number): number;
  product(x: number, y: number, bytes: number): number;
}

/** Sums over one pair of rows at a time; `count` values from `start` of the row. */
export interface RowSums {
  /** Σ (x − y)² in the order of `float32.ts`'s `sumOfSquares`; start and count are multiples of 16. */
  squares(start: number, count: number): number;
  /** Σ x² and Σ y² likewise. */
  ownSquares(start: number, count: number): readonly [ofX: number, ofY: number];
  /** Σ (x ÷ ofX − y ÷ ofY)² likewise, each quotient and difference rounded. */
  quotients(ofX: number, ofY: number, start: number, count: number): number;
  /** Σ |x − y| in the order of a block of `pairwiseSum`; start and count are multiples of 8. */
  absolutes(start: number, count: number): number;
  /** Σ x · y in the order of `fusedDot`; start and count are multiples of 64. */
  product(start: number, count: number): number;
}

const open = once(() => openAssembly<Functions>(pairedSumsCode));

/** Values of both matrices that are copied at once: 256 KiB, which stay in a processor's cache until they are summed. */
const blockValues = 2 ** 16;

/** Length of the longest row of which the module's memory of 1 MiB takes two. */
export const longestRow = 2 ** 17;

/**
 * Calls `use` for each pair of rows, with functions that sum over it in vector registers. They give the same bits as
 * the loops of `float32.ts` and are several times as fast. Rows have at most `longestRow` values.
 */
export function forEachPair(x: Matrix, y: Matrix, use: (sums: RowSums, row: number) => void): void {
  const { dims, rows } = x;
  const { memory, ...functions } = open();
  const floats = new Float32Array(memory.buffer);
  const perBlock = Math.max(1, Math.floor(blockValues / (2 * dims)));
  let [ofX, ofY] = [0, 0];
  const sums: RowSums = {
    squares: (start, count) => functions.squares(ofX + 4 * start, ofY + 4 * start, 4 * count),
    ownSquares: (start, count) => [
      functions.ownSquares(ofX + 4 * start, 4 * count),
      functions.ownSquares(ofY + 4 * start, 4 * count),
    ],
    quotients: (a, b, start, count) => functions.quotients(ofX + 4 * start, a, ofY + 4 * start, b, 4 * count),
    absolutes: (start, count) => functions.absolutes(ofX + 4 * start, ofY + 4 * start, 4 * count),
    product: (start, count) => functions.product(ofX + 4 * start, ofY + 4 * start, 4 * count),
  };
  for (let start = 0; start < rows; start += perBlock) {
    const end = Math.min(rows, start + perBlock);
    floats.set(x.data.subarray(start * dims, end * dims), 0);
    floats.set(y.data.subarray(start * dims, end * dims), (end - start) * dims);
    for (let row = start; row < end; row++) {
      ofX = 4 * (row - start) * dims;
      ofY = ofX + 4 * (end - start) * dims;
      use(sums, row);
    }
  }
}
