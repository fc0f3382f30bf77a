/** Makes a generator of numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes a generator of whole numbers from −2³¹ up to 2³¹, for many at once (Marsaglia's xorshift of 32 bits). */
export function xorshift(seed = 2_463_534_242) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  };
}

/** Draws values from −most to most by `xorshift`; millions of them in milliseconds. */
export function drawValues(count, { seed, most = 1 } = {}) {
  const draw = xorshift(seed);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = (draw() / 2 ** 31) * most;
  return values;
}
