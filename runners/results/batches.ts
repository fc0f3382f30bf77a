/**
 * Applies a function to all values, some of them at a time: more files can be more than a process may hold open.
 *
 * @param afterBatch Told how many are done; what it throws ends the work.
 * @param size Number of values at a time.
 * @returns the results in order
 */
export async function inBatches<Value, Result>(
  values: readonly Value[],
  apply: (value: Value) => Promise<Result>,
  afterBatch: (done: number) => void = () => {},
  size = 64,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < values.length; start += size) {
    results.push(...(await Promise.all(values.slice(start, start + size).map(apply))));
    afterBatch(results.length);
  }
  return results;
}
