import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, opendir, readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, parse, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { codeOf, InputError, messageOf } from "./errors.ts";
import { limits, seeLimits } from "./limits.ts";
import { didYouMean, nearEdits } from "./suggest.ts";

/** Tells whether `path` is a file, links followed. */
export async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

/** A file of a repository or folder, as far as it is at hand. */
export interface FileState {
  /** Bytes; undefined where nothing tells them. */
  readonly size: number | undefined;
  readonly cached: boolean;
}

/**
 * Tells the state of a file.
 *
 * @param listed What the list of the repository's files says of it, where there is one.
 */
export async function fileState(path: string, listed?: { readonly size: number }): Promise<FileState> {
  const found = await stat(path).catch(() => undefined);
  const cached = found?.isFile() ?? false;
  return { size: listed?.size ?? found?.size, cached };
}

/** Tells whether `path` is a folder, links followed. */
export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/**
 * Makes a folder and those above it that are missing. Node's own way tries for ever where a folder that is there takes no
 * other, such as /proc.
 *
 * @returns the first folder that was made; undefined where all were there
 * @throws the error of the system
 */
export async function makeFolders(folder: string): Promise<string | undefined> {
  const above = dirname(folder);
  try {
    await mkdir(folder);
    return folder;
  } catch (error) {
    if (await isFolder(folder)) return undefined;
    if (codeOf(error) !== "ENOENT" || above === folder) throw error;
  }
  const first = await makeFolders(above);
  try {
    await mkdir(folder);
    return first ?? folder;
  } catch (error) {
    if (await isFolder(folder)) return first;
    throw error;
  }
}

/** Tells whether the file or folder at `path`, links followed, lies in one of the folders. */
export async function liesWithin(path: string, folders: readonly string[]): Promise<boolean> {
  const target = await realpath(path);
  const roots = await Promise.all(folders.map((folder) => realpath(folder).catch(() => undefined)));
  return roots.some((root) => root !== undefined && target.startsWith(root.endsWith(sep) ? root : `${root}${sep}`));
}

/**
 * Lists the paths of all files below a folder, with forward slashes, sorted; links are followed to files, not to
 * folders. A link that leads nowhere is listed: its file belongs there, and whoever needs it must not pass it over. Pipes,
 * sockets and devices are no files.
 *
 * @throws InputError for a folder that cannot be read, and for one of more files than any repository has
 */
export async function listFolder(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  const visit = async (prefix: string): Promise<void> => {
    for await (const entry of await opendir(join(folder, prefix), { bufferSize: 256 })) {
      const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile() || (entry.isSymbolicLink() && (await mayBeFile(join(folder, path))))) found.push(path);
      if (found.length > limits.repositoryFiles) {
        throw new InputError(
          `folder ${folder}: it holds more than ${limits.repositoryFiles} files, which is all that is read; name the ` +
            `folder of the model or data set itself, ${seeLimits}`,
        );
      }
    }
  };
  await visit("").catch((error: unknown) => {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `folder ${folder}: it cannot be read whole: ${messageOf(error)}; name the folder of the model or data set itself, ` +
        "or make it readable",
    );
  });
  return found.sort();
}

/** Tells whether a link leads to a file, or nowhere, where one may come to be. */
const mayBeFile = async (link: string): Promise<boolean> => (await stat(link).catch(() => undefined))?.isFile() ?? true;

/**
 * Pickles and logs of a training run: nothing of data or ready vectors is read from them, and they can be large. A model in
 * a folder has a hash of its own, which counts the pickles that are read (`revisionOf`).
 */
const unread = /(?:^|\/)\.|\.(?:bin|pt|pth|ckpt|pkl|log)$|\.tfevents\./;

/**
 * Computes the SHA-256 of the names and bytes of all files below a folder, which stands for a revision where there is
 * none. Hidden files, pickles and logs are left out.
 *
 * @throws InputError for a file that cannot be read; the signal's reason once it aborts
 */
export async function hashFolder(folder: string, signal?: AbortSignal): Promise<string> {
  const whole = createHash("sha256");
  for (const path of (await listFolder(folder)).filter((one) => !unread.test(one))) {
    const hash = createHash("sha256");
    const content = createReadStream(join(folder, path), { highWaterMark: 1 << 20 });
    await pipeline(content, hash, signal ? { signal } : {}).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw new InputError(`folder ${folder}: ${path} cannot be read: ${messageOf(error)}; put it back or remove it`);
    });
    whole.update(`${hash.digest("hex")} ${path}\n`);
  }
  return whole.digest("hex");
}

/** Names a folder that is not there, with the place where it was looked for and the nearest that is there. */
export const missingFolder = (path: string): Promise<string> => missing("folder", path);

/** Names a file that is not there, likewise. */
export const missingFile = (path: string): Promise<string> => missing("file", path);

/** Says why a file that the user named was not read: it is not there, and what is near, or what the system says of it. */
export const whyUnread = async (path: string, error: unknown): Promise<string> =>
  codeOf(error) === "ENOENT" ? `there is no ${await missingFile(path)}` : `${path} cannot be read: ${messageOf(error)}`;

async function missing(kind: "folder" | "file", path: string): Promise<string> {
  const whole = resolve(path);
  const beside = await readdir(dirname(whole), { withFileTypes: true }).catch(() => []);
  const alike = beside.filter((entry) => (kind === "folder" ? entry.isDirectory() : !entry.isDirectory()));
  const place = isAbsolute(path) ? "" : ` in ${process.cwd()}`;
  const names = alike.map(({ name }) => name);
  // An ending that many names share makes none of them alike.
  const limit = nearEdits(kind === "folder" ? basename(whole) : parse(whole).name);
  return `${kind} ${path}${place}${didYouMean(basename(whole), names, limit)}`;
}
