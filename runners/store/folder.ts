import type { Dir } from "node:fs";
import { constants, link, lstat, opendir, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codeOf, full, InputError, messageOf } from "../../datasets/errors.ts";
import { isFolder, liesWithin } from "../../datasets/folder.ts";
import { remembering } from "../../datasets/remembering.ts";
import { isTemporary, removeAbandoned, temporaryName } from "../results/leftovers.ts";
import {
  type FileOperations,
  fileOperations,
  makeFolder,
  StoreError,
  syncFolder,
  writeAndSync,
} from "../results/store.ts";
import { isKey, requireKey, requirePrefix, requireSize, type Store, type StoreWorld } from "./store.ts";

/** Operations of the file system that publish a file; tests put failures in their place. */
export interface LinkingOperations extends FileOperations {
  readonly link: (from: string, to: string) => Promise<void>;
}

const linkingOperations: LinkingOperations = { ...fileOperations, link };

/** What file systems without hard links answer to `link`: FAT, some of SMB, some that stand for a bucket. */
const withoutLinks = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];
/** Failures that pass when someone makes room, or the disk or its server comes back. */
const passing = [...full, "EIO", "ETIMEDOUT", "EAGAIN", "EBUSY", "ESTALE", "ENFILE", "EMFILE"];
const missing = ["ENOENT", "ENOTDIR"];

/**
 * Opens a folder as a store. A file is written beside its place under a name of its own, synced, and gets its name by
 * `link`, which, unlike a rename, fails where the name is taken, also between the machines of a network. A file system
 * without hard links is refused: all other ways (a file that is made first and filled afterwards, a lock beside it) let a
 * reader see half of a file, or a killed writer block its key for ever.
 *
 * @param root Absolute path.
 */
export function folderStore(
  root: string,
  { now, signal }: StoreWorld,
  files: LinkingOperations = linkingOperations,
): Store {
  const prove = remembering((folder: string) => proof(folder, files));
  return {
    name: root,
    prove: () => prove(root),
    read: async (key) => {
      requireKey(key, root);
      signal?.throwIfAborted();
      await requireFolder(root);
      try {
        return await contentOf(root, key);
      } catch (error) {
        if (missing.includes(codeOf(error))) return undefined;
        throw failureOf(root, `${key} cannot be read`, error);
      }
    },
    publish: async (key, bytes) => {
      requireKey(key, root);
      requireSize(key, bytes.length, root);
      signal?.throwIfAborted();
      await prove(root);
      const file = join(root, key);
      try {
        await requireInside(root, dirname(file));
        await makeFolder(dirname(file), files);
        return (await placed(dirname(file), basename(file), bytes, files)) ? "published" : "there";
      } catch (error) {
        throw failureOf(root, `${key} cannot be published`, error);
      }
    },
    list: async function* (prefix) {
      requirePrefix(prefix, root);
      await requireFolder(root);
      try {
        await requireInside(root, join(root, prefix));
        for await (const key of keysBelow(root, prefix, now())) {
          signal?.throwIfAborted();
          yield key;
        }
      } catch (error) {
        signal?.throwIfAborted();
        throw failureOf(root, "it cannot be listed", error);
      }
    },
  };
}

/** Publishes an empty file and removes it. */
async function proof(root: string, files: LinkingOperations): Promise<void> {
  await requireFolder(root);
  const name = temporaryName("proof");
  try {
    await placed(root, name, new Uint8Array(), files);
    await files.remove(join(root, name));
  } catch (error) {
    throw failureOf(root, "it cannot be written to", error);
  }
}

/** A shared folder that is not mounted must not be made on this machine alone, where no other sees what is published. */
async function requireFolder(root: string): Promise<void> {
  if (await isFolder(root)) return;
  throw new InputError(`store ${root}: there is no such folder on this machine; mount it, or make it`);
}

/** Says what a failed operation means for the store, and the way out. */
function failureOf(store: string, what: string, error: unknown): Error {
  if (error instanceof InputError || !(error instanceof Error)) return error as Error;
  const code = codeOf(error);
  if (code === "ELOOP") return new InputError(`store ${store}: ${what}: it is a link; put the file in its place`);
  if (withoutLinks.includes(code) && "syscall" in error && error.syscall === "link") {
    return new InputError(
      `store ${store}: ${what}: its file system makes no hard links (${code}), without which a file cannot be published ` +
        "whole and once; choose a folder of another file system, or an S3 store",
    );
  }
  const way = full.includes(code) ? "make room" : "mend the folder or choose another one";
  const message = `store ${store}: ${what}: ${messageOf(error)}; ${way}`;
  return passing.includes(code) ? new StoreError(message) : new InputError(message);
}

/** @throws InputError for a path within the store that leads out of it by way of a link */
async function requireInside(root: string, path: string): Promise<void> {
  let there = path;
  while (there !== root && !(await isThere(there))) there = dirname(there);
  if (there === root || (await liesWithin(there, [root]))) return;
  throw new InputError(`store ${root}: ${there} leads out of it, by way of a link; put a folder in the link's place`);
}

const isThere = (path: string): Promise<boolean> =>
  realpath(path).then(
    () => true,
    () => false,
  );

async function contentOf(root: string, key: string): Promise<Uint8Array> {
  const file = join(root, key);
  await requireInside(root, dirname(file));
  const handle = await fileOperations.open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    requireSize(key, (await handle.stat()).size, root);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Writes a file that gets its name once it is on disk; tells whether the name was free. */
async function placed(folder: string, name: string, bytes: Uint8Array, files: LinkingOperations): Promise<boolean> {
  const [temporary, file] = [join(folder, temporaryName(name)), join(folder, name)];
  try {
    await writeAndSync(await files.open(temporary, "wx"), bytes);
    const isOurs = await files.link(temporary, file).then(
      () => true,
      (error: unknown) => {
        if (codeOf(error) !== "EEXIST") throw error;
        return areSame(temporary, file);
      },
    );
    await syncFolder(folder, files);
    return isOurs;
  } finally {
    // One that cannot be removed now is removed later (`keysBelow`).
    await files.remove(temporary).catch(() => undefined);
  }
}

/** Tells whether two names are those of one file: a link may be made and its answer lost on the way from a server of files. */
async function areSame(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([lstat(a, { bigint: true }), lstat(b, { bigint: true })]);
  return first.ino === second.ino && first.dev === second.dev;
}

/** Gives the keys below a prefix, and removes what killed writers left among them. */
async function* keysBelow(root: string, prefix: string, now: number): AsyncGenerator<string> {
  const folder = join(root, prefix);
  for await (const entry of (await opened(folder)) ?? []) {
    const key = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isFile() && isTemporary(entry.name)) await removeAbandoned(folder, entry.name, now);
    else if (!isKey(key)) continue;
    else if (entry.isDirectory()) yield* keysBelow(root, key, now);
    else if (entry.isFile()) yield key;
  }
}

/** Opens a folder for listing; undefined where there is none. */
async function opened(folder: string): Promise<Dir | undefined> {
  try {
    return await opendir(folder);
  } catch (error) {
    if (missing.includes(codeOf(error))) return undefined;
    throw error;
  }
}
