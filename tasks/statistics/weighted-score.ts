/**
 * A score of samples in which unit u counts weights[u] times: that of its metric for the list that repeats each unit so
 * often. Weights are whole numbers from 0, one a unit; their sum is below 2^31. Buffers are kept between calls.
 */
export type WeightedScore = (weights: Int32Array) => number;

/**
 * Renames the numbers to 0, 1 … in the order in which they come, the same in all lists: tables over them are then as
 * small as they can be, whatever a file holds. Returns the lists and the count of different numbers.
 */
export function renumber(lists: readonly Int32Array[]): [lists: Int32Array[], count: number] {
  const names = new Map<number, number>();
  const rename = (number: number): number => {
    const known = names.get(number) ?? names.size;
    names.set(number, known);
    return known;
  };
  const renamed = lists.map((list) => list.map(rename));
  return [renamed, names.size];
}

/** Numbers the different values by rising size, NaN last; returns each unit's number and their count. */
export function runsOf(values: ArrayLike<number>): { readonly runOf: Int32Array; readonly runs: number } {
  const order = Int32Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => Number(Number.isNaN(values[a])) - Number(Number.isNaN(values[b])) || values[a] - values[b],
  );
  const runOf = new Int32Array(order.length);
  let run = -1;
  for (let i = 0; i < order.length; i++) {
    if (i === 0 || values[order[i]] !== values[order[i - 1]]) run++;
    runOf[order[i]] = run;
  }
  return { runOf, runs: run + 1 };
}
