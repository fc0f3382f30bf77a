/**
 * Sums in float32, in the order of numpy and torch. Scores of near-equal vectors depend on the order in which their
 * terms are added, so that agreement with the reference to the last digits needs it.
 */

const { fround } = Math;
const block = 128;

function shortSum(values: Float32Array, start: number, end: number): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum = fround(sum + values[i]);
  return sum;
}

/** Sums in eight interleaved parts: locals stay in registers, while an array of parts takes twice as long. */
function blockSum(values: Float32Array, start: number, count: number): number {
  let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0];
  const even = start + count - (count % 8);
  for (let i = start; i < even; i += 8) {
    a = fround(a + values[i]);
    b = fround(b + values[i + 1]);
    c = fround(c + values[i + 2]);
    d = fround(d + values[i + 3]);
    e = fround(e + values[i + 4]);
    f = fround(f + values[i + 5]);
    g = fround(g + values[i + 6]);
    h = fround(h + values[i + 7]);
  }
  let sum = fround(fround(fround(a + b) + fround(c + d)) + fround(fround(e + f) + fround(g + h)));
  for (let i = even; i < start + count; i++) sum = fround(sum + values[i]);
  return sum;
}

/**
 * Sums `count` float32 values from `start`, by halves down to blocks of at most 128 values, each in eight
 * interleaved parts. 0 for no values. Source: numpy 2.4 `np.sum`, pairwise summation.
 */
export function pairwiseSum(values: Float32Array, start = 0, count = values.length - start): number {
  return sumOfBlocks(start, count, (from, size) =>
    size < 8 ? shortSum(values, from, from + size) : blockSum(values, from, size),
  );
}

/** Joins sums of blocks of at most 128 values as `pairwiseSum` does. */
export function sumOfBlocks(start: number, count: number, sum: (start: number, count: number) => number): number {
  if (count <= block) return sum(start, count);
  const half = Math.floor(count / 2);
  const first = half - (half % 8);
  return fround(sumOfBlocks(start, first, sum) + sumOfBlocks(start + first, count - first, sum));
}

/**
 * Sums the squares of `count` float32 values from `start` in four lanes that are joined at the end; of sixteen values
 * the last four enter first. 0 for no values. Source: numpy 2.4 `einsum("ij,ij->i", x, x)` with lanes of 128 bits, its
 * baseline on x86-64.
 */
export function sumOfSquares(values: Float32Array, start = 0, count = values.length - start): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const square = (i: number): number => fround(values[i] * values[i]);
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

/** Lanes of a vector register of 256 bits, which torch's sums use even where there are wider ones. */
const width = 8;

/** Adds the lanes one after the other to the sum of the values from `rest`, which fill no whole group of lanes. */
function joinLanes(lanes: Float32Array, values: Float32Array, rest: number): number {
  let sum = shortSum(values, rest, values.length);
  for (let lane = 0; lane < width; lane++) sum = fround(sum + lanes[lane]);
  return sum;
}

/** Adds `count` values from `start` to the first lanes of `out`. */
export function addLanes(out: Float32Array, values: Float32Array, start: number, count: number): void {
  for (let i = 0; i < count; i++) out[i] = out[i] + values[start + i];
}

/** Sums of `cascadeSum`'s lanes by level, its own while it runs. */
const levels = Array.from({ length: 3 }, () => new Float32Array(4 * width));

/** Passes what has been added up to the next level every 16 rounds, and from there on every 256. */
function passOn(rounds: number): void {
  for (let level = 1; level < levels.length && rounds % 16 ** level === 0; level++) {
    addLanes(levels[level], levels[level - 1], 0, 4 * width);
    levels[level - 1].fill(0);
  }
}

/** Sums fewer values than there are lanes: the four first each for itself, the others with the first of these. */
function sumOfFew(values: Float32Array): number {
  const apart = values.length < 4 ? 0 : 4;
  let sum = apart > 0 ? values[0] : 0;
  for (let i = apart; i < values.length; i++) sum = fround(sum + values[i]);
  for (let i = 1; i < apart; i++) sum = fround(sum + values[i]);
  return sum;
}

/**
 * Sums float32 values in torch's order: in four rows of eight lanes, which every sixteen rounds are added to a second
 * set of sums, and those to a third every 256, so that small terms are not lost in large sums. 0 for no values. Equal
 * to torch's bit for bit for up to 32,768 values, which one thread adds. Source: torch 2.14 `sum` over a contiguous
 * dimension on a CPU.
 */
export function cascadeSum(values: Float32Array): number {
  if (values.length < width) return sumOfFew(values);
  const rows = 4 * width;
  for (const sums of levels) sums.fill(0);
  const [lanes, ...settled] = levels;
  const rounds = Math.floor(values.length / rows);
  for (let round = 0; round < rounds; round++) {
    addLanes(lanes, values, round * rows, rows);
    passOn(round + 1);
  }
  for (const sums of settled) addLanes(lanes, sums, 0, rows);
  const whole = values.length - (values.length % width);
  for (let i = rounds * rows; i < whole; i += width) addLanes(lanes, values, i, width);
  for (let row = width; row < rows; row += width) addLanes(lanes, lanes.subarray(row), 0, width);
  return joinLanes(lanes, values, whole);
}

/** Adds the squares of values to a sum one after the other: of four each is rounded, the rest are added in one step. */
function addSquares(start: number, values: Float32Array, from: number, end: number): number {
  let sum = start;
  const fused = end - ((end - from) % 4);
  for (let i = from; i < fused; i++) sum = fround(sum + fround(values[i] * values[i]));
  // A square is exact in float64.
  for (let i = fused; i < end; i++) sum = fround(sum + values[i] * values[i]);
  return sum;
}

/** Computes the float32 length of values, their squares added one after the other. Source: torch 2.14 `cdist` (p = 2). */
export const stepwiseNorm = (values: Float32Array): number =>
  fround(Math.sqrt(addSquares(0, values, 0, values.length)));

/** Sums the sizes of float32 values one after the other. Source: torch 2.14 `cdist` (p = 1). */
export function stepwiseSize(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum = fround(sum + Math.abs(values[i]));
  return sum;
}

/**
 * Computes the float32 length of the row of `count` values from `start`, its squares added in eight lanes; of those that
 * fill no whole group, four are squared and then added, and the rest squared and added in one step. Equal to torch's bit
 * for bit. Source: torch 2.14 `linalg.vector_norm` over a contiguous dimension on a CPU, as its compiler orders it.
 */
export function laneNorm(values: Float32Array, start: number, count: number): number {
  let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0];
  const square = (i: number): number => fround(values[i] * values[i]);
  const end = start + count;
  const whole = end - (count % width);
  for (let i = start; i < whole; i += width) {
    a = fround(a + square(i));
    b = fround(b + square(i + 1));
    c = fround(c + square(i + 2));
    d = fround(d + square(i + 3));
    e = fround(e + square(i + 4));
    f = fround(f + square(i + 5));
    g = fround(g + square(i + 6));
    h = fround(h + square(i + 7));
  }
  let sum = a;
  for (const lane of [b, c, d, e, f, g, h]) sum = fround(sum + lane);
  return fround(Math.sqrt(addSquares(sum, values, whole, end)));
}

/** Adds x[start + i] · y[start + i] to out[i] for i < `count`, rounded once. */
function multiplyAdd(out: Float32Array, x: Float32Array, y: Float32Array, start: number, count: number): void {
  for (let i = 0; i < count; i++) {
    // Products of two float32 values are exact in float64; what the sum of it loses is never seen in the float32.
    out[i] = out[i] + x[start + i] * y[start + i];
  }
}

/** Adds the second half of each group of 2 · `half` values to its first half, [out.length]. */
function addHalves(out: Float32Array, values: Float32Array, half: number): void {
  for (let i = 0; i < out.length; i++) {
    const first = i + half * Math.floor(i / half);
    out[i] = values[first] + values[first + half];
  }
}

/**
 * Computes the float32 inner product of `count` values from `start`, in four rows of sixteen lanes with fused products,
 * then four of eight for the last 32; the remaining ones are added at the end. 0 for no values. The order depends on
 * the processor: this is the one for AVX-512; without it other pairs of nearly equal vectors tie. Source: OpenBLAS
 * 0.3.31 `sdot` for Skylake-X, which numpy 2.4 `np.dot` calls.
 */
export function fusedDot(x: Float32Array, y: Float32Array, start: number, count: number): number {
  const wide = new Float32Array(8 * width);
  const lanes = new Float32Array(4 * width);
  const whole = start + count - (count % 32);
  const wideEnd = start + count - (count % 64);
  for (let i = start; i < wideEnd; i += 64) multiplyAdd(wide, x, y, i, 64);
  addHalves(lanes, wide, width);
  if (wideEnd < whole) multiplyAdd(lanes, x, y, wideEnd, 32);
  for (let row = width; row < 4 * width; row += width) addLanes(lanes, lanes.subarray(row), 0, width);
  const quarter = (i: number): number => fround(lanes[i] + lanes[i + 4]);
  let rest = 0;
  for (let i = whole; i < start + count; i++) rest += fround(x[i] * y[i]);
  return fround(rest + fround(fround(quarter(0) + quarter(1)) + fround(quarter(2) + quarter(3))));
}
