import { randomUUID } from "node:crypto";
import { open as openFile, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../datasets/errors.ts";
import { closingOnFailure } from "../runtime/open-all.ts";
import { type CachedRow, keyAt, keyBytes, recordBytes, toRecords } from "./record.ts";

// A segment is two files that one process writes, once: NAME.vectors, the records (record.ts), and NAME.keys, a header
// and the records' keys, so that a store is opened without reading its vectors; where rows differ in length, each key is
// followed by the number of its row's values (uint32). A record is written before its key. Records and keys that a killed
// process left half written, at the end of either file, are passed over.

/** Ends of the names of a segment's files. */
export const extensions = { keys: ".keys", vectors: ".vectors" } as const;

const magic = "pramana1";
const headerBytes = 16;
const lengthBytes = 4;

function header(dims: number): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes.write(magic, "latin1");
  bytes.writeUInt32LE(dims, magic.length);
  return bytes;
}

const entryBytes = (dims: number): number => (dims > 0 ? keyBytes : keyBytes + lengthBytes);

/** Returns the byte at which a record of a segment begins, and one behind the last its end. */
export type StartOf = (record: number) => number;

/** Places of records that come one after the other. */
interface Places {
  readonly startOf: StartOf;
  /** Adds a record behind the others. */
  readonly add: (values: number) => void;
}

/** @param dims Values of each row; 0 where they differ. */
function openPlaces(dims: number): Places {
  if (dims > 0) return { startOf: (record) => record * recordBytes(dims), add: () => {} };
  const starts = [0];
  return {
    startOf: (record) => starts[record],
    add: (values) => starts.push(starts[starts.length - 1] + recordBytes(values)),
  };
}

/** The keys of a segment, which may be unfinished. */
interface SegmentKeys {
  /** [count, keyBytes], in the order of the records. */
  readonly keys: Buffer;
  readonly count: number;
  /** Number of keys without a record. */
  readonly damaged: number;
  readonly startOf: StartOf;
}

/**
 * Reads the keys of a segment's records; `path` is that of its files without their endings.
 * @param dims Values of each row; 0 where they differ.
 * @throws InputError where a file is no list of keys of such rows; the system's error where it cannot be read
 */
export async function readSegment(path: string, dims: number): Promise<SegmentKeys> {
  const bytes = await readFile(path + extensions.keys);
  const { startOf, add } = openPlaces(dims);
  if (bytes.length < headerBytes) return { keys: Buffer.alloc(0), count: 0, damaged: 0, startOf };
  // The size is read after the keys: another process may be writing, and writes records first.
  const { size } = await stat(path + extensions.vectors);
  if (!bytes.subarray(0, headerBytes).equals(header(dims))) {
    const rows = dims > 0 ? `vectors of ${dims} values` : "rows of different lengths";
    throw new InputError(`cache: ${path}${extensions.keys} is no list of keys of ${rows}`);
  }
  const entries = bytes.subarray(headerBytes);
  const written = Math.floor(entries.length / entryBytes(dims));
  if (dims > 0) {
    const count = Math.min(written, Math.floor(size / recordBytes(dims)));
    return { keys: entries.subarray(0, count * keyBytes), count, damaged: written - count, startOf };
  }
  const keys = Buffer.alloc(written * keyBytes);
  let count = 0;
  for (; count < written; count++) {
    const at = count * entryBytes(dims);
    add(entries.readUInt32LE(at + keyBytes));
    if (startOf(count + 1) > size) break;
    entries.copy(keys, count * keyBytes, at, at + keyBytes);
  }
  return { keys: keys.subarray(0, count * keyBytes), count, damaged: written - count, startOf };
}

/** A segment that is being written. */
export interface SegmentWriter {
  /** Path of its files without their endings. */
  readonly path: string;
  /** Tells the bytes of its records so far. */
  readonly bytes: () => number;
  readonly startOf: StartOf;
  /** Hands rows and their keys, [rows.length, keyBytes], to the operating system. One call at a time. */
  append(keys: Buffer, rows: readonly CachedRow[]): Promise<void>;
  /** Waits until the disk has all of it. */
  close(): Promise<void>;
}

/**
 * Begins a segment in a folder, which must exist. `open` opens its files, Node's own where absent.
 * @param dims Values of each row; 0 where they differ.
 */
export async function createSegment(
  folder: string,
  dims: number,
  open: typeof openFile = openFile,
): Promise<SegmentWriter> {
  const path = join(folder, randomUUID());
  const keyFile = await open(path + extensions.keys, "wx");
  const vectorFile = await closingOnFailure([keyFile], () => open(path + extensions.vectors, "wx"));
  const { startOf, add } = openPlaces(dims);
  let bytes = 0;
  return {
    path,
    bytes: () => bytes,
    startOf,
    async append(keys, rows) {
      const records = toRecords(keys, rows);
      const entries = dims > 0 ? keys : withLengths(keys, rows);
      await vectorFile.appendFile(records);
      await keyFile.appendFile(bytes > 0 ? entries : Buffer.concat([header(dims), entries]));
      for (const { row } of rows) add(row.length);
      bytes += records.length;
    },
    async close() {
      const files = [vectorFile, keyFile];
      try {
        for (const file of files) await file.sync();
      } finally {
        await Promise.all(files.map((file) => file.close()));
      }
    },
  };
}

/** Puts behind each key the number of its row's values. */
function withLengths(keys: Buffer, rows: readonly CachedRow[]): Buffer {
  const entries = Buffer.alloc(rows.length * (keyBytes + lengthBytes));
  rows.forEach(({ row }, i) => {
    entries.set(keyAt(keys, i), i * (keyBytes + lengthBytes));
    entries.writeUInt32LE(row.length, i * (keyBytes + lengthBytes) + keyBytes);
  });
  return entries;
}
