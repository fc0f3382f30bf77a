import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { makeFolders } from "../../datasets/folder.ts";
import { extensions } from "./segment.ts";

// FOLDER/vectors/IDENTITY/ holds a model's segments, and model.json with its name and facts for people.

/** The model whose vectors a folder holds, for people; the program knows it by its identity alone. */
const cachedModel = z.object({
  /** Name with the variant, such as `org/model[precision=int8]`. */
  model: z.string(),
  revision: z.string(),
  device: z.string(),
  /** Values that are kept of a text; 0 where their number differs from text to text. */
  dims: z.number().int().nonnegative(),
});

export type CachedModel = Readonly<z.infer<typeof cachedModel>>;

const modelFile = "model.json";
const vectorsFolder = (folder: string): string => join(folder, "vectors");

/**
 * Returns a model's identity to the cache, 32 hexadecimal digits: a hash over everything, except the texts, that its
 * vectors and their speed depend on.
 */
export const identityOf = (parts: Readonly<Record<string, unknown>>): string =>
  createHash("sha256")
    .update(JSON.stringify(Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest("hex")
    .slice(0, 32);

/** Returns the folder of a model's segments. */
export const modelFolder = (folder: string, identity: string): string => join(vectorsFolder(folder), identity);

/** Makes a model's folder and writes its description into it. */
export async function makeModelFolder(folder: string, model: CachedModel): Promise<void> {
  await makeFolders(folder);
  const temporary = join(folder, `${randomUUID()}.tmp`);
  try {
    await writeFile(temporary, `${JSON.stringify(model, null, 2)}\n`);
    await rename(temporary, join(folder, modelFile));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A segment on disk. */
export interface Segment {
  /** Path of its files without their endings. */
  readonly path: string;
  /** Bytes of all its files. */
  readonly bytes: number;
  /** Seconds since 1970. */
  readonly lastUsed: number;
}

const namesIn = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);

/** Lists the segments of a model's folder, by name; none where there is no such folder. */
export async function listSegments(folder: string): Promise<readonly Segment[]> {
  const endings = Object.values(extensions);
  const names = (await namesIn(folder)).flatMap((name) => {
    const ending = endings.find((one) => name.endsWith(one));
    return ending === undefined ? [] : [name.slice(0, -ending.length)];
  });
  return Promise.all(
    [...new Set(names)].sort().map(async (name) => {
      const path = join(folder, name);
      const files = await Promise.all(endings.map((ending) => stat(path + ending).catch(() => undefined)));
      const there = files.filter((file) => file !== undefined);
      const bytes = there.reduce((sum, { size }) => sum + size, 0);
      return { path, bytes, lastUsed: Math.max(0, ...there.map(({ mtimeMs }) => mtimeMs / 1000)) };
    }),
  );
}

/** A model's part of the cache. */
export interface ModelShare {
  readonly folder: string;
  /** Absent where its description is missing or damaged. */
  readonly model?: CachedModel;
  readonly segments: readonly Segment[];
}

/** Lists the models in the cache; none where there is no such folder. */
export async function listModels(folder: string): Promise<readonly ModelShare[]> {
  const names = (await namesIn(vectorsFolder(folder))).filter((name) => /^[0-9a-f]{32}$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const own = modelFolder(folder, name);
      const model = await readModel(own);
      return { folder: own, segments: await listSegments(own), ...(model === undefined ? {} : { model }) };
    }),
  );
}

async function readModel(folder: string): Promise<CachedModel | undefined> {
  try {
    return cachedModel.parse(JSON.parse(await readFile(join(folder, modelFile), "utf8")));
  } catch {
    return undefined;
  }
}

/** Removes a segment; one that another process reads stays readable to it where the system is POSIX. */
async function removeSegment({ path }: Segment): Promise<boolean> {
  try {
    // The keys go first: nobody opens a segment without them.
    await rm(path + extensions.keys, { force: true });
    await rm(path + extensions.vectors, { force: true });
    return true;
  } catch {
    return false;
  }
}

/** Removes the least recently used segments until the others fit into `limit` bytes; those that cannot go stay. */
export async function evict(folder: string, limit: number): Promise<void> {
  const segments = (await listModels(folder)).flatMap((share) => share.segments);
  let bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  for (const segment of segments.sort((a, b) => a.lastUsed - b.lastUsed)) {
    if (bytes <= limit) return;
    if (await removeSegment(segment)) bytes -= segment.bytes;
  }
}

/** Removes all vectors of some models. Returns the bytes that this frees. */
export async function clear(shares: readonly ModelShare[]): Promise<number> {
  let freed = 0;
  for (const { folder, segments } of shares) {
    for (const segment of segments) if (await removeSegment(segment)) freed += segment.bytes;
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
  return freed;
}
