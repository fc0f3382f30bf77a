/**
 * Sums in float32, in numpy's order. Scores of near-equal vectors hang on the order in which their terms are added, so
 * that agreement with the reference to the last digits needs it.
 */

const { fround } = Math;
const block = 128;

function shortSum(values: Float32Array, start: number, end: number): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum = fround(sum + (values[i] as number));
  return sum;
}

function blockSum(values: Float32Array, start: number, count: number): number {
  const partial = new Float32Array(8);
  const even = start + count - (count % 8);
  for (let i = start; i < even; i += 8) {
    for (let lane = 0; lane < 8; lane++) partial[lane] = (partial[lane] as number) + (values[i + lane] as number);
  }
  const pair = (i: number): number => fround((partial[i] as number) + (partial[i + 1] as number));
  let sum = fround(fround(pair(0) + pair(2)) + fround(pair(4) + pair(6)));
  for (let i = even; i < start + count; i++) sum = fround(sum + (values[i] as number));
  return sum;
}

/**
 * The float32 sum of `count` values from `start`, by halves down to blocks of at most 128 values, each in eight
 * interleaved parts. 0 for no values. Source: numpy 2.4 `np.sum`, pairwise summation.
 */
export function pairwiseSum(values: Float32Array, start = 0, count = values.length - start): number {
  if (count < 8) return shortSum(values, start, start + count);
  if (count <= block) return blockSum(values, start, count);
  const half = Math.floor(count / 2);
  const first = half - (half % 8);
  return fround(pairwiseSum(values, start, first) + pairwiseSum(values, start + first, count - first));
}

/**
 * The float32 sum of the squares of `count` values from `start`, in four lanes that are joined at the end; of sixteen
 * values the last four enter first. 0 for no values. Source: numpy 2.4 `einsum("ij,ij->i", x, x)` with lanes of 128
 * bits, its baseline on x86-64.
 */
export function sumOfSquares(values: Float32Array, start = 0, count = values.length - start): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const square = (i: number): number => fround((values[i] as number) * (values[i] as number));
  const whole = start + count - (count % 16);
  for (let group = start; group < whole; group += 16) {
    for (let i = group + 12; i >= group; i -= 4) {
      a = fround(a + square(i));
      b = fround(b + square(i + 1));
      c = fround(c + square(i + 2));
      d = fround(d + square(i + 3));
    }
  }
  const end = start + count;
  for (let i = whole; i < end; i += 4) {
    a = fround(a + square(i));
    if (i + 1 < end) b = fround(b + square(i + 1));
    if (i + 2 < end) c = fround(c + square(i + 2));
    if (i + 3 < end) d = fround(d + square(i + 3));
  }
  return fround(fround(a + b) + fround(c + d));
}
