import { wordsOf } from "./normal-text.ts";

/**
 * MinHash: of each of many functions, the least value over a text's pieces of four characters. Two texts have the same least
 * value with the probability of their common pieces among all pieces (Jaccard). Several values make a band, and texts
 * that share a band are compared. Source: Broder, "On the resemblance and containment of documents" (1997).
 */
export interface Banding {
  readonly bands: number;
  /** Values of a band: more let fewer texts meet by chance, as among millions they would. */
  readonly values: number;
}

/** Texts that are alike to seven tenths meet in 99 of 100 cases; of a large number of texts, in 92. */
export const bandingOf = (texts: number): Banding =>
  texts < 100_000 ? { bands: 16, values: 4 } : { bands: 14, values: 5 };

/** Characters of a piece. */
const pieceLength = 4;
/** Characters of a text that are looked at. */
const mostCharacters = 2_000;

function mix(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return bits ^ (bits >>> 16);
}

/** Makes sketches of normal texts, one after the other, in the same lists. */
export function openSketch({ bands, values }: Banding) {
  const functions = bands * values;
  const [factors, terms] = [new Int32Array(functions), new Int32Array(functions)];
  for (let f = 0; f < functions; f++) {
    factors[f] = mix(2 * f + 1) | 1;
    terms[f] = mix(2 * f + 2);
  }
  const least = new Int32Array(functions);
  const keys = new Uint32Array(bands);
  const add = (piece: number): void => {
    for (let f = 0; f < functions; f++) {
      const value = (Math.imul(piece, factors[f]) + terms[f]) | 0;
      if (value < least[f]) least[f] = value;
    }
  };
  return {
    /** Key of each band, of the latest text. */
    keys,
    /** One bit of each function's value, which texts share half of by chance: two numbers of 32 bits. */
    bits: new Int32Array(2),
    /** Sketches a text. */
    take(normal: string): void {
      const length = Math.min(normal.length, mostCharacters);
      least.fill(0x7fffffff);
      if (length < pieceLength) add(mix(hashOf(normal)));
      for (let start = 0; start + pieceLength <= length; start++) {
        const high = normal.charCodeAt(start) | (normal.charCodeAt(start + 1) << 16);
        const low = normal.charCodeAt(start + 2) | (normal.charCodeAt(start + 3) << 16);
        add(mix(mix(high) ^ low));
      }
      for (let band = 0; band < bands; band++) {
        let key = band;
        for (let f = band * values; f < (band + 1) * values; f++) key = mix(key ^ least[f]) + f;
        keys[band] = key;
      }
      this.bits.fill(0);
      for (let f = 0; f < 64; f++) this.bits[f >> 5] |= ((mix(least[f]) >>> 7) & 1) << (f & 31);
    },
  };
}

/** Returns a number of 32 bits for a text. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** Places of counters of words; words that share one are taken for more frequent than they are. */
const counters = 2 ** 20;

/** Counts in how many texts words come. */
export function openWordCounts() {
  const counts = new Uint32Array(counters);
  let texts = 0;
  const placeOf = (word: string): number => (mix(hashOf(word)) >>> 0) % counters;
  return {
    take(normal: string): void {
      texts++;
      for (const word of new Set(wordsOf(normal))) counts[placeOf(word)]++;
    },
    /** The logarithm of how rare a word is. */
    weightOf: (word: string): number => Math.log(1 + texts / Math.max(1, counts[placeOf(word)])),
  };
}
