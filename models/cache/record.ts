import { crc32 } from "node:zlib";

/** Bytes of a key: half a SHA-256, so that two of a billion texts have the same with a probability of 1e-21. */
export const keyBytes = 16;
/** Bytes before a record's values: key, seconds (float32), CRC-32 of all the rest. */
const headBytes = 24;

/** Returns key `i` of [count, keyBytes]. */
export const keyAt = (keys: Buffer, i: number): Buffer => keys.subarray(i * keyBytes, (i + 1) * keyBytes);

/** What the cache keeps of a text: its vector, or all that its vectors of tokens hold. */
export interface CachedRow {
  readonly row: Float32Array;
  /** The text's share of the seconds that its batch took. */
  readonly seconds: number;
}

/** Returns the bytes of a row's record. */
export const recordBytes = (values: number): number => headBytes + 4 * values;

/** Returns the bytes of some rows' records. */
export const bytesOf = (rows: readonly CachedRow[]): number =>
  rows.reduce((sum, { row }) => sum + recordBytes(row.length), 0);

const checksum = (record: Buffer): number =>
  crc32(record.subarray(headBytes), crc32(record.subarray(0, headBytes - 4)));

/**
 * Writes the records of some texts, one after the other.
 * @param keys [rows.length, keyBytes]
 */
export function toRecords(keys: Buffer, rows: readonly CachedRow[]): Buffer {
  const all = Buffer.alloc(bytesOf(rows));
  let start = 0;
  rows.forEach(({ row, seconds }, i) => {
    const record = all.subarray(start, start + recordBytes(row.length));
    record.set(keyAt(keys, i));
    record.writeFloatLE(seconds, keyBytes);
    record.set(new Uint8Array(row.buffer, row.byteOffset, row.byteLength), headBytes);
    record.writeUInt32LE(checksum(record), headBytes - 4);
    start += record.length;
  });
  return all;
}

/** Reads a record; `undefined` where it is damaged or another key's. */
export function fromRecord(record: Buffer, key: Buffer): CachedRow | undefined {
  if (!record.subarray(0, keyBytes).equals(key) || record.readUInt32LE(headBytes - 4) !== checksum(record)) {
    return undefined;
  }
  const row = new Float32Array((record.length - headBytes) / 4);
  new Uint8Array(row.buffer).set(record.subarray(headBytes));
  return { row, seconds: record.readFloatLE(keyBytes) };
}
