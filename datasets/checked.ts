import { createHash, type Hash } from "node:crypto";
import { appendFile, open, readlink, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { makeFolders } from "./folder.ts";
import { limits } from "./limits.ts";
import type { HubSettings } from "./settings.ts";
import { readSmallFile } from "./small-file.ts";

/** SHA-256 (64 hexadecimal digits) of a large file, git's blob SHA-1 (40) of any other. */
export const isEtag = (name: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(name);

/** Makes the hash that an etag is of: SHA-256, or that of git's blobs, before whose bytes their number comes. */
export function hashFor(etag: string, size: number): Hash {
  return etag.length === 64 ? createHash("sha256") : createHash("sha1").update(`blob ${size}\0`);
}

/** Bytes of a file that are read at once. */
const partBytes = 2 ** 20;

/** Computes what the etag of a file should be, of the kind of `etag`; throws the signal's reason once it aborts. */
export async function digestOf(path: string, etag: string, signal?: AbortSignal): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const hash = hashFor(etag, size);
    const part = Buffer.allocUnsafe(Math.max(1, Math.min(size, partBytes)));
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(part);
      if (bytesRead === 0) return hash.digest("hex");
      hash.update(part.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

/** Returns the etag that a file of a snapshot must have: the name of the blob that it links to. */
export async function linkedEtag(path: string): Promise<string | undefined> {
  const blob = await readlink(path).catch(() => undefined);
  const isBlob = blob !== undefined && basename(dirname(blob)) === "blobs" && isEtag(basename(blob));
  return isBlob ? basename(blob) : undefined;
}

// What was checked is remembered in `HubSettings.checkedDir`, a file for each repository's folder: the cache itself may
// be read-only. A line is an etag with the size and the times of the file that had it, so that a file that was written
// to is checked again; of a file that has no etag it is its SHA-256, and ends with its path. Where the folder cannot be
// written to, files are checked once in each process.

const remembered = new Map<string, Promise<Set<string>>>();

async function readLines(file: string): Promise<Set<string>> {
  const text = await readSmallFile(file, "a list of checked files", limits.listing).catch(() => "");
  return new Set(text.split("\n"));
}

async function stateOf(path: string, etag: string): Promise<string> {
  const { size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return `${etag} ${size} ${mtimeNs} ${ctimeNs}`;
}

interface Memory {
  has(line: string): boolean;
  /** Finds a line by its end. */
  endingWith(end: string): string | undefined;
  add(line: string): Promise<void>;
}

/** @param folder The repository's folder in the cache. */
async function memoryOf(folder: string, { checkedDir }: HubSettings): Promise<Memory> {
  const file = checkedDir === undefined ? "" : join(checkedDir, basename(folder));
  const lines = remembered.get(file) ?? (file === "" ? Promise.resolve(new Set<string>()) : readLines(file));
  if (file !== "") remembered.set(file, lines);
  const known = await lines;
  return {
    has: (line) => known.has(line),
    endingWith: (end) => [...known].find((line) => line.endsWith(end)),
    async add(line) {
      if (known.has(line)) return;
      known.add(line);
      if (checkedDir === undefined) return;
      // A process that ended within a line must not spoil the next one.
      const append = (): Promise<void> => appendFile(file, `\n${line}\n`);
      await makeFolders(checkedDir)
        .then(append)
        .catch(() => undefined);
    },
  };
}

/** Remembers that a file has the bytes of its etag, as when it was just downloaded. */
export async function noteChecked(
  file: { readonly path: string; readonly etag: string },
  folder: string,
  settings: HubSettings,
): Promise<void> {
  await (await memoryOf(folder, settings)).add(await stateOf(file.path, file.etag));
}

/**
 * Checks that a file has the bytes of its etag, unless it was checked before and was not written to since. Returns the
 * checksum that it has instead.
 *
 * @param folder The repository's folder in the cache.
 */
export async function wrongChecksum(
  { path, etag }: { readonly path: string; readonly etag: string },
  folder: string,
  settings: HubSettings,
): Promise<string | undefined> {
  const memory = await memoryOf(folder, settings);
  const state = await stateOf(path, etag);
  if (memory.has(state)) return undefined;
  const digest = await digestOf(path, etag, settings.signal);
  if (digest !== etag) return digest;
  await memory.add(state);
  return undefined;
}

/** A checksum of the kind of SHA-256, to be computed where nothing says which one a file is to have. */
const anySha256 = "0".repeat(64);

/**
 * Computes the SHA-256 of a file of the cache that no etag is known of, unless it was computed before and the file was not
 * written to since.
 *
 * @param folder The repository's folder in the cache.
 */
export async function ownChecksum(path: string, folder: string, settings: HubSettings): Promise<string> {
  const memory = await memoryOf(folder, settings);
  const state = `${await stateOf(path, "")} ${path}`;
  const before = memory.endingWith(state)?.slice(0, anySha256.length);
  if (before !== undefined && isEtag(before)) return before;
  const digest = await digestOf(path, anySha256, settings.signal);
  await memory.add(digest + state);
  return digest;
}
