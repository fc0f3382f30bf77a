/**
 * Checks of Thrift's compact protocol, in which parquet's footers and page headers are written. They take no memory;
 * the reader proper trusts the lengths in it. Source: thrift-compact-protocol.md of Apache Thrift.
 */

const deepest = 32;
const longestVarint = 10;

/** Position in bytes, which every reader moves on. */
export interface Cursor {
  readonly view: DataView;
  offset: number;
}

/** Reads the unsigned number at the cursor, of at most ten bytes; one beyond 2^53 loses digits. */
export function readVarint(at: Cursor): number {
  let value = 0;
  for (let i = 0; i < longestVarint; i++) {
    const byte = at.view.getUint8(at.offset++);
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return value;
  }
  throw new Error(`a number of more than ${longestVarint} bytes at byte ${at.offset}`);
}

const fixedBytes: Readonly<Record<number, number>> = { 1: 0, 2: 0, 3: 1, 7: 8 };

function skip(at: Cursor, bytes: number): void {
  if (bytes > at.view.byteLength - at.offset) {
    throw new Error(`${bytes} bytes are announced at byte ${at.offset}, ${at.view.byteLength - at.offset} follow`);
  }
  at.offset += bytes;
}

function skipList(at: Cursor, depth: number): void {
  const head = at.view.getUint8(at.offset++);
  const type = head & 0x0f;
  const size = head >> 4 === 15 ? readVarint(at) : head >> 4;
  const left = at.view.byteLength - at.offset;
  // Every element takes a byte or more, truth values in a list too.
  if (size > left) throw new Error(`a list of ${size} is announced at byte ${at.offset}, ${left} bytes follow`);
  for (let i = 0; i < size; i++) skipElement(at, type === 1 || type === 2 ? 3 : type, depth);
}

function skipElement(at: Cursor, type: number, depth: number): void {
  const fixed = fixedBytes[type];
  if (fixed !== undefined) skip(at, fixed);
  else if (type === 4 || type === 5 || type === 6) readVarint(at);
  else if (type === 8) skip(at, readVarint(at));
  else if (type === 9) skipList(at, depth + 1);
  else if (type === 12) skipStruct(at, depth + 1);
  else throw new Error(`an element of the unknown type ${type} at byte ${at.offset}`);
}

/**
 * Moves the cursor behind one struct.
 *
 * @throws Error where it does not fit into the bytes, or its parts lie too deep within each other
 */
export function skipStruct(at: Cursor, depth = 0): void {
  if (depth > deepest) throw new Error(`structs lie more than ${deepest} deep within each other`);
  for (;;) {
    const head = at.view.getUint8(at.offset++);
    const type = head & 0x0f;
    if (type === 0) return;
    if (head >> 4 === 0) readVarint(at);
    skipElement(at, type, depth);
  }
}
