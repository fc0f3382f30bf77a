/** Orders values as Python orders them as texts, by code points. */
export const byCodePoints = (a: unknown, b: unknown): number =>
  Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));

/** Numbers distinct values from 0 in ascending order: numbers by value, others as texts. */
export function numbersInOrder(values: readonly unknown[], asNumbers: boolean): ReadonlyMap<unknown, number> {
  const inOrder = values.toSorted((a, b) => (asNumbers ? Number(a) - Number(b) : byCodePoints(a, b)));
  return new Map(inOrder.map((value, number) => [value, number]));
}
