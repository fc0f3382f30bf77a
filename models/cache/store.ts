import { utimes } from "node:fs/promises";
import { evict, modelFolder } from "./folder.ts";
import { type PlacedSegment, readDirectory, readRecords, segmentOf } from "./reading.ts";
import { bytesOf, type CachedRow, fromRecord, keyAt } from "./record.ts";
import { extensions } from "./segment.ts";
import type { CacheSettings } from "./settings.ts";
import { createWriter, type WriterOptions } from "./writing.ts";

/** What is kept of texts by a model on disk: rows of numbers. No fault of the disk makes a call fail. */
export interface VectorStore {
  /** Counts the rows that can be asked for. */
  readonly count: () => number;
  /** Counts the damaged records that were met so far. */
  readonly damaged: () => number;
  /** Looks up each of the keys, [count, keyBytes]; `undefined` for one that is not there, or damaged. */
  read(keys: Buffer): Promise<readonly (CachedRow | undefined)[]>;
  /** Adds rows under their keys, [rows.length, keyBytes]: when it returns, the operating system has them. */
  append(keys: Buffer, rows: readonly CachedRow[]): Promise<void>;
  /** Waits until the disk has all rows, and tells of damage. */
  close(): Promise<void>;
}

/** Options of a store; at the end `warn` is told of damage, too. */
export interface StoreOptions extends Omit<WriterOptions, "own">, Pick<CacheSettings, "now"> {
  /** The model's identity to the cache (`identityOf`). */
  readonly identity: string;
  /**
   * Largest part of the cache that a run reads and fills, beyond which it keeps nothing more; 1 where absent. Of rows that
   * are large it spares those of other models, and those at the beginning of a corpus that is larger than the cache.
   */
  readonly part?: number;
}

/** Opens a model's vectors, after making room where the cache is too large. */
export async function openStore({ identity, model, now, part = 1, ...rest }: StoreOptions): Promise<VectorStore> {
  const { folder, limit, warn } = rest;
  const { dims } = model;
  const own = modelFolder(folder, identity);
  await evict(folder, limit);
  const directory = await readDirectory(own, dims);
  const { slots } = directory;
  const segments = [...directory.segments];
  const writer = createWriter({ ...rest, own, model });
  const touched = new Set<string>();
  let { damaged } = directory;
  let appended: Promise<void> = Promise.resolve();
  /** Bytes of the segments that were read, and of what was written. */
  let used = 0;
  let isFull = false;

  const touch = async ({ path, bytes }: PlacedSegment): Promise<void> => {
    if (touched.has(path)) return;
    touched.add(path);
    used += bytes;
    // A failure means that the cache can only be read; nothing is ever removed from it then.
    await utimes(path + extensions.vectors, now(), now()).catch(() => undefined);
  };
  /** Reads the row of a key from its record, if there is one. */
  const take = (record: Buffer | undefined, key: Buffer): CachedRow | undefined => {
    const kept = record && fromRecord(record, key);
    if (record !== undefined && kept === undefined) damaged++;
    return kept;
  };
  const hasRoom = (bytes: number): boolean => {
    if (part === 1) return true;
    used += bytes;
    const fits = used <= part * limit;
    if (!fits && !isFull) warn(fullLine(model.model, part, limit));
    isFull ||= !fits;
    return !isFull;
  };
  const appendNow = async (keys: Buffer, rows: readonly CachedRow[]): Promise<void> => {
    if (!hasRoom(bytesOf(rows))) return;
    const written = await writer.append(keys, rows);
    if (written === undefined) return;
    const { path, startOf } = written;
    if (segments.at(-1)?.path !== path) segments.push({ path, startOf, first: slots.count(), bytes: 0 });
    slots.addAll(keys, slots.count());
  };
  return {
    count: slots.count,
    damaged: () => damaged,
    async read(keys) {
      const positions = slots.findAll(keys);
      const found: (CachedRow | undefined)[] = positions.map(() => undefined);
      const rounds = positions.reduce((most, { length }) => Math.max(most, length), 0);
      for (let round = 0; round < rounds; round++) {
        // A key has a second record where two processes have embedded a text at the same time, or its first is damaged.
        const wanted = positions.map((own, i) => (found[i] === undefined ? own[round] : undefined));
        const there = wanted.filter((position) => position !== undefined);
        await Promise.all([...new Set(there.map((position) => segmentOf(segments, position)))].map(touch));
        const records = await readRecords(there, segments);
        wanted.forEach((position, i) => {
          if (position !== undefined) found[i] = take(records.get(position), keyAt(keys, i));
        });
      }
      return found;
    },
    append(keys, rows) {
      appended = appended.then(() => appendNow(keys, rows));
      return appended;
    },
    async close() {
      await appended;
      await writer.close();
      if (damaged > 0) warn(`cache: ${damaged} damaged vectors in ${folder} were passed over and computed again`);
    },
  };
}

const fullLine = (model: string, part: number, limit: number): string =>
  `cache: ${model} has read and filled ${100 * part} % of the cache's ${limit} bytes, and keeps nothing more in this run; --cache-size gives it more room`;
