type Json = Readonly<Record<string, unknown>>;

/** Keys of a config file: those that were looked at, and those that change nothing here. */
export interface KeysRead {
  readonly read: readonly string[];
  readonly other: readonly string[];
}

/** Returns an object that is equal to the given one, and what tells which of its keys were looked at since. */
export function watchKeys(value: Json): { readonly watched: Json; readonly keys: () => KeysRead } {
  const seen = new Set<PropertyKey>();
  const watched = new Proxy(value, {
    get: (target, key) => {
      seen.add(key);
      return Reflect.get(target, key);
    },
    has: (target, key) => {
      seen.add(key);
      return Reflect.has(target, key);
    },
  });
  const keys = (): KeysRead => {
    const all = Object.keys(value);
    return { read: all.filter((key) => seen.has(key)), other: all.filter((key) => !seen.has(key)) };
  };
  return { watched, keys };
}
