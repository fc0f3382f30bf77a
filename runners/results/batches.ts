/**
 * `apply` on all values, `size` of them at a time, the results in order.
 *
 * @param afterBatch Told how many are done; what it throws ends the work.
 */
export async function inBatches<Value, Result>(
  values: readonly Value[],
  size: number,
  apply: (value: Value) => Promise<Result>,
  afterBatch: (done: number) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < values.length; start += size) {
    results.push(...(await Promise.all(values.slice(start, start + size).map(apply))));
    afterBatch(results.length);
  }
  return results;
}
