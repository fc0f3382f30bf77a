/** Keeps the promise of each key; one that failed is made again. */
export function remembering<Key, Value>(make: (key: Key) => Promise<Value>): (key: Key) => Promise<Value> {
  const made = new Map<Key, Promise<Value>>();
  return async (key) => {
    const promise = made.get(key) ?? make(key);
    made.set(key, promise);
    try {
      return await promise;
    } catch (error) {
      made.delete(key);
      throw error;
    }
  };
}
