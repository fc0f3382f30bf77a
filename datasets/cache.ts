import { readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isEtag } from "./checked.ts";
import { isRecord } from "./document.ts";
import { InputError } from "./errors.ts";
import { isFile, isFolder, makeFolders } from "./folder.ts";
import { limits } from "./limits.ts";
import { replaceFile } from "./partial.ts";
import { shown, withoutSecrets } from "./shown.ts";
import { readSmallFile } from "./small-file.ts";

/** A repository of the Hub. */
export interface Repository {
  readonly kind: "dataset" | "model";
  /** `organisation/name`, or a bare name. */
  readonly id: string;
}

/** A file of a repository at one commit, as the Hub lists it. */
export interface ListedFile {
  /** Path inside the repository, with forward slashes. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 (64 hexadecimal digits) of a large file, git's blob SHA-1 (40) of any other; its name in blobs/. */
  readonly etag: string;
}

/** Tells whether a revision is a full commit hash, which names one state of a repository for good. */
export function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

/** Throws `InputError` unless `id` is one that the Hub would accept; such an id cannot leave the cache folder. */
export function checkRepositoryId(id: string): void {
  const part = "[A-Za-z0-9_](?:[\\w.-]{0,94}[A-Za-z0-9_])?";
  if (!new RegExp(`^(?:${part}/)?${part}$`).test(id) || id.includes("--") || id.includes("..")) {
    throw new InputError(
      `hub: "${shown(withoutSecrets(id))}" is no repository id; expected organisation/name, or the path of an existing folder`,
    );
  }
}

/** Throws `InputError` unless `revision` can name a branch, tag or commit and stays inside the cache folder. */
export function checkRevision(revision: string): void {
  if (!staysInside(revision)) {
    throw new InputError(
      `hub: "${shown(withoutSecrets(revision))}" is no revision; expected a branch, a tag or a commit hash`,
    );
  }
}

/** Throws `InputError` unless `path` is relative, has forward slashes only and stays inside its folder. */
export function checkFilePath(path: string, repository: string): void {
  if (!staysInside(path)) {
    throw new InputError(
      `hub: "${shown(path)}" in ${repository} is no path inside a repository; expected one such as data/test.parquet`,
    );
  }
}

/** Tells whether both POSIX and Windows take a path for a relative one without a step upwards. */
function staysInside(path: string): boolean {
  const hasControlCharacter = [...path].some((character) => character < " " || character === "\u007f");
  if (hasControlCharacter || path.includes("\\") || Buffer.byteLength(path) > limits.pathBytes) return false;
  return path.split("/").every((part) => {
    const isName = part !== "" && part !== "." && part !== ".." && !/^[A-Za-z]:/.test(part);
    return isName && Buffer.byteLength(part) <= limits.nameBytes;
  });
}

/** Returns a repository's folder in the cache, `datasets--organisation--name`. Throws `InputError` for a bad id. */
export function repositoryFolder(cacheDir: string, repository: Repository): string {
  checkRepositoryId(repository.id);
  return join(cacheDir, `${repository.kind}s--${repository.id.replace("/", "--")}`);
}

/** Returns the path that a file of a commit has once it is downloaded. */
export function snapshotPath(folder: string, commit: string, path: string): string {
  return join(folder, "snapshots", commit, ...path.split("/"));
}

/** Reads the commit that a branch or tag stood for when the Hub was last asked; undefined where it never was. */
export async function readRef(folder: string, revision: string): Promise<string | undefined> {
  const path = join(folder, "refs", ...revision.split("/"));
  const text = await readSmallFile(path, "a reference", limits.pathBytes).catch(() => "");
  return isCommit(text.trim()) ? text.trim() : undefined;
}

/** Notes the commit of a branch or tag, where the cache folder can be written to. */
export async function writeRef(folder: string, revision: string, commit: string): Promise<void> {
  if ((await readRef(folder, revision)) === commit) return;
  await writeWhole(join(folder, "refs", ...revision.split("/")), commit).catch(() => undefined);
}

/** Tells whether huggingface_hub was told that a commit has no such file. */
export async function isKnownMissing(folder: string, commit: string, path: string): Promise<boolean> {
  return isFile(join(folder, ".no_exist", commit, ...path.split("/")));
}

/** Tells whether a value is a `ListedFile` whose names cannot leave the cache folder. */
export function isListedFile(value: unknown): value is ListedFile {
  if (!isRecord(value)) return false;
  const { path, size, etag } = value;
  return (
    typeof path === "string" &&
    staysInside(path) &&
    Number.isSafeInteger(size) &&
    (size as number) >= 0 &&
    typeof etag === "string" &&
    isEtag(etag)
  );
}

/** Writes a file, and its folders, so that a reader finds the old one or the new one, never a part of either. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await makeFolders(dirname(path));
  await replaceFile(path, (temporary) => writeFile(temporary, text));
}

/** Lists the ids of the repositories of a kind that the cache folder holds, sorted. */
export async function cachedRepositories(kind: Repository["kind"], cacheDir: string): Promise<readonly string[]> {
  const prefix = `${kind}s--`;
  const names = (await isFolder(cacheDir)) ? await readdir(cacheDir) : [];
  return names
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length).replace("--", "/"))
    .sort();
}
