import { mersenneTwister, stateFromKey } from "./mersenne-twister.ts";

/** CPython's `random.Random`, bit for bit; each call moves the one state on. */
export interface PythonRandom {
  /** 0 ≤ value < 1. */
  random(): number;
  /** An integer of `bits` random bits, 0 ≤ bits ≤ 53. */
  getrandbits(bits: number): number;
  /** start ≤ value < stop. Throws `RangeError` where there is none. */
  randrange(start: number, stop: number): number;
  /** low ≤ value ≤ high. */
  randint(low: number, high: number): number;
  /** Places drawn without replacement, 0 ≤ place < size, [count]: `sample(range(size), count)`. */
  sample(size: number, count: number): Int32Array;
  /** Places drawn with replacement, 0 ≤ place < size, [count]: `choices(range(size), k=count)`. */
  choices(size: number, count: number): Int32Array;
  /** The items in another order. */
  shuffle<Item>(items: ArrayLike<Item>): Item[];
}

type Below = (limit: number) => number;

/** Above this size a set of the places taken is smaller than a list of all places (CPython's own rule). */
function listLimit(count: number): number {
  return count > 5 ? 21 + 4 ** Math.ceil(Math.log(count * 3) / Math.log(4)) : 21;
}

function sampleFromList(size: number, count: number, below: Below): Int32Array {
  const pool = Int32Array.from({ length: size }, (_, i) => i);
  return Int32Array.from({ length: count }, (_, i) => {
    const place = below(size - i);
    const taken = pool[place];
    pool[place] = pool[size - i - 1];
    return taken;
  });
}

function sampleWithSet(size: number, count: number, below: Below): Int32Array {
  const taken = new Set<number>();
  return Int32Array.from({ length: count }, () => {
    let place = below(size);
    while (taken.has(place)) place = below(size);
    taken.add(place);
    return place;
  });
}

/**
 * The generator `random.Random(seed)` of CPython 3.11. `seed` is a whole number, |seed| ≤ 2^53 − 1; its sign has no
 * effect. Throws `RangeError` on other seeds.
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

/** Fisher and Yates from the end; `draw(i)` gives 0 ≤ place ≤ i. */
export function shuffled<Item>(items: ArrayLike<Item>, draw: (last: number) => number): Item[] {
  const result = Array.from(items);
  for (let i = result.length - 1; i > 0; i--) {
    const place = draw(i);
    const kept = result[i];
    result[i] = result[place];
    result[place] = kept;
  }
  return result;
}
