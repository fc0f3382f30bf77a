import { type open as openFile, statfs } from "node:fs/promises";
import { InputError, messageOf } from "../../datasets/errors.ts";
import { type CachedModel, evict, makeModelFolder } from "./folder.ts";
import { bytesOf, type CachedRow } from "./record.ts";
import { createSegment, type SegmentWriter } from "./segment.ts";

export interface WriterOptions {
  /** Folder of the whole cache. */
  readonly folder: string;
  /** Most bytes of the whole cache. */
  readonly limit: number;
  /** Folder of the model's part of it. */
  readonly own: string;
  readonly model: CachedModel;
  /** Told once, where vectors cannot be kept any longer. */
  readonly warn: (text: string) => void;
  /** Opens a file to be written; Node's own where absent. */
  readonly open?: typeof openFile | undefined;
  /** Tells the free bytes of a folder's disk; asks the system where absent. */
  readonly freeBytes?: ((folder: string) => Promise<number>) | undefined;
}

/** Writes a process's own segments, one after the other. */
interface Writer {
  /**
   * Writes rows under their keys, [rows.length, keyBytes]. Returns their segment, behind whose records theirs were put;
   * `undefined` where they could not be written. One call at a time.
   */
  append(keys: Buffer, rows: readonly CachedRow[]): Promise<SegmentWriter | undefined>;
  /** Waits until the disk has all records. */
  close(): Promise<void>;
}

/** Bytes of the disk that are left to others, such as results. */
const spared = 1_000_000_000;

async function freeOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** A segment is at most this part of the cache, so that little is removed at a time. */
const parts = 64;

/** Creates a writer that makes no file before its first record, and writes nothing more once that has failed. */
export function createWriter({ folder, limit, own, model, warn, open, freeBytes = freeOf }: WriterOptions): Writer {
  let segment: SegmentWriter | undefined;
  let failed = false;
  let closed = false;

  const begin = async (): Promise<SegmentWriter> => {
    await makeModelFolder(own, model);
    const free = await freeBytes(own);
    if (free < spared) throw new InputError(`its disk has ${free} bytes left, of which ${spared} are not for it`);
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
    async append(keys, rows) {
      // A batch that was at work when the run was stopped may come after the closing.
      if (failed || closed) return undefined;
      try {
        if (segment !== undefined && segment.bytes() + bytesOf(rows) > limit / parts) await end();
        segment ??= await begin();
        await segment.append(keys, rows);
        return segment;
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
