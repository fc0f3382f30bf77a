import { type open as openFile, statfs } from "node:fs/promises";
import { InputError, messageOf } from "../../datasets/errors.ts";
import { type CachedModel, evict, makeModelFolder } from "./folder.ts";
import { createSegment, type SegmentWriter } from "./segment.ts";

export interface WritingOptions {
  /** Of the whole cache. */
  readonly folder: string;
  /** Most bytes of the whole cache. */
  readonly limit: number;
  /** The model's part of it. */
  readonly own: string;
  readonly model: CachedModel;
  /** Told once, where vectors cannot be kept any longer. */
  readonly warn: (text: string) => void;
  /** Opens a file to be written; Node's own where absent. */
  readonly open?: typeof openFile | undefined;
  /** Bytes that are free on a folder's disk; what the system says where absent. */
  readonly freeBytes?: ((folder: string) => Promise<number>) | undefined;
}

/** Where records were put. */
export interface Written {
  /** Path of the segment's files without their endings. */
  readonly path: string;
  /** Place of the first one in the segment. */
  readonly record: number;
}

/** Writes a process's own segments, one after the other. */
export interface Writing {
  /** Writes records and their keys. Tells where they are; nothing where they could not be written. One call at a time. */
  append(records: Buffer, keys: Buffer, count: number): Promise<Written | undefined>;
  /** Waits until the disk has all. */
  close(): Promise<void>;
}

/** Bytes of the disk that are left to others: results want to be stored, too. */
const spared = 1_000_000_000;

async function freeOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** A segment is at most this part of the cache, so that little is removed at a time. */
const parts = 64;

/** Writes nothing until there is something to write, and nothing more once that has failed. */
export function createWriting(options: WritingOptions): Writing {
  const { folder, limit, own, model, warn, open, freeBytes = freeOf } = options;
  let segment: SegmentWriter | undefined;
  let written = 0;
  let failed = false;
  let closed = false;

  const begin = async (): Promise<SegmentWriter> => {
    await makeModelFolder(own, model);
    const free = await freeBytes(own);
    if (free < spared) throw new InputError(`its disk has ${free} bytes left, of which ${spared} are not for it`);
    written = 0;
    return createSegment(own, model.dims, open);
  };
  const end = async (): Promise<void> => {
    const ended = segment;
    segment = undefined;
    await ended?.close();
    if (ended !== undefined) await evict(folder, limit);
  };
  const fail = async (error: unknown): Promise<void> => {
    if (!failed)
      warn(`cache: vectors can no longer be kept in ${folder}: ${messageOf(error)}; the run goes on without`);
    failed = true;
    await segment?.close().catch(() => undefined);
    segment = undefined;
  };
  return {
    async append(records, keys, count) {
      // A batch that was at work when the run was stopped may come after the closing.
      if (failed || closed) return undefined;
      try {
        if (segment !== undefined && segment.bytes() + records.length > limit / parts) await end();
        segment ??= await begin();
        await segment.append(records, keys);
        written += count;
        return { path: segment.path, record: written - count };
      } catch (error) {
        await fail(error);
        return undefined;
      }
    },
    async close() {
      closed = true;
      await end().catch(fail);
    },
  };
}
