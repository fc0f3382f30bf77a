/**
 * The one ranking rule: score descending, compared as float32, then id descending by its UTF-8 bytes. Source:
 * pytrec_eval (trec_eval 9 `form_ranks`), to which mteb 2.26 aligns its own sorting.
 */

/** Turns a UTF-16 unit into a number that sorts as UTF-8 does: surrogates stand for code points beyond all others. */
function byteOrder(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

/** Compares two ids by their UTF-8 bytes, which is by code points: below 0 where `a` comes first, 0 for equal ids. */
export function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  const shared = Math.min(a.length, b.length);
  let i = 0;
  while (i < shared && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  if (i === shared) return a.length - b.length;
  return byteOrder(a.charCodeAt(i)) - byteOrder(b.charCodeAt(i));
}

/** Largest number of scores in a ranking: 32 bits of score and 21 bits of index fill the 53 exact bits of a number. */
const maxRanked = 2 ** 21;

/** Turns a float32's bits into integers that rise as the numbers fall; −0 comes right after the 0 that it ties with. */
function descendingKey(bits: number): number {
  return (bits & 0x80000000 ? bits : ~(bits | 0x80000000)) >>> 0;
}

function sortTiesById(out: Uint32Array, scores: Float32Array, idOf: (index: number) => string): void {
  let start = 0;
  for (let i = 1; i <= out.length; i++) {
    if (i < out.length && scores[out[i]] === scores[out[start]]) continue;
    if (i - start > 1) out.subarray(start, i).sort((a, b) => compareIds(idOf(b), idOf(a)));
    start = i;
  }
}

/**
 * Returns the indices of the scores, best first: score descending as float32, ties by id descending by UTF-8 bytes.
 * @param scores no NaN, at most 2,097,152
 * @param idOf the id of the document at an index; ids are distinct
 */
export function rankByScore(scores: ArrayLike<number>, idOf: (index: number) => string): Uint32Array {
  if (scores.length > maxRanked) throw new RangeError(`rankByScore: ${scores.length} scores; at most ${maxRanked}`);
  const values = new Float32Array(scores);
  const bits = new Uint32Array(values.buffer);
  const keys = new Float64Array(values.length);
  for (let i = 0; i < keys.length; i++) keys[i] = descendingKey(bits[i]) * maxRanked + i;
  keys.sort();
  const order = new Uint32Array(keys.length);
  for (let i = 0; i < order.length; i++) order[i] = keys[i] - Math.floor(keys[i] / maxRanked) * maxRanked;
  sortTiesById(order, values, idOf);
  return order;
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/**
 * Returns the k-th largest of the values, counted from 1; `out` is left in another order. Hoare's selection.
 * @param out no NaN, at least k values
 */
export function kthLargest(out: Float32Array, k: number): number {
  let low = 0;
  let high = out.length - 1;
  const target = k - 1;
  while (low < high) {
    const pivot = medianOfThree(out[low], out[(low + high) >> 1], out[high]);
    let i = low;
    let j = high;
    while (i <= j) {
      while (out[i] > pivot) i++;
      while (out[j] < pivot) j--;
      if (i > j) break;
      const value = out[i];
      out[i++] = out[j];
      out[j--] = value;
    }
    if (target <= j) high = j;
    else if (target >= i) low = i;
    else return pivot;
  }
  return out[target];
}
