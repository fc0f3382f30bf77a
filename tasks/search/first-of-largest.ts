/** Number of values from which torch looks through them all. */
export const scansFrom = 64;

/**
 * Returns the place of the largest value, of equal ones that which the reference takes: the first of 64 values or more, of
 * fewer the one that a partial sort happens to bring to the front. NaN counts as larger than any number. −1 for none.
 * Source: torch 2.13 `topk` on a processor (k = 1), which is libstdc++'s `partial_sort`, for few values `nth_element`.
 */
export function placeOfLargest(values: Float32Array): number {
  const { length } = values;
  if (length === 0) return -1;
  return length < scansFrom ? selectFirst(values) : firstOfLargest(values);
}

/** Tells whether the first of two values is larger; NaN is larger than any number, and not than itself. */
export const isLarger = (a: number, b: number): boolean => (Number.isNaN(a) && !Number.isNaN(b)) || a > b;

function firstOfLargest(values: Float32Array): number {
  let [best, largest] = [0, values[0]];
  for (let i = 1; i < values.length; i++) {
    const value = values[i];
    if (value <= largest || !isLarger(value, largest)) continue;
    [best, largest] = [i, value];
  }
  return best;
}

/** Brings the largest value to the front as libstdc++'s `__introselect` does, and returns where it came from. */
function selectFirst(values: Float32Array): number {
  const places = Int32Array.from(values.keys());
  const precedes = (i: number, j: number): boolean => isLarger(values[places[i]], values[places[j]]);
  const swap = (i: number, j: number): void => {
    [places[i], places[j]] = [places[j], places[i]];
  };
  let end = places.length;
  for (let depth = 2 * Math.floor(Math.log2(end)); end > 3; depth--) {
    if (depth === 0) {
      for (let i = 1; i < end; i++) if (precedes(i, 0)) swap(i, 0);
      return places[0];
    }
    medianToFront(precedes, swap, end);
    const cut = partition(precedes, swap, end);
    // The front stays in what is left, whose length is at least 1.
    end = cut;
  }
  insertionSort(precedes, swap, end);
  return places[0];
}

type Precedes = (i: number, j: number) => boolean;
type Swap = (i: number, j: number) => void;

/** Swaps the median of the second, the middle and the last of the first `end` values with the first. */
function medianToFront(precedes: Precedes, swap: Swap, end: number): void {
  const [a, b, c] = [1, end >> 1, end - 1];
  const median = precedes(a, b)
    ? precedes(b, c)
      ? b
      : precedes(a, c)
        ? c
        : a
    : precedes(a, c)
      ? a
      : precedes(b, c)
        ? c
        : b;
  swap(0, median);
}

/** Puts those that precede the first value before those that follow it, and returns where these begin. */
function partition(precedes: Precedes, swap: Swap, end: number): number {
  let [first, last] = [1, end];
  while (true) {
    while (precedes(first, 0)) first++;
    last--;
    while (precedes(0, last)) last--;
    if (first >= last) return first;
    swap(first, last);
    first++;
  }
}

function insertionSort(precedes: Precedes, swap: Swap, end: number): void {
  for (let i = 1; i < end; i++) for (let j = i; j > 0 && precedes(j, j - 1); j--) swap(j, j - 1);
}
