import { mersenneTwister, stateFromWord } from "./mersenne-twister.ts";
import { pcg64 } from "./pcg64.ts";
import { shuffled } from "./python.ts";

/** Generator that gives numpy's legacy `RandomState` bit for bit; each call moves its state on. */
export interface LegacyNumpyRandom {
  /** Draws a double, 0 ≤ value < 1. */
  randomSample(): number;
  /** Draws a double, low ≤ value < high. */
  uniform(low: number, high: number): number;
  /** Draws an integer, low ≤ value < high; high − low ≤ 2^32. Throws `RangeError` where there is none. */
  randint(low: number, high: number): number;
  /** Returns the items in another order. */
  shuffle<Item>(items: ArrayLike<Item>): Item[];
  /** Returns the indices 0 … size − 1 in another order, [size]. */
  permutation(size: number): Int32Array;
  /** Draws indices with replacement, each with its probability (they sum to 1), [count]. */
  choice(probabilities: ArrayLike<number>, count: number): Int32Array;
}

/** Generator that gives numpy's `Generator` over PCG64 bit for bit; each call moves its state on. */
export interface NumpyGenerator {
  /** Draws a double, 0 ≤ value < 1. */
  random(): number;
  /** Returns the items in another order. */
  shuffle<Item>(items: ArrayLike<Item>): Item[];
  /** Returns the indices 0 … size − 1 in another order, [size]. */
  permutation(size: number): Int32Array;
  /** Draws indices without replacement, 0 ≤ index < size, [count]: `choice(size, count, replace=False)`. */
  choice(size: number, count: number): Int32Array;
}

const range = (size: number): Int32Array => Int32Array.from({ length: size }, (_, i) => i);

/** Draws 0 ≤ value ≤ last by masked rejection: words are cut to the bits of `last`, larger ones thrown away. */
function maskedDraw(next: () => number, last: number): number {
  if (last === 0) return 0;
  const mask = 0xffffffff >>> Math.clz32(last);
  let value = (next() & mask) >>> 0;
  while (value > last) value = (next() & mask) >>> 0;
  return value;
}

/** Finds the first index whose cumulative weight exceeds `value`. */
function searchRight(cumulative: Float64Array, value: number): number {
  let low = 0;
  let high = cumulative.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cumulative[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function cumulativeShares(probabilities: ArrayLike<number>): Float64Array {
  let sum = 0;
  const sums = Float64Array.from(probabilities, (share) => {
    sum += share;
    return sum;
  });
  return sums.map((value) => value / sum);
}

/** Makes `numpy.random.RandomState(seed)` of a whole number, 0 ≤ seed < 2^32. Throws `RangeError` for other seeds. */
export function legacyNumpyRandom(seed: number): LegacyNumpyRandom {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new RangeError(`legacyNumpyRandom: seed ${seed} is not a whole number from 0 to 4294967295`);
  }
  const words = mersenneTwister(stateFromWord(seed));
  const draw = (last: number): number => maskedDraw(words.next, last);
  return {
    randomSample: words.double,
    uniform: (low, high) => low + (high - low) * words.double(),
    randint: (low, high) => {
      if (!(high > low)) throw new RangeError(`randint: nothing lies between ${low} and ${high}`);
      return low + draw(high - 1 - low);
    },
    shuffle: (items) => shuffled(items, draw),
    permutation: (size) => Int32Array.from(shuffled(range(size), draw)),
    choice: (probabilities, count) => {
      const cumulative = cumulativeShares(probabilities);
      return Int32Array.from({ length: count }, () => searchRight(cumulative, words.double()));
    },
  };
}

/** Draws 0 ≤ value ≤ last from the upper half of a 64-bit product. Source: Lemire, ACM TOMACS 29 (2019). */
function lemireDraw(next: () => number, last: number): number {
  if (last === 0) return 0;
  const count = last + 1;
  const threshold = (0x100000000 - count) % count;
  for (;;) {
    const word = next();
    const low = Math.imul(word, count) >>> 0;
    // The product minus its low word is a multiple of 2^32, so rounding repairs what the double lost.
    if (low >= threshold) return Math.round((word * count - low) / 0x100000000);
  }
}

/** Draws few of many indices by Floyd's algorithm, then shuffles them. Source: Bentley and Floyd, CACM 30 (1987). */
function chooseFew(size: number, count: number, draw: (last: number) => number): Int32Array {
  const taken = new Set<number>();
  for (let last = size - count; last < size; last++) {
    const index = draw(last);
    taken.add(taken.has(index) ? last : index);
  }
  return Int32Array.from(shuffled([...taken], draw));
}

/** Draws the last `count` indices of a shuffle that stops once they are settled. */
function chooseMany(size: number, count: number, draw: (last: number) => number): Int32Array {
  return Int32Array.from(shuffled(range(size), draw, size - count).slice(size - count));
}

/** Makes `numpy.random.default_rng(seed)` of a whole number, 0 ≤ seed < 2^53. Throws `RangeError` for other seeds. */
export function numpyGenerator(seed: number): NumpyGenerator {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`numpyGenerator: seed ${seed} is not a whole number from 0 to 9007199254740991`);
  }
  const source = pcg64(seed);
  const masked = (last: number): number => maskedDraw(source.half, last);
  const bounded = (last: number): number => lemireDraw(source.half, last);
  return {
    random: source.double,
    shuffle: (items) => shuffled(items, masked),
    permutation: (size) => Int32Array.from(shuffled(range(size), masked)),
    choice: (size, count) => {
      if (count < 0 || count > size) throw new RangeError(`choice: ${count} of ${size} cannot be drawn`);
      const many = size > 10000 && count > Math.floor(size / 50);
      return (many ? chooseMany : chooseFew)(size, count, bounded);
    },
  };
}
