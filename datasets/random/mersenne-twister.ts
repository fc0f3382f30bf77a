const size = 624;
const shift = 397;

/** Source of 32-bit words, and of doubles made of two of them. */
interface Words {
  /** Returns the next word, 0 ≤ word < 2^32. */
  next(): number;
  /** Returns the next double, 0 ≤ value < 1, with 53 bits of two words. */
  double(): number;
}

/** Fills a state from one 32-bit word, as numpy's `RandomState(seed)` does. */
export function stateFromWord(word: number): Uint32Array {
  const state = new Uint32Array(size);
  state[0] = word;
  for (let i = 1; i < size; i++) {
    const last = state[i - 1];
    state[i] = Math.imul(1812433253, last ^ (last >>> 30)) + i;
  }
  return state;
}

/** Fills a state from a key of 32-bit words, as CPython's `Random(seed)` does. */
export function stateFromKey(key: ArrayLike<number>): Uint32Array {
  const state = stateFromWord(19650218);
  let i = 1;
  const previous = (): number => {
    const last = state[i - 1];
    return last ^ (last >>> 30);
  };
  const advance = (): void => {
    i++;
    if (i < size) return;
    state[0] = state[size - 1];
    i = 1;
  };
  for (let step = 0; step < Math.max(size, key.length); step++) {
    const j = step % key.length;
    state[i] = (state[i] ^ Math.imul(previous(), 1664525)) + key[j] + j;
    advance();
  }
  for (let step = 1; step < size; step++) {
    state[i] = (state[i] ^ Math.imul(previous(), 1566083941)) - i;
    advance();
  }
  state[0] = 0x80000000;
  return state;
}

function regenerate(out: Uint32Array): void {
  for (let i = 0; i < size; i++) {
    const mixed = (out[i] & 0x80000000) | (out[(i + 1) % size] & 0x7fffffff);
    const twist = mixed & 1 ? 0x9908b0df : 0;
    out[i] = out[(i + shift) % size] ^ (mixed >>> 1) ^ twist;
  }
}

/**
 * Makes the generator MT19937 from a copy of a state.
 * Source: Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998).
 */
export function mersenneTwister(initial: Uint32Array): Words {
  const state = initial.slice();
  let position = size;
  const next = (): number => {
    if (position === size) {
      regenerate(state);
      position = 0;
    }
    let word = state[position++];
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  };
  return {
    next,
    double: () => {
      const high = next() >>> 5;
      const low = next() >>> 6;
      return (high * 67108864 + low) / 9007199254740992;
    },
  };
}
