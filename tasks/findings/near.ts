import { likeness } from "./likeness.ts";
import { normalText } from "./normal-text.ts";
import { eachRepeat, fingerprint } from "./repeats.ts";
import { type Banding, bandingOf, openSketch, openWordCounts } from "./sketch.ts";

/** Rows of texts, which are compared whole. */
export interface ComparedRows {
  readonly length: number;
  /** The texts of a row. */
  readonly textsOf: (row: number) => readonly string[];
  /** Number of the part that a row is of, 0 … 2, such as training and test rows; parts lie one after the other. */
  readonly partOf: (row: number) => number;
  /** The order of a row's texts says nothing. */
  readonly anyOrder?: boolean;
}

/** A row that is alike an earlier one. */
export interface Alike {
  readonly row: number;
  readonly first: number;
  /** 1 for texts that are equal but for case, punctuation and white space. */
  readonly likeness: number;
}

/** Least likeness of texts that count as nearly the same. */
export const nearly = 0.85;
/** Bits of 64 that sketches must share to be compared: of texts half of whose pieces are the same, on average. */
const sharedBits = 44;
/** Rows of one key that others are compared with: what keeps the time in proportion to the rows. */
const mostLeaders = 64;
/** Texts that a row is read beside. */
const mostReadings = 24;

const parts = 3;
const separator = "\n";

const normalRow = ({ textsOf, anyOrder }: ComparedRows, row: number): string => {
  const normal = textsOf(row).map(normalText);
  return (anyOrder ? normal.sort() : normal).join(separator);
};

/** What is kept of each row: some hundred bytes, whatever the length of its texts. */
interface Sketches {
  readonly keys: readonly Uint32Array[];
  readonly bits: Int32Array;
  readonly prints: Float64Array;
  readonly weightOf: (word: string) => number;
}

function sketchRows(rows: ComparedRows, banding: Banding): Sketches {
  const { length } = rows;
  const keys = Array.from({ length: banding.bands }, () => new Uint32Array(length));
  const [bits, prints] = [new Int32Array(2 * length), new Float64Array(length)];
  const [sketch, words] = [openSketch(banding), openWordCounts()];
  for (let row = 0; row < length; row++) {
    const normal = normalRow(rows, row);
    prints[row] = fingerprint(normal);
    words.take(normal);
    sketch.take(normal);
    for (let band = 0; band < banding.bands; band++) keys[band][row] = sketch.keys[band];
    bits.set(sketch.bits, 2 * row);
  }
  return { keys, bits, prints, weightOf: words.weightOf };
}

function ones(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Sorts rows by their keys, and by themselves where keys are equal: numbers of both, key first. */
function sortedByKey(
  keys: Uint32Array,
  isLeftOut: Uint8Array,
): { readonly order: Float64Array; readonly unit: number } {
  const unit = 2 ** Math.max(21, Math.ceil(Math.log2(keys.length + 1)));
  // Keys lose their lowest bits where the number of a row takes more than 21 of the 53.
  const scale = unit / 2 ** 21;
  const kept: number = isLeftOut.reduce((sum, one) => sum + 1 - one, 0);
  const order = new Float64Array(kept);
  let at = 0;
  keys.forEach((key, row) => {
    if (isLeftOut[row] === 0) order[at++] = Math.floor(key / scale) * unit + row;
  });
  return { order: order.sort(), unit };
}

/** Returns how alike two rows are: as their texts that are least so. */
function likenessOf(one: string, other: string, weightOf: Sketches["weightOf"]): number {
  const [a, b] = [one.split(separator), other.split(separator)];
  if (a.length !== b.length) return 0;
  let least = 1;
  for (let i = 0; i < a.length && least >= nearly; i++) least = Math.min(least, likeness(a[i], b[i], weightOf));
  return least;
}

/**
 * Lists the rows whose texts an earlier row has, but for case, punctuation and white space, or nearly has, in order: each
 * beside the first of the earliest part that has one. Time and memory are in proportion to the rows; of texts that are alike
 * to 0.85 by their words a few in a hundred are missed, of equal ones none. Rows without letters are compared as they are.
 */
export function alikeRows(rows: ComparedRows): Alike[] {
  const { length, partOf } = rows;
  const found = new Map<number, Alike>();
  const { keys, bits, prints, weightOf } = sketchRows(rows, bandingOf(length));
  const isLeftOut = new Uint8Array(length);
  for (let row = 0; row < length; row++) if (rows.textsOf(row).every((text) => text.trim() === "")) isLeftOut[row] = 1;
  const texts = { length, at: (row: number | undefined) => normalRow(rows, row as number) };
  eachRepeat(
    texts,
    (row, first) => {
      if (isLeftOut[row] === 1) return;
      found.set(row, { row, first, likeness: 1 });
      isLeftOut[row] = 1;
    },
    prints,
  );
  const readings = new Uint8Array(length);
  const partners = new Map<number, Alike>();
  const meet = (row: number, leader: number, own: { text?: string }): boolean => {
    if (readings[row] >= mostReadings) return false;
    const [x, y] = [bits[2 * row] ^ bits[2 * leader], bits[2 * row + 1] ^ bits[2 * leader + 1]];
    if (64 - ones(x) - ones(y) < sharedBits) return false;
    readings[row]++;
    own.text ??= normalRow(rows, row);
    const alike = likenessOf(normalRow(rows, leader), own.text, weightOf);
    if (alike < nearly) return false;
    const key = row * parts + partOf(leader);
    if (!partners.has(key)) partners.set(key, { row, first: leader, likeness: alike });
    return true;
  };
  for (const list of keys) {
    const { order, unit } = sortedByKey(list, isLeftOut);
    let leaders: number[] = [];
    let key = -1;
    for (const both of order) {
      const row = both % unit;
      if ((both - row) / unit !== key) [leaders, key] = [[], (both - row) / unit];
      const own = {};
      let isLed = false;
      for (const leader of leaders) {
        const known = partners.get(row * parts + partOf(leader));
        const isMet = known === undefined ? meet(row, leader, own) : known.first === leader;
        isLed ||= isMet && partOf(leader) === partOf(row);
      }
      if (!isLed && leaders.length < mostLeaders) leaders.push(row);
    }
  }
  for (const alike of partners.values()) {
    const known = found.get(alike.row);
    if (known === undefined || partOf(alike.first) < partOf(known.first)) found.set(alike.row, alike);
  }
  return [...found.values()].sort((a, b) => a.row - b.row);
}
