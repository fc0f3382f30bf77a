/**
 * Event files as TensorBoard reads them: records of TensorFlow, each with its length and checksums, that hold messages of
 * protocol buffers. Sources: `record_writer.cc`, `crc32c.h`, `event.proto` and `summary.proto` of TensorFlow.
 */

/** A curve's point. */
export interface Scalar {
  readonly tag: string;
  /** Kept in single precision. */
  readonly value: number;
}

/** Points of curves at one step. */
export interface ScalarEvent {
  /** Seconds since 1970. */
  readonly time: number;
  readonly step: number;
  readonly scalars: readonly Scalar[];
}

/** Remainders of CRC-32C (Castagnoli) by byte, of the polynomial with its bits turned round. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0x82f63b78 : 0);
  return remainder >>> 0;
});

export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (remainders[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Masks a checksum, as checksums of bytes that hold checksums are weak. */
export const masked = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;

function checksum(bytes: Uint8Array): Buffer {
  const written = Buffer.alloc(4);
  written.writeUInt32LE(masked(crc32c(bytes)));
  return written;
}

function record(data: Uint8Array): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([length, checksum(length), data, checksum(data)]);
}

/** Kinds of a field on the wire. */
const wire = { varint: 0, double: 1, bytes: 2, float: 5 } as const;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

const key = (field: number, kind: number): Buffer => varint(field * 8 + kind);

function double(field: number, value: number): Buffer {
  const written = Buffer.alloc(8);
  written.writeDoubleLE(value);
  return Buffer.concat([key(field, wire.double), written]);
}

function float(field: number, value: number): Buffer {
  const written = Buffer.alloc(4);
  written.writeFloatLE(value);
  return Buffer.concat([key(field, wire.float), written]);
}

const inner = (field: number, data: Uint8Array): Buffer =>
  Buffer.concat([key(field, wire.bytes), varint(data.length), data]);

const text = (field: number, value: string): Buffer => inner(field, Buffer.from(value));

/** Returns the record with which a file begins: the version of its events. */
export const headRecord = (time: number): Buffer => record(Buffer.concat([double(1, time), text(3, "brain.Event:2")]));

/** Returns the record of an event. @param step A whole number, 0 or above. */
export function eventRecord({ time, step, scalars }: ScalarEvent): Buffer {
  const values = scalars.map(({ tag, value }) => inner(1, Buffer.concat([text(1, tag), float(2, value)])));
  const summary = inner(5, Buffer.concat(values));
  return record(Buffer.concat([double(1, time), key(2, wire.varint), varint(step), summary]));
}
