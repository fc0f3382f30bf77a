/** Source of 64-bit words, as doubles or in halves. */
interface Pcg64 {
  /** Returns the next double, 0 ≤ value < 1, from the upper 53 bits of a word. */
  double(): number;
  /** Returns the next half word, 0 ≤ value < 2^32: the lower half first, the upper one at the next call. */
  half(): number;
}

const poolSize = 4;

/** Mixes a seed's 32-bit words into a pool and draws 32-bit words from it: numpy's `SeedSequence(seed)`. */
function seedSequence(seed: number, count: number): Uint32Array {
  const entropy = seed < 0x100000000 ? [seed] : [seed >>> 0, Math.floor(seed / 0x100000000)];
  let hash = 0x43b0d7e5;
  const hashed = (value: number): number => {
    const mixed = value ^ hash;
    hash = Math.imul(hash, 0x931e8875);
    const product = Math.imul(mixed, hash);
    return product ^ (product >>> 16);
  };
  const mix = (x: number, y: number): number => {
    const result = Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y);
    return result ^ (result >>> 16);
  };
  const pool = new Uint32Array(poolSize);
  for (let i = 0; i < poolSize; i++) pool[i] = hashed(entropy[i] ?? 0);
  for (let source = 0; source < poolSize; source++) {
    for (let target = 0; target < poolSize; target++) {
      if (source !== target) pool[target] = mix(pool[target], hashed(pool[source]));
    }
  }
  let key = 0x8b51f9dd;
  return Uint32Array.from({ length: count }, (_, i) => {
    const value = pool[i % poolSize] ^ key;
    key = Math.imul(key, 0x58f38ded);
    const product = Math.imul(value, key);
    return product ^ (product >>> 16);
  });
}

const multiplier = 0x2360ed051fc65da44385df649fccf645n;
const mask128 = (1n << 128n) - 1n;

/** Splits a 128-bit number into eight 16-bit limbs, lowest first: products of two limbs are exact in a double. */
function limbs(value: bigint): Float64Array {
  return Float64Array.from({ length: 8 }, (_, i) => Number((value >> BigInt(16 * i)) & 0xffffn));
}

/** Sets out ← out · factor + addend, modulo 2^128. */
function multiplyAdd(out: Float64Array, factor: Float64Array, addend: Float64Array): void {
  for (let i = 7; i >= 0; i--) {
    // From the highest limb down, so that the lower limbs are still those of the old state.
    let sum = 0;
    for (let j = 0; j <= i; j++) sum += out[j] * factor[i - j];
    out[i] = sum;
  }
  let carry = 0;
  for (let i = 0; i < 8; i++) {
    const sum = out[i] + addend[i] + carry;
    carry = Math.floor(sum / 65536);
    out[i] = sum - carry * 65536;
  }
}

/**
 * Makes PCG64 (XSL-RR, 128 bits of state), seeded through `SeedSequence` as numpy's `default_rng(seed)` is.
 * `seed` is a whole number, 0 ≤ seed ≤ 2^53 − 1. Source: O'Neill, HMC-CS-2014-0905; numpy 2.4 `_pcg64`.
 */
export function pcg64(seed: number): Pcg64 {
  const words = Array.from(seedSequence(seed, 8), BigInt);
  const wide = (i: number): bigint => {
    const [a = 0n, b = 0n, c = 0n, d = 0n] = words.slice(i, i + 4);
    return (b << 96n) | (a << 64n) | (d << 32n) | c;
  };
  const increment = ((wide(4) << 1n) | 1n) & mask128;
  const start = ((increment + wide(0)) * multiplier + increment) & mask128;

  const state = limbs(start);
  const factor = limbs(multiplier);
  const addend = limbs(increment);
  let low = 0;
  let high = 0;
  let kept: number | undefined;

  const step = (): void => {
    multiplyAdd(state, factor, addend);
    const folded = (i: number): number => (state[i] ^ state[i + 4]) | ((state[i + 1] ^ state[i + 5]) << 16);
    const rotation = state[7] >>> 10;
    const turn = rotation & 31;
    const a = folded(rotation < 32 ? 0 : 2);
    const b = folded(rotation < 32 ? 2 : 0);
    low = turn === 0 ? a >>> 0 : ((a >>> turn) | (b << (32 - turn))) >>> 0;
    high = turn === 0 ? b >>> 0 : ((b >>> turn) | (a << (32 - turn))) >>> 0;
  };
  return {
    double: () => {
      step();
      return (high * 2097152 + (low >>> 11)) / 9007199254740992;
    },
    half: () => {
      if (kept !== undefined) {
        const half = kept;
        kept = undefined;
        return half;
      }
      step();
      kept = high;
      return low;
    },
  };
}
