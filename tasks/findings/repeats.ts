import type { Texts } from "../../datasets/columns.ts";

/** Texts of one fingerprint that are told apart; more of them, which only malice brings about, count as new ones. */
const toldApart = 8;

/** Mixes the bits of a number of 32 bits, so that each decides on all. Source: the finalizer of MurmurHash3. */
function mixed(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** Returns an integer of 53 bits that is the same for equal texts, and mostly another one for others. */
export function fingerprint(text: string): number {
  // Both stay integers of 32 bits, without which the loop takes three times as long.
  let high = 0x9e3779b9 | 0;
  let low = text.length | 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x01000193);
    low = (Math.imul(low, 31) + unit) | 0;
  }
  return (mixed(high) & 0x1fffff) * 2 ** 32 + mixed(low ^ high);
}

/** Returns the fingerprint of each text: 8 bytes for one, whatever its length. */
export function fingerprintsOf(texts: Texts): Float64Array {
  const prints = new Float64Array(texts.length);
  for (let row = 0; row < prints.length; row++) prints[row] = fingerprint(texts.at(row) as string);
  return prints;
}

/** Lists the numbers that come more than once. */
function repeatedNumbers(numbers: Float64Array): Set<number> {
  const sorted = numbers.toSorted();
  const repeated = new Set<number>();
  for (let i = 1; i < sorted.length; i++) if (sorted[i] === sorted[i - 1]) repeated.add(sorted[i]);
  return repeated;
}

/**
 * Calls `use` with each row whose text an earlier row has, in order, and with the first such row. Only texts of equal
 * fingerprints are compared, so that millions of packed texts are not held unpacked.
 */
export function eachRepeat(
  texts: Texts,
  use: (row: number, first: number) => void,
  prints: Float64Array = fingerprintsOf(texts),
): void {
  const repeated = repeatedNumbers(prints);
  if (repeated.size === 0) return;
  const firsts = new Map<number, number[]>();
  prints.forEach((print, row) => {
    if (!repeated.has(print)) return;
    const known = firsts.get(print);
    if (known === undefined) {
      firsts.set(print, [row]);
      return;
    }
    const text = texts.at(row);
    const first = known.find((one) => texts.at(one) === text);
    if (first !== undefined) use(row, first);
    else if (known.length < toldApart) known.push(row);
  });
}
