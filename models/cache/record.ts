import { crc32 } from "node:zlib";

/** Bytes of a key: half a SHA-256, so that two of a billion texts have the same with a probability of 1e-21. */
export const keyBytes = 16;
/** Bytes before a record's vector: key, seconds (float32), CRC-32 of all the rest. */
const headBytes = 24;

/** Returns key `i` of [count, keyBytes]. */
export const keyAt = (keys: Buffer, i: number): Buffer => keys.subarray(i * keyBytes, (i + 1) * keyBytes);

/** A text's vector in the cache. */
export interface CachedVector {
  /** [dims] */
  readonly vector: Float32Array;
  /** The text's share of the seconds that its batch took. */
  readonly seconds: number;
}

/** Returns the bytes of a vector's record. */
export const recordBytes = (dims: number): number => headBytes + 4 * dims;

const checksum = (record: Buffer): number =>
  crc32(record.subarray(headBytes), crc32(record.subarray(0, headBytes - 4)));

/**
 * Writes the records of some texts, one after the other.
 * @param keys [vectors.length, keyBytes]
 */
export function toRecords(keys: Buffer, vectors: readonly CachedVector[], dims: number): Buffer {
  const size = recordBytes(dims);
  const all = Buffer.alloc(vectors.length * size);
  vectors.forEach(({ vector, seconds }, i) => {
    const record = all.subarray(i * size, (i + 1) * size);
    record.set(keyAt(keys, i));
    record.writeFloatLE(seconds, keyBytes);
    record.set(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength), headBytes);
    record.writeUInt32LE(checksum(record), headBytes - 4);
  });
  return all;
}

/** Reads a record; `undefined` where it is damaged or another key's. */
export function fromRecord(record: Buffer, key: Buffer): CachedVector | undefined {
  if (!record.subarray(0, keyBytes).equals(key) || record.readUInt32LE(headBytes - 4) !== checksum(record)) {
    return undefined;
  }
  const vector = new Float32Array((record.length - headBytes) / 4);
  new Uint8Array(vector.buffer).set(record.subarray(headBytes));
  return { vector, seconds: record.readFloatLE(keyBytes) };
}
