import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { snapshotPath } from "./cache.ts";
import { digestOf, isEtag, linkedEtag, noteChecked } from "./checked.ts";
import { messageOf } from "./errors.ts";
import { isFile, listFolder } from "./folder.ts";
import { readListing } from "./listing.ts";
import type { HubSettings } from "./settings.ts";

/** A file of the cache that is to have a checksum. */
interface Held {
  readonly path: string;
  /** Absent where nothing tells its checksum. */
  readonly etag?: string | undefined;
  readonly size: number;
  /** The repository's folder. */
  readonly folder: string;
}

/** What was found of the files of a cache folder. */
export interface CacheCheck {
  /** Files that were checked. */
  readonly files: number;
  readonly bytes: number;
  /** Files that nothing tells the checksum of. */
  readonly unknown: number;
  readonly damaged: readonly { readonly file: string; readonly reason: string }[];
}

/**
 * Computes the checksum of every file of the Hub's cache folder, whatever is remembered about it.
 *
 * @param onProgress Called with the bytes that were read, and those of all files.
 */
export async function verifyHubCache(
  settings: HubSettings,
  onProgress: (done: number, total: number) => void,
): Promise<CacheCheck> {
  const names = await namesIn(settings.cacheDir);
  const folders = names.filter((name) => /^(?:models|datasets)--/.test(name)).sort();
  const held = (await Promise.all(folders.map((name) => heldFiles(join(settings.cacheDir, name))))).flat();
  const known = held.filter(({ etag }) => etag !== undefined);
  const total = known.reduce((sum, { size }) => sum + size, 0);
  const damaged: { file: string; reason: string }[] = [];
  let done = 0;
  for (const file of known) {
    settings.signal?.throwIfAborted();
    onProgress(done, total);
    const reason = await faultOf(file, settings);
    if (reason !== undefined) damaged.push({ file: file.path, reason });
    done += file.size;
  }
  return { files: known.length, bytes: total, unknown: held.length - known.length, damaged };
}

async function faultOf({ path, etag = "", folder }: Held, settings: HubSettings): Promise<string | undefined> {
  try {
    const digest = await digestOf(path, etag, settings.signal);
    if (digest !== etag) return `its checksum is ${digest}, expected ${etag}; remove the file and fetch it again`;
    await noteChecked({ path, etag }, folder, settings);
    return undefined;
  } catch (error) {
    settings.signal?.throwIfAborted();
    return `it cannot be read: ${messageOf(error)}`;
  }
}

const namesIn = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);

/** Lists the blobs of a repository, and the files of its snapshots that are no links to one. */
async function heldFiles(folder: string): Promise<readonly Held[]> {
  const blobs = (await namesIn(join(folder, "blobs"))).filter(isEtag);
  const linked = await Promise.all(blobs.map((etag) => held(join(folder, "blobs", etag), etag, folder)));
  const commits = await namesIn(join(folder, "snapshots"));
  const own = await Promise.all(commits.map((commit) => ownFiles(folder, commit)));
  return [...linked, ...own.flat()].flat();
}

async function ownFiles(folder: string, commit: string): Promise<readonly Held[]> {
  const listing = new Map((await readListing(folder, commit))?.map(({ path, etag }) => [path, etag]));
  const paths = await listFolder(join(folder, "snapshots", commit)).catch(() => []);
  const files = paths.map(async (path) => {
    const target = snapshotPath(folder, commit, path);
    return (await linkedEtag(target)) === undefined ? held(target, listing.get(path), folder) : [];
  });
  return (await Promise.all(files)).flat();
}

async function held(path: string, etag: string | undefined, folder: string): Promise<readonly Held[]> {
  return (await isFile(path)) ? [{ path, etag, folder, size: (await stat(path)).size }] : [];
}
