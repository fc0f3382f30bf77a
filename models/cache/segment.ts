import { randomUUID } from "node:crypto";
import { open as openFile, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../datasets/errors.ts";
import { closingOnFailure } from "../runtime/open-all.ts";
import { keyBytes, recordBytes } from "./record.ts";

// A segment is two files that one process writes, once: NAME.vectors, the records (record.ts), and NAME.keys, a header
// and the records' keys, so that a store is opened without reading its vectors. A record is written before its key.
// Records and keys that a killed process left half written, at the end of either file, are passed over.

/** Ends of the names of a segment's files. */
export const extensions = { keys: ".keys", vectors: ".vectors" } as const;

const magic = "pramana1";
const headerBytes = 16;

function header(dims: number): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes.write(magic, "latin1");
  bytes.writeUInt32LE(dims, magic.length);
  return bytes;
}

/** The keys of a segment, which may be unfinished. */
interface SegmentKeys {
  /** [count, keyBytes], in the order of the records. */
  readonly keys: Buffer;
  readonly count: number;
  /** Number of keys without a record. */
  readonly damaged: number;
}

/**
 * Reads the keys of a segment's records; `path` is that of its files without their endings.
 * @throws InputError where a file is no list of keys of such vectors; the system's error where it cannot be read
 */
export async function readSegment(path: string, dims: number): Promise<SegmentKeys> {
  const bytes = await readFile(path + extensions.keys);
  if (bytes.length < headerBytes) return { keys: Buffer.alloc(0), count: 0, damaged: 0 };
  // The size is read after the keys: another process may be writing, and writes records first.
  const { size } = await stat(path + extensions.vectors);
  if (!bytes.subarray(0, headerBytes).equals(header(dims))) {
    throw new InputError(`cache: ${path}${extensions.keys} is no list of keys of vectors of ${dims} values`);
  }
  const written = Math.floor((bytes.length - headerBytes) / keyBytes);
  const count = Math.min(written, Math.floor(size / recordBytes(dims)));
  const keys = bytes.subarray(headerBytes, headerBytes + count * keyBytes);
  return { keys, count, damaged: written - count };
}

/** A segment that is being written. */
export interface SegmentWriter {
  /** Path of its files without their endings. */
  readonly path: string;
  /** Tells the bytes of its records so far. */
  readonly bytes: () => number;
  /** Hands records and their keys, [count, keyBytes], to the operating system. One call at a time. */
  append(records: Buffer, keys: Buffer): Promise<void>;
  /** Waits until the disk has all of it. */
  close(): Promise<void>;
}

/** Begins a segment in a folder, which must exist. `open` opens its files, Node's own where absent. */
export async function createSegment(
  folder: string,
  dims: number,
  open: typeof openFile = openFile,
): Promise<SegmentWriter> {
  const path = join(folder, randomUUID());
  const keyFile = await open(path + extensions.keys, "wx");
  const vectorFile = await closingOnFailure([keyFile], () => open(path + extensions.vectors, "wx"));
  let bytes = 0;
  return {
    path,
    bytes: () => bytes,
    async append(records, keys) {
      await vectorFile.appendFile(records);
      await keyFile.appendFile(bytes > 0 ? keys : Buffer.concat([header(dims), keys]));
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
