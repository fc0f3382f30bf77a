import { openAssembly } from "../assembly.ts";
import { once } from "../once.ts";
import { centersCode } from "./centers.wasm.ts";

/** Exports of the assembled module; addresses and sizes in bytes. */
interface Functions {
  readonly memory: { readonly buffer: ArrayBuffer };
  addFour(out: number, rows: number, bytes: number): void;
  addOne(out: number, row: number, bytes: number): void;
  scale(out: number, factor: number, bytes: number): void;
  nearest(norms: number, products: number, bytes: number): number;
}

const { fround } = Math;

/** Where the module's memory of 1 MiB holds what, in bytes; the source keeps the first 32 for itself. */
const places = { center: 64, norms: 64, rows: 262_208, products: 262_208, end: 2 ** 20 } as const;
/** Columns of centres and rows that are taken at once. */
const widest = 16_384;
/** Most clusters among which the module finds the nearest one. */
const mostClusters = (places.products - places.norms) / 4;

/** Opens the module: its functions and its memory. */
const open = once(() => {
  const { memory, ...functions } = openAssembly<Functions>(centersCode);
  return { ...functions, floats: new Float32Array(memory.buffer) };
});

/**
 * Multiplies a centre, [dims], by a factor, adds the rows of `data` that begin at `starts` one after the other, and
 * multiplies by another factor, each step rounded to float32; four columns at a time, which changes no bit.
 */
export function scaledSum(
  center: Float32Array,
  before: number,
  data: Float32Array,
  starts: readonly number[],
  after: number,
): void {
  const { floats, addFour, addOne, scale } = open();
  for (let column = 0; column < center.length; column += widest) {
    const own = center.subarray(column, column + widest);
    const width = own.length + ((4 - (own.length % 4)) % 4);
    const copyRow = (row: number, place: number): void => {
      const start = starts[row] + column;
      floats.set(data.subarray(start, start + own.length), places.rows / 4 + place * width);
    };
    floats.set(own, places.center / 4);
    scale(places.center, before, 4 * width);
    let row = 0;
    for (; row + 4 <= starts.length; row += 4) {
      for (let place = 0; place < 4; place++) copyRow(row + place, place);
      addFour(places.center, places.rows, 4 * width);
    }
    for (; row < starts.length; row++) {
      copyRow(row, 0);
      addOne(places.center, places.rows, 4 * width);
    }
    scale(places.center, after, 4 * width);
    own.set(floats.subarray(places.center / 4, places.center / 4 + own.length));
  }
}

/**
 * Writes the number of each row's nearest centre to `out`, [rows]: that with the least norm − 2 · product in float32, the
 * first of equals. `products` is [rows, clusters], `norms` [clusters].
 */
export function findNearest(out: Int32Array, norms: Float32Array, products: Float32Array): void {
  const clusters = norms.length;
  const perBlock = Math.floor((places.end - places.products) / 4 / clusters);
  if (clusters > mostClusters || perBlock === 0) {
    for (let row = 0; row < out.length; row++) out[row] = withRest(0, 1, norms, products, row * clusters);
    return;
  }
  const { floats, nearest } = open();
  // The module takes clusters by fours, a loop the rest.
  const whole = clusters - (clusters % 4);
  floats.set(norms, places.norms / 4);
  for (let first = 0; first < out.length; first += perBlock) {
    const last = Math.min(out.length, first + perBlock);
    floats.set(products.subarray(first * clusters, last * clusters), places.products / 4);
    for (let row = first; row < last; row++) {
      const known = nearest(places.norms, places.products + 4 * (row - first) * clusters, 4 * whole);
      out[row] = withRest(known, whole, norms, products, row * clusters);
    }
  }
}

/** Takes the centres from number `from` on into account, where `nearest` is the nearest of those before. */
function withRest(nearest: number, from: number, norms: Float32Array, products: Float32Array, start: number): number {
  let found = nearest;
  let least = fround(norms[found] - 2 * products[start + found]);
  for (let c = from; c < norms.length; c++) {
    const value = fround(norms[c] - 2 * products[start + c]);
    if (value < least) {
      least = value;
      found = c;
    }
  }
  return found;
}
