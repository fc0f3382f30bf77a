import { utimes } from "node:fs/promises";
import { evict, modelFolder } from "./folder.ts";
import { type PlacedSegment, readDirectory, readPlaces, segmentOf } from "./reading.ts";
import { fromRecord, type Kept, keyAt, toRecords } from "./record.ts";
import { extensions } from "./segment.ts";
import type { CacheSettings } from "./settings.ts";
import { createWriting, type WritingOptions } from "./writing.ts";

/** A model's vectors on disk. Nothing that is wrong with the disk makes a call fail. */
export interface VectorStore {
  /** Vectors that can be asked for. */
  readonly count: () => number;
  /** Records that were not what they should be, so far. */
  readonly damaged: () => number;
  /** Bytes of memory that finding vectors takes. */
  readonly indexBytes: () => number;
  /** What is kept under each of the keys, [count, keyBytes]; nothing for one that is not there, or damaged. */
  read(keys: Buffer): Promise<readonly (Kept | undefined)[]>;
  /** Keeps vectors under their keys, [kept.length, keyBytes]: when it returns, the operating system has them. */
  append(keys: Buffer, kept: readonly Kept[]): Promise<void>;
  /** Waits until the disk has all vectors, and tells of damage. */
  close(): Promise<void>;
}

/** How a store is opened; `warn` is told of damage, too, at the end. */
export interface StoreOptions extends Omit<WritingOptions, "own">, Pick<CacheSettings, "now"> {
  /** What the model is to the cache (`identityOf`). */
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
  const writing = createWriting({ ...rest, own, model });
  const touched = new Set<string>();
  let { damaged } = directory;
  let appended: Promise<void> = Promise.resolve();

  const touch = async ({ path }: PlacedSegment): Promise<void> => {
    if (touched.has(path)) return;
    touched.add(path);
    // In a cache that can only be read nothing is ever removed.
    await utimes(path + extensions.vectors, now(), now()).catch(() => undefined);
  };
  /** What lies at a place for a key, nothing for no place. */
  const take = (record: Buffer | undefined, key: Buffer): Kept | undefined => {
    const kept = record && fromRecord(record, key);
    if (record !== undefined && kept === undefined) damaged++;
    return kept;
  };
  const appendNow = async (keys: Buffer, kept: readonly Kept[]): Promise<void> => {
    const written = await writing.append(toRecords(keys, kept, dims), keys, kept.length);
    if (written === undefined) return;
    if (segments.at(-1)?.path !== written.path) segments.push({ path: written.path, first: slots.count() });
    slots.addAll(keys, slots.count());
  };
  return {
    count: slots.count,
    damaged: () => damaged,
    indexBytes: slots.bytes,
    async read(keys) {
      const places = slots.findAll(keys);
      const found: (Kept | undefined)[] = places.map(() => undefined);
      const rounds = places.reduce((most, { length }) => Math.max(most, length), 0);
      for (let round = 0; round < rounds; round++) {
        // A key has a second place where two processes have embedded a text at the same time, or its first is damaged.
        const wanted = places.map((own, i) => (found[i] === undefined ? own[round] : undefined));
        const there = wanted.filter((place) => place !== undefined);
        await Promise.all([...new Set(there.map((place) => segmentOf(segments, place)))].map(touch));
        const records = await readPlaces(there, segments, dims);
        wanted.forEach((place, i) => {
          if (place !== undefined) found[i] = take(records.get(place), keyAt(keys, i));
        });
      }
      return found;
    },
    append(keys, kept) {
      appended = appended.then(() => appendNow(keys, kept));
      return appended;
    },
    async close() {
      await appended;
      await writing.close();
      if (damaged > 0) warn(`cache: ${damaged} damaged vectors in ${folder} were passed over and computed again`);
    },
  };
}
