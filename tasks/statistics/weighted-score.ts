/**
 * A score of samples in which unit u counts weights[u] times: what its metric gives for the list that repeats each unit
 * so often. Weights are whole numbers from 0, one a unit; their sum is below 2^31. Buffers are kept between calls.
 */
export type WeightedScore = (weights: Int32Array) => number;

/**
 * The numbers renamed to 0, 1 … in the order in which they come, the same in all lists: tables over them are then as
 * small as they can be, whatever a file holds.
 */
export function renumber(lists: readonly Int32Array[]): {
  readonly lists: readonly Int32Array[];
  readonly count: number;
} {
  const names = new Map<number, number>();
  const rename = (number: number): number => {
    const known = names.get(number) ?? names.size;
    names.set(number, known);
    return known;
  };
  const renamed = lists.map((list) => list.map(rename));
  return { lists: renamed, count: names.size };
}

/** The number of each unit's value among the different values by rising size, and how many there are; NaN come last. */
export function runsOf(values: ArrayLike<number>): { readonly runOf: Int32Array; readonly runs: number } {
  const value = (place: number): number => values[place];
  const order = Int32Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => Number(Number.isNaN(value(a))) - Number(Number.isNaN(value(b))) || value(a) - value(b),
  );
  const runOf = new Int32Array(order.length);
  let run = -1;
  for (let i = 0; i < order.length; i++) {
    const place = order[i];
    if (i === 0 || value(place) !== value(order[i - 1])) run++;
    runOf[place] = run;
  }
  return { runOf, runs: run + 1 };
}
