import { describe, expect, it } from "vitest";
import { type CachedRow, fromRecord, keyBytes, recordBytes, toRecords } from "./record.ts";

const key = Buffer.from("0123456789abcdef");
const kept: CachedRow = {
  row: Float32Array.of(0.1, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45),
  seconds: 0.25,
};

/** CRC-32 by its definition (ISO-HDLC: polynomial 0x04C11DB7, reflected), bit by bit. */
function plainCrc(bytes: Iterable<number>): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

describe("a record", () => {
  const record = toRecords(key, [kept]);

  it("is key, seconds, checksum, vector", () => {
    expect(plainCrc(Buffer.from("123456789"))).toBe(0xcbf43926);
    const vector = Buffer.from(kept.row.buffer);
    const seconds = Buffer.from(Float32Array.of(0.25).buffer);
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(plainCrc([...key, ...seconds, ...vector]));
    expect(record).toEqual(Buffer.concat([key, seconds, sum, vector]));
    expect(record).toHaveLength(recordBytes(5));
  });

  it("gives back every bit", () => {
    const found = fromRecord(record, key);
    expect(Buffer.from(found!.row.buffer)).toEqual(Buffer.from(kept.row.buffer));
    expect(found!.seconds).toBe(0.25);
  });

  it("is nothing once a bit of it has turned, or for another key", () => {
    for (let bit = 0; bit < 8 * record.length; bit++) {
      const damaged = Buffer.from(record);
      damaged[bit >> 3] ^= 1 << (bit & 7);
      expect(fromRecord(damaged, key)).toBeUndefined();
    }
    expect(fromRecord(record, Buffer.alloc(keyBytes))).toBeUndefined();
    expect(fromRecord(Buffer.alloc(recordBytes(5)), Buffer.alloc(keyBytes))).toBeUndefined();
  });
});
