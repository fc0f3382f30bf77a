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
import { limits } from "./limits.ts";
import { apiFetch, describeRepository, type Subject, Unreachable } from "./requests.ts";
import type { HubSettings } from "./settings.ts";
import { shown } from "./shown.ts";
import { didYouMean } from "./suggest.ts";

export { type DownloadProgress, type HubSettings, hubSettings } from "./settings.ts";

/** What is to be opened. */
export interface SnapshotSource extends Repository {
  /** Repository id, or a folder: an existing one, or whatever is absolute or begins with `./` or `../`. */
  readonly id: string;
  /** Commit hash, branch, tag or reference. Default: `main`. Folders have none. */
  readonly revision?: string | undefined;
}

/** The files of a repository at one commit, or of a folder. */
export interface Snapshot {
  /** As asked for. */
  readonly id: string;
  /** Commit hash; `local` for a folder. */
  readonly revision: string;
  /** Paths of all files, with forward slashes, sorted. Offline, and without a list from before: those that are cached. */
  files(): Promise<readonly string[]>;
  /** Absolute path of a file, which is downloaded where need be. */
  resolve(path: string): Promise<string>;
}

/**
 * Opens a repository of the Hub, a folder, or what the package carries itself. A branch or tag costs one request; a
 * full commit hash costs none, and none either for its files and their list once they are in the cache. Throws
 * `InputError` for ids, revisions and files that do not exist, are not accessible, or, offline, not in the cache.
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
  return hubSnapshot(folder, commit, { ...subject, revision: commit }, settings);
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
 * The folder that files of a snapshot in a cache folder link to, where `folder` has the form of such a snapshot
 * (`models--ORGANISATION--NAME/snapshots/COMMIT`).
 */
function cachedBlobs(folder: string): string[] {
  const isSnapshot = /[/\\](?:models|datasets)--[^/\\]+[/\\]snapshots[/\\][0-9a-f]{40}$/.test(folder);
  return isSnapshot ? [join(folder, "..", "..", "blobs")] : [];
}

/** The file, if it does not link to somewhere else: a stranger's folder is not to name files of the user's. */
async function inside(target: string, folders: readonly string[], subject: string, path: string): Promise<string> {
  if (await liesWithin(target, folders)) return target;
  throw new InputError(
    `${subject}: ${shown(path)} is a link to a file outside of it, which is not followed; copy the file to its place`,
  );
}

function hubSnapshot(folder: string, commit: string, subject: Subject, settings: HubSettings): Snapshot {
  const folderOfCommit = join(folder, "snapshots", commit);
  let listing: readonly ListedFile[] | undefined;
  const list = async (): Promise<readonly ListedFile[]> => {
    listing ??= await readListing(folder, commit);
    if (listing === undefined && !settings.offline) {
      listing = await requestListing(subject, settings);
      await writeListing(folder, commit, listing);
    }
    if (listing !== undefined) return listing;
    throw new Unreachable(
      `hub: ${describeRepository(subject)} at revision ${commit} ${offlineAdvice(subject, settings)}`,
    );
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
        throw settings.offline ? new InputError(missingOffline(about, settings)) : error;
      });
      const file = files.find((one) => one.path === path);
      if (file === undefined) {
        const hint = didYouMean(
          path,
          files.map((one) => one.path),
        );
        throw new InputError(`hub: ${describeRepository(subject)} has no file ${path} at revision ${commit}${hint}`);
      }
      if (settings.offline) throw new InputError(missingOffline(about, settings));
      return downloadFile({ subject: about, commit, file, folder }, settings);
    },
  };
}

/** Commit of a branch, tag or reference: as the Hub says, or, where it cannot be asked, as it said last time. */
async function findCommit(folder: string, subject: Subject, settings: HubSettings): Promise<string> {
  if (settings.offline) {
    const commit = await readRef(folder, subject.revision);
    if (commit !== undefined) return commit;
    const cached = await readdir(join(folder, "snapshots")).catch(() => []);
    const others = cached.length > 0 ? `; cached: ${cached.sort().join(", ")}` : "";
    throw new InputError(
      `hub: ${describeRepository(subject)} at revision ${subject.revision} ${offlineAdvice(subject, settings)}${others}`,
    );
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
        throw unreadable(subject, settings, `it lists more than ${limits.repositoryFiles} files, see docs/safety.md`);
      }
    }
    return files;
  });
}

/** Turns whatever a reader of an answer trips over into a message; refusals and the signal's reason pass. */
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

function offlineAdvice(subject: Subject, settings: HubSettings): string {
  const file = subject.file === undefined ? "" : ` ${subject.file}`;
  return `is not in the cache folder ${settings.cacheDir}, and HF_HUB_OFFLINE is set; unset it, or run: hf download ${subject.id}${file} --repo-type ${subject.kind} --revision ${subject.revision}`;
}

function missingOffline(subject: Subject, settings: HubSettings): string {
  return `hub: ${subject.file} of ${describeRepository(subject)} at revision ${subject.revision} ${offlineAdvice(subject, settings)}`;
}
