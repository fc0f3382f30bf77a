import type { Matrix } from "../../models/matrix.ts";
import { isLarger, placeOfLargest, scansFrom } from "./first-of-largest.ts";

/** Looks for the largest scores of a square of them, both ways, while its rows come block by block. */
export interface BothWays {
  /** Takes the next rows, [rows, count]. */
  add(scores: Matrix): void;
  /** Place of the largest score in each row that was added, [count]. */
  readonly ofRows: Int32Array;
  /** Place of the largest score in each column, among the rows that were added, [count]. */
  readonly ofColumns: Int32Array;
}

/**
 * Opens a search for the largest score in each row and each column of [count, count] scores; of equal ones that counts
 * which the reference takes (`placeOfLargest`), for a column as it does for a row of the transposed scores.
 *
 * @throws RangeError where a square of fewer than 64 rows, whose values are sorted together, does not come as one block
 */
export function openBothWays(count: number): BothWays {
  const [ofRows, ofColumns] = [new Int32Array(count), new Int32Array(count)];
  const best = new Float32Array(count).fill(Number.NEGATIVE_INFINITY);
  let added = 0;
  return {
    ofRows,
    ofColumns,
    add({ data, rows }) {
      if (count >= scansFrom) scan(data, added, best, ofRows, ofColumns);
      else if (rows === count) select(data, ofRows, ofColumns);
      else throw new RangeError(`openBothWays: ${rows} of ${count} rows; expected all at once`);
      added += rows;
    },
  };
}

/** Looks through rows that begin at number `start` for their largest values, and for larger ones than the columns' best. */
function scan(data: Float32Array, start: number, best: Float32Array, ofRows: Int32Array, ofColumns: Int32Array): void {
  const count = best.length;
  for (let at = 0, row = start; at < data.length; at += count, row++) {
    let [place, largest] = [0, data[at]];
    for (let column = 0; column < count; column++) {
      const value = data[at + column];
      if (!(value <= largest) && isLarger(value, largest)) {
        place = column;
        largest = value;
      }
      if (!(value <= best[column]) && isLarger(value, best[column])) {
        best[column] = value;
        ofColumns[column] = row;
      }
    }
    ofRows[row] = place;
  }
}

function select(data: Float32Array, ofRows: Int32Array, ofColumns: Int32Array): void {
  const count = ofRows.length;
  for (let i = 0; i < count; i++) {
    ofRows[i] = placeOfLargest(data.subarray(i * count, (i + 1) * count));
    ofColumns[i] = placeOfLargest(Float32Array.from(ofRows, (_, row) => data[row * count + i]));
  }
}
