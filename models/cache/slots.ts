import { keyBytes } from "./record.ts";

/** Where keys' vectors lie, held in memory: 12 bytes a slot, of which at most three quarters are filled. */
export interface Slots {
  /** Keys that were added. */
  readonly count: () => number;
  /** Bytes taken. */
  readonly bytes: () => number;
  /** Adds keys, [count, keyBytes], at places one after the other; one that is there already gets a further place. */
  readonly addAll: (keys: Buffer, firstPlace: number) => void;
  /** The places of each of the keys, [count, keyBytes], in the order of adding. They are told apart by 8 bytes alone. */
  readonly findAll: (keys: Buffer) => number[][];
}

const leastSlots = 1024;
const fullAt = 0.75;

/** An empty table, open addressing with linear probing; keys are hashes, so their first bytes say where to look. */
export function createSlots(): Slots {
  let size = leastSlots;
  /** For each slot the key's first and second word, and its place plus 1; 0 for none. */
  let table = new Uint32Array(3 * size);
  let count = 0;

  const insert = (first: number, second: number, placed: number): void => {
    let slot = first & (size - 1);
    while (table[3 * slot + 2] !== 0) slot = (slot + 1) & (size - 1);
    table[3 * slot] = first;
    table[3 * slot + 1] = second;
    table[3 * slot + 2] = placed;
  };
  const reserve = (wanted: number): void => {
    if (wanted <= size * fullAt) return;
    const old = table;
    while (wanted > size * fullAt) size *= 2;
    table = new Uint32Array(3 * size);
    for (const at of inOrder(old)) insert(old[at], old[at + 1], old[at + 2]);
  };
  const find = (keys: Buffer, at: number): number[] => {
    const first = keys.readUInt32LE(at);
    const second = keys.readUInt32LE(at + 4);
    const places: number[] = [];
    for (let slot = first & (size - 1); table[3 * slot + 2] !== 0; slot = (slot + 1) & (size - 1)) {
      if (table[3 * slot] === first && table[3 * slot + 1] === second) places.push(table[3 * slot + 2] - 1);
    }
    return places;
  };
  return {
    count: () => count,
    bytes: () => table.byteLength,
    addAll(keys, firstPlace) {
      const added = keys.length / keyBytes;
      reserve(count + added);
      for (let i = 0; i < added; i++) {
        const at = i * keyBytes;
        insert(keys.readUInt32LE(at), keys.readUInt32LE(at + 4), firstPlace + i + 1);
      }
      count += added;
    },
    findAll: (keys) => Array.from({ length: keys.length / keyBytes }, (_, i) => find(keys, i * keyBytes)),
  };
}

/** Filled slots of a table from the first one after an empty one, so that equal keys keep their order when moved. */
function* inOrder(table: Uint32Array): Generator<number> {
  let begin = 0;
  while (table[begin + 2] !== 0) begin += 3;
  for (let at = begin; at < table.length; at += 3) if (table[at + 2] !== 0) yield at;
  for (let at = 0; at < begin; at += 3) yield at;
}
