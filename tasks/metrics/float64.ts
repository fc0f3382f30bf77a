/** Sums in float64, most in numpy's order: where curves nearly coincide, last digits decide whether a score exists. */

const block = 128;

function blockSum(values: Float64Array, start: number, count: number): number {
  const whole = start + count - (count % 8);
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let s4 = 0;
  let s5 = 0;
  let s6 = 0;
  let s7 = 0;
  for (let i = start; i < whole; i += 8) {
    s0 += values[i];
    s1 += values[i + 1];
    s2 += values[i + 2];
    s3 += values[i + 3];
    s4 += values[i + 4];
    s5 += values[i + 5];
    s6 += values[i + 6];
    s7 += values[i + 7];
  }
  let sum = s0 + s1 + (s2 + s3) + (s4 + s5 + (s6 + s7));
  for (let i = whole; i < start + count; i++) sum += values[i];
  return sum;
}

/**
 * Sums `count` values from `start`, by halves down to blocks of at most 128 values, each in eight interleaved
 * parts. 0 for no values. Source: numpy 2.4 `np.sum`, pairwise summation.
 */
export function pairwiseSum64(values: Float64Array, start = 0, count = values.length - start): number {
  if (count <= block) return blockSum(values, start, count);
  const half = Math.floor(count / 2);
  const first = half - (half % 8);
  return pairwiseSum64(values, start, first) + pairwiseSum64(values, start + first, count - first);
}

/** Computes the population standard deviation; 0 for no values. Source: numpy 2.4 `np.std`. */
export function standardDeviation(values: ArrayLike<number>): number {
  const { length } = values;
  if (length === 0) return 0;
  const terms = new Float64Array(length);
  for (let i = 0; i < length; i++) terms[i] = values[i];
  const mean = pairwiseSum64(terms) / length;
  for (let i = 0; i < length; i++) {
    const apart = terms[i] - mean;
    terms[i] = apart * apart;
  }
  return Math.sqrt(pairwiseSum64(terms) / length);
}

/** Sums the squares of the values from `start` up to `end`; in four parts, so that additions need not wait. */
export function squaredLength(data: Float32Array, start: number, end: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const whole = end - ((end - start) % 4);
  for (let i = start; i < whole; i += 4) {
    a += data[i] * data[i];
    b += data[i + 1] * data[i + 1];
    c += data[i + 2] * data[i + 2];
    d += data[i + 3] * data[i + 3];
  }
  for (let i = whole; i < end; i++) a += data[i] * data[i];
  return a + b + (c + d);
}
