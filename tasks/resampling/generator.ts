import { createHash } from "node:crypto";

/**
 * Makes the state of a generator, [4], for one use of a seed; another path gives an independent stream. The state is
 * the first 16 bytes of the SHA-256 of both, so that equal names give equal streams on every machine.
 */
export function randomState(seed: number, ...path: readonly (string | number)[]): Int32Array {
  const bytes = createHash("sha256")
    .update(JSON.stringify([seed, ...path]))
    .digest();
  return Int32Array.from({ length: 4 }, (_, i) => bytes.readInt32LE(4 * i));
}

/**
 * Draws as many of the indices of `out`, with replacement, as it has and writes how often each was drawn: one
 * multinomial weight vector. `state` moves on. The generator is xoshiro128**, written out in the loop because a call or
 * a word in memory for each draw would double its time. An index is the upper part of word · length; its probability is
 * off by less than length / 2^32 of itself, far below what resampling can show. Source: Blackman and Vigna, "Scrambled
 * linear pseudorandom number generators", ACM TOMS 47 (2021).
 */
export function drawWeights(out: Int32Array, state: Int32Array): void {
  const { length } = out;
  out.fill(0);
  let [s0, s1, s2, s3] = state;
  for (let draw = 0; draw < length; draw++) {
    const product = Math.imul(s1, 5);
    const word = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);
    out[((word * length) / 0x100000000) | 0]++;
  }
  state.set([s0, s1, s2, s3]);
}

/** Draws the next word of `drawWeights`' generator, 32 bits; `state` moves on. */
function drawWord(state: Int32Array): number {
  const [s0, s1, s2, s3] = state;
  const product = Math.imul(s1, 5);
  const [third, fourth] = [s2 ^ s0, s3 ^ s1];
  state[0] = s0 ^ fourth;
  state[1] = s1 ^ third;
  state[2] = third ^ (s1 << 9);
  state[3] = (fourth << 11) | (fourth >>> 21);
  return Math.imul((product << 7) | (product >>> 25), 9);
}

/** Draws a number above 0 and below 1; `state` moves on. */
const drawUniform = (state: Int32Array): number => ((drawWord(state) >>> 0) + 0.5) / 0x100000000;

/**
 * Fills `out` with independent standard normals; `state` moves on. Source: Box and Muller, "A note on the generation of
 * random normal deviates", Annals of Mathematical Statistics 29 (1958).
 */
export function drawNormals(out: Float64Array, state: Int32Array): void {
  for (let i = 0; i < out.length; i++) {
    const radius = Math.sqrt(-2 * Math.log(drawUniform(state)));
    out[i] = radius * Math.cos(2 * Math.PI * drawUniform(state));
  }
}

/** Fills `out` with 1 and −1, each as likely as the other; `state` moves on by a word for each 32 of them. */
export function drawSigns(out: Int8Array, state: Int32Array): void {
  let word = 0;
  for (let i = 0; i < out.length; i++) {
    word = i % 32 === 0 ? drawWord(state) : word >>> 1;
    out[i] = word & 1 ? -1 : 1;
  }
}
