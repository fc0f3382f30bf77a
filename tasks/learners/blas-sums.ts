import { addLanes } from "../metrics/float32.ts";

/**
 * Float32 sums in the order of OpenBLAS 0.3's kernels for processors with AVX2. scikit-learn's k-means++ scales draws
 * and compares candidates by them, so that the last bit of a sum now and then decides which row becomes a centre.
 */

const { fround } = Math;

/** Adds up the first four lanes, neighbours first. */
function joinFour(lanes: Float32Array): number {
  const [a, b, c, d] = lanes;
  return fround(fround(a + b) + fround(c + d));
}

/** Sums the values as `sdot` with ones does: in 32 float32 lanes, those beyond the last whole round in float64. */
export function vectorSum(values: Float32Array): number {
  const lanes = new Float32Array(32);
  const whole = values.length - (values.length % 32);
  for (let i = 0; i < whole; i += 32) addLanes(lanes, values, i, 32);
  for (let start = 0; start < 32; start += 8) addLanes(lanes.subarray(start), lanes, start + 4, 4);
  addLanes(lanes, lanes, 8, 4);
  addLanes(lanes.subarray(16), lanes, 24, 4);
  addLanes(lanes, lanes, 16, 4);
  let rest = 0;
  for (let i = whole; i < values.length; i++) rest += values[i];
  return fround(rest + joinFour(lanes));
}

/**
 * Sums row `row` of `rows` rows as `sgemv` with ones does: in eight lanes, or in four for the two rows that are left
 * over when the rows are taken by fours and then by twos. Equal bit for bit for up to 4,096 values.
 */
export function rowSum(values: Float32Array, row: number, rows: number): number {
  const quads = rows - (rows % 4);
  const width = rows - quads >= 2 && row >= quads && row < quads + 2 ? 4 : 8;
  const lanes = new Float32Array(8);
  const whole = values.length - (values.length % 4);
  const first = whole % width;
  addLanes(lanes, values, 0, first);
  for (let i = first; i < whole; i += width) addLanes(lanes, values, i, width);
  addLanes(lanes, lanes, 4, 4);
  let rest = 0;
  for (let i = whole; i < values.length; i++) rest = fround(rest + values[i]);
  return fround(joinFour(lanes) + rest);
}
