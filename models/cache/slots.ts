import { keyBytes } from "./record.ts";

/** Hash table of keys and their records' positions: 12 bytes a slot, of which at most three quarters are filled. */
export interface Slots {
  /** Counts the keys that were added. */
  readonly count: () => number;
  /** Tells the bytes that it takes. */
  readonly bytes: () => number;
  /** Adds keys, [count, keyBytes], at consecutive positions; one that is there already gets a further position. */
  readonly addAll: (keys: Buffer, firstPosition: number) => void;
  /** Finds the positions of each of the keys, [count, keyBytes], in the order of adding; compares 8 bytes of a key. */
  readonly findAll: (keys: Buffer) => number[][];
}

const leastSlots = 1024;
const fullAt = 0.75;

/** Creates an empty table: open addressing, linear probing; keys are hashes, so their first bytes give the slot. */
export function createSlots(): Slots {
  let size = leastSlots;
  /** For each slot the key's first and second word, and its position plus 1; 0 in an empty slot. */
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
    const positions: number[] = [];
    for (let slot = first & (size - 1); table[3 * slot + 2] !== 0; slot = (slot + 1) & (size - 1)) {
      if (table[3 * slot] === first && table[3 * slot + 1] === second) positions.push(table[3 * slot + 2] - 1);
    }
    return positions;
  };
  return {
    count: () => count,
    bytes: () => table.byteLength,
    addAll(keys, firstPosition) {
      const added = keys.length / keyBytes;
      reserve(count + added);
      for (let i = 0; i < added; i++) {
        const at = i * keyBytes;
        insert(keys.readUInt32LE(at), keys.readUInt32LE(at + 4), firstPosition + i + 1);
      }
      count += added;
    },
    findAll: (keys) => Array.from({ length: keys.length / keyBytes }, (_, i) => find(keys, i * keyBytes)),
  };
}

/** Lists a table's filled slots, beginning after an empty one, so that equal keys keep their order when moved. */
function* inOrder(table: Uint32Array): Generator<number> {
  let begin = 0;
  while (table[begin + 2] !== 0) begin += 3;
  for (let at = begin; at < table.length; at += 3) if (table[at + 2] !== 0) yield at;
  for (let at = 0; at < begin; at += 3) yield at;
}
