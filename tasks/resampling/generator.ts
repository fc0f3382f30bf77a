import { createHash } from "node:crypto";

/**
 * The state of a generator, [4], for one use of a seed: another path gives a stream that has nothing to do with this
 * one. The first 16 bytes of the SHA-256 of both, so that equal names give equal streams on every machine.
 */
export function randomState(seed: number, ...path: readonly (string | number)[]): Int32Array {
  const bytes = createHash("sha256")
    .update(JSON.stringify([seed, ...path]))
    .digest();
  return Int32Array.from({ length: 4 }, (_, i) => bytes.readInt32LE(4 * i));
}

/**
 * out ← how often each of its places is met by as many draws, with replacement, as it has places: one multinomial
 * weight vector. `state` moves on. The generator is xoshiro128**, written out in the loop because a call or a word in
 * memory for each draw would double its time. A place is the upper part of word · places; the chance of a place is off
 * by less than places / 2^32 of itself, far below what resampling can show. Source: Blackman and Vigna, "Scrambled
 * linear pseudorandom number generators", ACM TOMS 47 (2021).
 */
export function drawWeights(out: Int32Array, state: Int32Array): void {
  const places = out.length;
  out.fill(0);
  let s0 = state[0];
  let s1 = state[1];
  let s2 = state[2];
  let s3 = state[3];
  for (let draw = 0; draw < places; draw++) {
    const product = Math.imul(s1, 5);
    const word = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);
    const place = ((word * places) / 0x100000000) | 0;
    out[place] = out[place] + 1;
  }
  state[0] = s0;
  state[1] = s1;
  state[2] = s2;
  state[3] = s3;
}

/** The next word of `drawWeights`' generator as a number above 0 and below 1; `state` moves on. */
function drawUniform(state: Int32Array): number {
  const [s0, s1, s2, s3] = state as unknown as readonly [number, number, number, number];
  const product = Math.imul(s1, 5);
  const word = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
  const [third, fourth] = [s2 ^ s0, s3 ^ s1];
  state[0] = s0 ^ fourth;
  state[1] = s1 ^ third;
  state[2] = third ^ (s1 << 9);
  state[3] = (fourth << 11) | (fourth >>> 21);
  return (word + 0.5) / 0x100000000;
}

/**
 * out ← independent standard normals. `state` moves on. Source: Box and Muller, "A note on the generation of random
 * normal deviates", Annals of Mathematical Statistics 29 (1958).
 */
export function drawNormals(out: Float64Array, state: Int32Array): void {
  for (let i = 0; i < out.length; i++) {
    const radius = Math.sqrt(-2 * Math.log(drawUniform(state)));
    out[i] = radius * Math.cos(2 * Math.PI * drawUniform(state));
  }
}
