import { mersenneTwister, stateFromKey } from "./mersenne-twister.ts";

/** Generator that gives CPython's `random.Random` bit for bit; each call moves its state on. */
export interface PythonRandom {
  /** Draws a double, 0 ≤ value < 1. */
  random(): number;
  /** Draws an integer of `bits` random bits, 0 ≤ bits ≤ 53. */
  getrandbits(bits: number): number;
  /** Draws an integer, start ≤ value < stop. Throws `RangeError` where there is none. */
  randrange(start: number, stop: number): number;
  /** Draws an integer, low ≤ value ≤ high. */
  randint(low: number, high: number): number;
  /** Draws indices without replacement, 0 ≤ index < size, [count]: `sample(range(size), count)`. */
  sample(size: number, count: number): Int32Array;
  /** Draws indices with replacement, 0 ≤ index < size, [count]: `choices(range(size), k=count)`. */
  choices(size: number, count: number): Int32Array;
  /** Returns the items in another order. */
  shuffle<Item>(items: ArrayLike<Item>): Item[];
}

type Below = (limit: number) => number;

/** Returns the size above which a set of the indices taken is smaller than a list of all (CPython's own rule). */
function listLimit(count: number): number {
  return count > 5 ? 21 + 4 ** Math.ceil(Math.log(count * 3) / Math.log(4)) : 21;
}

function sampleFromList(size: number, count: number, below: Below): Int32Array {
  const pool = Int32Array.from({ length: size }, (_, i) => i);
  return Int32Array.from({ length: count }, (_, i) => {
    const index = below(size - i);
    const taken = pool[index];
    pool[index] = pool[size - i - 1];
    return taken;
  });
}

function sampleWithSet(size: number, count: number, below: Below): Int32Array {
  const taken = new Set<number>();
  return Int32Array.from({ length: count }, () => {
    let index = below(size);
    while (taken.has(index)) index = below(size);
    taken.add(index);
    return index;
  });
}

/**
 * Makes `random.Random(seed)` of CPython 3.11 for a whole number, |seed| < 2^53, whose sign has no effect. Throws
 * `RangeError` for other seeds.
 */
export function pythonRandom(seed: number): PythonRandom {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`pythonRandom: seed ${seed} is not a whole number`);
  const magnitude = Math.abs(seed);
  const high = Math.floor(magnitude / 0x100000000);
  const words = mersenneTwister(stateFromKey(high === 0 ? [magnitude] : [magnitude >>> 0, high]));

  const getrandbits = (bits: number): number => {
    if (bits === 0) return 0;
    if (bits <= 32) return words.next() >>> (32 - bits);
    const low = words.next();
    return (words.next() >>> (64 - bits)) * 0x100000000 + low;
  };
  const below = (limit: number): number => {
    const bits = limit < 0x100000000 ? 32 - Math.clz32(limit) : limit.toString(2).length;
    let value = getrandbits(bits);
    while (value >= limit) value = getrandbits(bits);
    return value;
  };
  const randrange = (start: number, stop: number): number => {
    if (!(stop > start)) throw new RangeError(`randrange: nothing lies between ${start} and ${stop}`);
    return start + below(stop - start);
  };
  return {
    random: words.double,
    getrandbits,
    randrange,
    randint: (low, high) => randrange(low, high + 1),
    sample: (size, count) => {
      if (count < 0 || count > size) throw new RangeError(`sample: ${count} of ${size} cannot be drawn`);
      return size <= listLimit(count) ? sampleFromList(size, count, below) : sampleWithSet(size, count, below);
    },
    choices: (size, count) => Int32Array.from({ length: count }, () => Math.floor(words.double() * size)),
    shuffle: (items) => shuffled(items, (i) => below(i + 1)),
  };
}

/** Shuffles as Fisher and Yates do, from the end down to `first`; `draw(i)` gives 0 ≤ index ≤ i. */
export function shuffled<Item>(items: ArrayLike<Item>, draw: (last: number) => number, first = 1): Item[] {
  const result = Array.from(items);
  for (let i = result.length - 1; i >= Math.max(first, 1); i--) {
    const index = draw(i);
    const kept = result[i];
    result[i] = result[index];
    result[index] = kept;
  }
  return result;
}
