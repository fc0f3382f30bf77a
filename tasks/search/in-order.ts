/** Number of items under way at once: enough to keep every processor busy while results are used. */
const ahead = 4;

/**
 * Starts work on each item, a few ahead of the one whose result is being used, and uses the results in the items'
 * order. Rejects as soon as a result that is due rejects; the outcome of work already started is then ignored.
 */
export async function inOrder<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
  use: (result: Result, item: Item) => void,
): Promise<void> {
  const started: { item: Item; result: Promise<Result> }[] = [];
  const useFirst = async (): Promise<void> => {
    const first = started.shift();
    if (first !== undefined) use(await first.result, first.item);
  };
  for (const item of items) {
    const result = work(item);
    // A failure before its turn must not count as an unhandled rejection.
    result.catch(() => {});
    started.push({ item, result });
    if (started.length >= ahead) await useFirst();
  }
  while (started.length > 0) await useFirst();
}
