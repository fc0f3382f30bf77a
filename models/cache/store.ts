import { utimes } from "node:fs/promises";
import { evict, modelFolder } from "./folder.ts";
import { type PlacedSegment, readDirectory, readRecords, segmentOf } from "./reading.ts";
import { type CachedVector, fromRecord, keyAt, toRecords } from "./record.ts";
import { extensions } from "./segment.ts";
import type { CacheSettings } from "./settings.ts";
import { createWriter, type WriterOptions } from "./writing.ts";

/** A model's vectors on disk. No fault of the disk makes a call fail. */
export interface VectorStore {
  /** Counts the vectors that can be asked for. */
  readonly count: () => number;
  /** Counts the damaged records that were met so far. */
  readonly damaged: () => number;
  /** Looks up each of the keys, [count, keyBytes]; `undefined` for one that is not there, or damaged. */
  read(keys: Buffer): Promise<readonly (CachedVector | undefined)[]>;
  /** Adds vectors under their keys, [vectors.length, keyBytes]: when it returns, the operating system has them. */
  append(keys: Buffer, vectors: readonly CachedVector[]): Promise<void>;
  /** Waits until the disk has all vectors, and tells of damage. */
  close(): Promise<void>;
}

/** Options of a store; at the end `warn` is told of damage, too. */
export interface StoreOptions extends Omit<WriterOptions, "own">, Pick<CacheSettings, "now"> {
  /** The model's identity to the cache (`identityOf`). */
  readonly identity: string;
}

/** Opens a model's vectors, after making room where the cache is too large. */
export async function openStore({ identity, model, now, ...rest }: StoreOptions): Promise<VectorStore> {
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

  const touch = async ({ path }: PlacedSegment): Promise<void> => {
    if (touched.has(path)) return;
    touched.add(path);
    // A failure means that the cache can only be read; nothing is ever removed from it then.
    await utimes(path + extensions.vectors, now(), now()).catch(() => undefined);
  };
  /** Reads the vector of a key from its record, if there is one. */
  const take = (record: Buffer | undefined, key: Buffer): CachedVector | undefined => {
    const vector = record && fromRecord(record, key);
    if (record !== undefined && vector === undefined) damaged++;
    return vector;
  };
  const appendNow = async (keys: Buffer, vectors: readonly CachedVector[]): Promise<void> => {
    const path = await writer.append(toRecords(keys, vectors, dims), keys);
    if (path === undefined) return;
    if (segments.at(-1)?.path !== path) segments.push({ path, first: slots.count() });
    slots.addAll(keys, slots.count());
  };
  return {
    count: slots.count,
    damaged: () => damaged,
    async read(keys) {
      const positions = slots.findAll(keys);
      const found: (CachedVector | undefined)[] = positions.map(() => undefined);
      const rounds = positions.reduce((most, { length }) => Math.max(most, length), 0);
      for (let round = 0; round < rounds; round++) {
        // A key has a second record where two processes have embedded a text at the same time, or its first is damaged.
        const wanted = positions.map((own, i) => (found[i] === undefined ? own[round] : undefined));
        const there = wanted.filter((position) => position !== undefined);
        await Promise.all([...new Set(there.map((position) => segmentOf(segments, position)))].map(touch));
        const records = await readRecords(there, segments, dims);
        wanted.forEach((position, i) => {
          if (position !== undefined) found[i] = take(records.get(position), keyAt(keys, i));
        });
      }
      return found;
    },
    append(keys, vectors) {
      appended = appended.then(() => appendNow(keys, vectors));
      return appended;
    },
    async close() {
      await appended;
      await writer.close();
      if (damaged > 0) warn(`cache: ${damaged} damaged vectors in ${folder} were passed over and computed again`);
    },
  };
}
