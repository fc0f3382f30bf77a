import { readdir } from "node:fs/promises";
import { join, resolve as resolvePath } from "node:path";
import { datasetInfo, listFiles, modelInfo } from "@huggingface/hub";
import { findBuiltin } from "./builtin.ts";
import {
  checkFilePath,
  checkRevision,
  isCommit,
  isListedFile,
  type ListedFile,
  type Repository,
  readListing,
  readRef,
  repositoryFolder,
  snapshotPath,
  writeListing,
  writeRef,
} from "./cache.ts";
import { downloadFile } from "./download.ts";
import { InputError, messageOf } from "./errors.ts";
import { isFile, isFolder, liesWithin, listFolder } from "./folder.ts";
import { limits, seeLimits } from "./limits.ts";
import { apiFetch, describeRepository, describeWanted, type Subject, Unreachable } from "./requests.ts";
import type { HubSettings } from "./settings.ts";
import { shown } from "./shown.ts";
import { didYouMean } from "./suggest.ts";

export { type DownloadProgress, type HubSettings, hubSettings } from "./settings.ts";

/** Repository, folder or part of the package to open. */
export interface SnapshotSource extends Repository {
  /** Repository id, or a folder: an existing one, or a path that is absolute or begins with `./` or `../`. */
  readonly id: string;
  /** Commit hash, branch, tag or reference. Default: `main`. Folders have none. */
  readonly revision?: string | undefined;
}

/** The files of a repository at one commit, or of a folder. */
export interface Snapshot {
  /** The id or folder that was asked for. */
  readonly id: string;
  /** Commit hash; `local` for a folder. */
  readonly revision: string;
  /** Lists the paths of all files, with forward slashes, sorted; the cached ones where the Hub's list is not at hand. */
  files(): Promise<readonly string[]>;
  /** Returns the absolute path of a file, which is downloaded unless it is cached. */
  resolve(path: string): Promise<string>;
}

/**
 * Opens a repository of the Hub, a folder, or a data set or model of the package. A branch or tag costs one request; a
 * full commit hash costs none, nor do its files and their list once they are in the cache. Throws `InputError` for ids,
 * revisions and files that do not exist, are not accessible, or, offline, are not in the cache.
 */
export async function openSnapshot(source: SnapshotSource, settings: HubSettings): Promise<Snapshot> {
  const builtin = findBuiltin(source.kind, source.id, source.revision);
  if (builtin) return folderSnapshot(source.id, builtin.folder, builtin.revision);
  if (await isFolder(source.id)) return folderSnapshot(source.id, resolvePath(source.id), "local");
  if (/^(?:[/\\]|\.\.?(?:[/\\]|$)|[A-Za-z]:[/\\])/.test(source.id)) {
    throw new InputError(`${source.kind}: there is no folder ${source.id}`);
  }
  const folder = repositoryFolder(settings.cacheDir, source);
  const revision = source.revision ?? "main";
  checkRevision(revision);
  const subject = { kind: source.kind, id: source.id, revision };
  const commit = isCommit(revision) ? revision : await findCommit(folder, subject, settings);
  return hubSnapshot(folder, { ...subject, revision: commit }, settings);
}

function folderSnapshot(id: string, folder: string, revision: string): Snapshot {
  const files = (): Promise<readonly string[]> => listFolder(folder);
  return {
    id,
    revision,
    files,
    async resolve(path) {
      checkFilePath(path, id);
      const target = join(folder, ...path.split("/"));
      if (await isFile(target)) return inside(target, [folder, ...cachedBlobs(folder)], `folder ${id}`, path);
      throw new InputError(`folder ${id}: there is no file ${path}${didYouMean(path, await files())}`);
    },
  };
}

/**
 * Returns the folder that the files of `folder` may link to where its path is that of a snapshot in a cache folder
 * (`models--ORGANISATION--NAME/snapshots/COMMIT`).
 */
function cachedBlobs(folder: string): string[] {
  const isSnapshot = /[/\\](?:models|datasets)--[^/\\]+[/\\]snapshots[/\\][0-9a-f]{40}$/.test(folder);
  return isSnapshot ? [join(folder, "..", "..", "blobs")] : [];
}

/** Returns a file unless it links to one outside the folders: a stranger's folder must not name files of the user's. */
async function inside(target: string, folders: readonly string[], subject: string, path: string): Promise<string> {
  if (await liesWithin(target, folders)) return target;
  throw new InputError(
    `${subject}: ${shown(path)} is a link to a file outside of it, which is not followed; copy the file to its place`,
  );
}

/** @param subject The repository at a commit. */
function hubSnapshot(folder: string, subject: Subject, settings: HubSettings): Snapshot {
  const commit = subject.revision;
  const folderOfCommit = join(folder, "snapshots", commit);
  let listing: readonly ListedFile[] | undefined;
  const list = async (): Promise<readonly ListedFile[]> => {
    listing ??= await readListing(folder, commit);
    if (listing === undefined && !settings.offline) {
      listing = await requestListing(subject, settings);
      await writeListing(folder, commit, listing);
    }
    if (listing !== undefined) return listing;
    throw new Unreachable(notCached(subject, settings));
  };
  return {
    id: subject.id,
    revision: commit,
    async files() {
      try {
        return (await list()).map((file) => file.path).sort();
      } catch (error) {
        if (!(error instanceof Unreachable && (await isFolder(folderOfCommit)))) throw error;
        return listFolder(folderOfCommit);
      }
    },
    async resolve(path) {
      checkFilePath(path, describeRepository(subject));
      const target = snapshotPath(folder, commit, path);
      if (await isFile(target)) return inside(target, [settings.cacheDir, folder], describeRepository(subject), path);
      const about = { ...subject, file: path };
      const files = await list().catch((error: unknown) => {
        throw settings.offline ? new InputError(notCached(about, settings)) : error;
      });
      const file = files.find((one) => one.path === path);
      if (file === undefined) {
        const paths = files.map((one) => one.path);
        throw new InputError(
          `hub: ${describeRepository(subject)} has no file ${path} at revision ${commit}${didYouMean(path, paths)}`,
        );
      }
      if (settings.offline) throw new InputError(notCached(about, settings));
      return downloadFile({ subject: about, file, folder }, settings);
    },
  };
}

/** Finds the commit of a branch, tag or reference: the Hub's answer, or, where it cannot be asked, its last one. */
async function findCommit(folder: string, subject: Subject, settings: HubSettings): Promise<string> {
  if (settings.offline) {
    const commit = await readRef(folder, subject.revision);
    if (commit !== undefined) return commit;
    const cached = await readdir(join(folder, "snapshots")).catch(() => []);
    const others = cached.length > 0 ? `; cached: ${cached.sort().join(", ")}` : "";
    throw new InputError(`${notCached(subject, settings)}${others}`);
  }
  try {
    const commit = await requestCommit(subject, settings);
    await writeRef(folder, subject.revision, commit);
    return commit;
  } catch (error) {
    const known = error instanceof Unreachable ? await readRef(folder, subject.revision) : undefined;
    if (known === undefined) throw error;
    return known;
  }
}

async function requestCommit(subject: Subject, settings: HubSettings): Promise<string> {
  const parameters = {
    name: subject.id,
    revision: subject.revision,
    hubUrl: settings.endpoint,
    fetch: apiFetch(subject, settings),
  };
  const info = await readable(subject, settings, () =>
    subject.kind === "dataset"
      ? datasetInfo({ ...parameters, additionalFields: ["sha"] })
      : modelInfo({ ...parameters, additionalFields: ["sha"] }),
  );
  if (typeof info.sha === "string" && isCommit(info.sha)) return info.sha;
  throw unreadable(subject, settings, "it names no commit");
}

async function requestListing(subject: Subject, settings: HubSettings): Promise<readonly ListedFile[]> {
  const entries = listFiles({
    repo: { type: subject.kind, name: subject.id },
    revision: subject.revision,
    recursive: true,
    hubUrl: settings.endpoint,
    fetch: apiFetch(subject, settings),
  });
  return readable(subject, settings, async () => {
    const files: ListedFile[] = [];
    for await (const { type, path, size, oid, lfs } of entries) {
      if (type !== "file") continue;
      const file = { path, size: lfs?.size ?? size, etag: lfs?.oid ?? oid };
      if (!isListedFile(file)) throw unreadable(subject, settings, `bad entry ${shown(file, 200)}`);
      files.push(file);
      if (files.length > limits.repositoryFiles) {
        throw unreadable(subject, settings, `it lists more than ${limits.repositoryFiles} files, ${seeLimits}`);
      }
    }
    return files;
  });
}

/** Turns a failure to read an answer into an `InputError`; refusals and the signal's reason stay as they are. */
async function readable<T>(subject: Subject, settings: HubSettings, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    settings.signal?.throwIfAborted();
    throw error instanceof InputError ? error : unreadable(subject, settings, messageOf(error));
  }
}

function unreadable(subject: Subject, settings: HubSettings, reason: string): InputError {
  const host = new URL(settings.endpoint).host;
  return new InputError(
    `hub: the answer of ${host} about ${describeRepository(subject)} cannot be read: ${reason}; check HF_ENDPOINT`,
  );
}

function notCached(subject: Subject, { cacheDir }: HubSettings): string {
  const file = subject.file === undefined ? "" : ` ${subject.file}`;
  return `hub: ${describeWanted(subject)} is not in the cache folder ${cacheDir}, and HF_HUB_OFFLINE is set; unset it, or run: hf download ${subject.id}${file} --repo-type ${subject.kind} --revision ${subject.revision}`;
}
