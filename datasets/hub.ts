import { readdir, realpath } from "node:fs/promises";
import { join, resolve as resolvePath } from "node:path";
import { findBuiltin } from "./builtin.ts";
import {
  checkFilePath,
  checkRevision,
  isCommit,
  isKnownMissing,
  type ListedFile,
  type Repository,
  readRef,
  repositoryFolder,
  snapshotPath,
  writeRef,
} from "./cache.ts";
import { linkedEtag, ownChecksum, wrongChecksum } from "./checked.ts";
import { downloadFile } from "./download.ts";
import { InputError, messageOf, Unavailable } from "./errors.ts";
import { type FileState, fileState, isFile, isFolder, liesWithin, listFolder, missingFolder } from "./folder.ts";
import { requestCommit, requestListing } from "./hub-api.ts";
import { readListing, writeListing } from "./listing.ts";
import { fetchCommand, notCached, undecided } from "./not-cached.ts";
import { describeRepository, describeWanted, type Subject, Unreachable } from "./requests.ts";
import type { HubSettings } from "./settings.ts";
import { shown } from "./shown.ts";
import { didYouMean } from "./suggest.ts";

export { type DownloadProgress, type HubSettings, hubSettings } from "./settings.ts";

/** Thrown for a file that is not cached, and that the settings do not let be downloaded. */
export class NotFetched extends InputError {}

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
  /**
   * Lists the paths of all files, with forward slashes, sorted; the cached ones where the Hub's list is not at hand, from
   * which nothing follows about others (`has`, `requireAll`).
   */
  files(): Promise<readonly string[]>;
  /** Tells whether there is a file. Throws `InputError` where only some files are known, and it may be among the others. */
  has(path: string): Promise<boolean>;
  /** Throws `InputError` unless all files are known. `question`: what depends on them, such as `which shards it has`. */
  requireAll(question: string): Promise<void>;
  /** Returns the absolute path of a file, which is downloaded unless it is cached. */
  resolve(path: string): Promise<string>;
  /** Tells a file's size and whether it is at hand, and fetches nothing but the list of files. */
  look(path: string): Promise<FileState>;
  /** Opens another repository of the same kind, or a folder, with the same settings. */
  other(id: string, revision?: string): Promise<Snapshot>;
}

/**
 * Opens a repository of the Hub, a folder, or a data set or model of the package. A branch or tag costs one request; a
 * full commit hash costs none, nor do its files and their list once they are in the cache. Throws `InputError` for ids,
 * revisions and files that do not exist, are not accessible, or, offline, are not in the cache.
 */
export async function openSnapshot(source: SnapshotSource, settings: HubSettings): Promise<Snapshot> {
  const builtin = findBuiltin(source.kind, source.id, source.revision);
  if (builtin) return folderSnapshot(source, builtin.folder, builtin.revision, settings);
  if (await isFolder(source.id)) return folderSnapshot(source, resolvePath(source.id), "local", settings);
  if (/^(?:[/\\]|\.\.?(?:[/\\]|$)|[A-Za-z]:[/\\])/.test(source.id)) {
    throw new Unavailable(`${source.kind}: there is no ${await missingFolder(source.id)}`);
  }
  const folder = repositoryFolder(settings.cacheDir, source);
  const revision = source.revision ?? "main";
  checkRevision(revision);
  const subject = { kind: source.kind, id: source.id, revision };
  const commit = isCommit(revision) ? revision : await findCommit(folder, subject, settings);
  return hubSnapshot(folder, { ...subject, revision: commit }, settings);
}

const otherOf =
  (kind: SnapshotSource["kind"], settings: HubSettings): Snapshot["other"] =>
  (id, revision) =>
    openSnapshot({ kind, id, revision }, settings);

function folderSnapshot(
  { kind, id }: SnapshotSource,
  folder: string,
  revision: string,
  settings: HubSettings,
): Snapshot {
  const files = once(() => listFolder(folder));
  return {
    id,
    revision,
    files,
    other: otherOf(kind, settings),
    has: async (path) => (await files()).includes(path),
    requireAll: async () => undefined,
    look: (path) => fileState(join(folder, ...path.split("/"))),
    async resolve(path) {
      checkFilePath(path, id);
      const target = join(folder, ...path.split("/"));
      if (!(await isFile(target))) {
        throw new InputError(`folder ${id}: there is no file ${path}${didYouMean(path, await files())}`);
      }
      const repository = repositoryOf(folder);
      if (repository === undefined) return inside(target, [folder], `folder ${id}`, path);
      await inside(target, [folder, join(repository, "blobs")], `folder ${id}`, path);
      const file = { name: `folder ${id}: ${shown(path)}`, wayOut: "fetch it again", folder: repository };
      await requireUndamaged(target, undefined, file, settings);
      return target;
    },
  };
}

/**
 * Returns the folder of the repository in the cache where a folder is one of its snapshots
 * (`models--ORGANISATION--NAME/snapshots/COMMIT`); its files may then link to `blobs`.
 */
function repositoryOf(folder: string): string | undefined {
  const isSnapshot = /[/\\](?:models|datasets)--[^/\\]+[/\\]snapshots[/\\][0-9a-f]{40}$/.test(folder);
  return isSnapshot ? join(folder, "..", "..") : undefined;
}

/** Returns a file unless it links to one outside the folders: a stranger's folder must not name files of the user's. */
async function inside(target: string, folders: readonly string[], subject: string, path: string): Promise<string> {
  if (await liesWithin(target, folders)) return target;
  throw new InputError(
    `${subject}: ${shown(path)} is a link to a file outside of it, which is not followed; copy the file to its place`,
  );
}

/** A commit's files by their paths. */
type Listing = ReadonlyMap<string, ListedFile>;

/** @param subject The repository at a commit. */
function hubSnapshot(folder: string, subject: Subject, settings: HubSettings): Snapshot {
  const commit = subject.revision;
  const folderOfCommit = join(folder, "snapshots", commit);
  const keptListing = once(async () => byPath(await readListing(folder, commit)));
  const listing = once(async (): Promise<Listing | Unreachable> => {
    const kept = await keptListing();
    if (kept !== undefined) return kept;
    if (settings.offline) {
      const { message, common } = notCached(subject, settings);
      return new Unreachable(message, common);
    }
    return requestListing(subject, settings).then(
      (files) => writeListing(folder, commit, files).then(() => byPath(files) ?? new Map()),
      (error: unknown) => {
        if (error instanceof Unreachable) return error;
        throw error;
      },
    );
  });
  const cachedFiles = async (): Promise<readonly string[]> =>
    (await isFolder(folderOfCommit)) ? listFolder(folderOfCommit) : [];
  return {
    id: subject.id,
    revision: commit,
    other: otherOf(subject.kind, settings),
    async files() {
      const known = await listing();
      if (!(known instanceof Unreachable)) return [...known.keys()].sort();
      if (await isFolder(folderOfCommit)) return listFolder(folderOfCommit);
      throw settings.offline ? notCached(subject, settings) : known;
    },
    async has(path) {
      const known = await listing();
      if (!(known instanceof Unreachable)) return known.has(path);
      if ((await cachedFiles()).includes(path)) return true;
      if (await isKnownMissing(folder, commit, path)) return false;
      throw undecided(`whether it has ${shown(path)}`, known, subject, settings);
    },
    async requireAll(question) {
      const known = await listing();
      if (known instanceof Unreachable) throw undecided(question, known, subject, settings);
    },
    async look(path) {
      const known = await listing();
      const listed = known instanceof Unreachable ? undefined : known.get(path);
      return fileState(snapshotPath(folder, commit, path), listed);
    },
    async resolve(path) {
      checkFilePath(path, describeRepository(subject));
      const about = { ...subject, file: path };
      const target = snapshotPath(folder, commit, path);
      if (await isFile(target)) {
        await inside(target, [settings.cacheDir, folder], describeRepository(subject), path);
      } else if (settings.fetches?.(path, subject) === false) {
        throw new NotFetched(
          `hub: ${describeWanted(about)} is not in the cache folder ${settings.cacheDir}, and only what is there was to be read; fetch it with: ${fetchCommand(about)}`,
        );
      } else {
        const file = findFile(path, await listing(), about, settings);
        await downloadFile({ subject: about, file, folder }, settings);
      }
      const name = `hub: ${describeWanted(about)}`;
      const wayOut = "run again with access to the Hub";
      const listed = (await keptListing())?.get(path)?.etag;
      const expected = await requireUndamaged(target, listed, { name, wayOut, folder }, settings);
      if (settings.onRead !== undefined) {
        settings.onRead({ ...subject, path, etag: expected ?? ownChecksum(target, folder, settings) });
      }
      return target;
    },
  };
}

/** Calls `make` once, when it is first needed. */
function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}

const byPath = (files: readonly ListedFile[] | undefined): Listing | undefined =>
  files && new Map(files.map((file) => [file.path, file]));

/** Finds a file that is to be downloaded; throws where there is none, or none can be. */
function findFile(path: string, files: Listing | Unreachable, subject: Subject, settings: HubSettings): ListedFile {
  if (files instanceof Unreachable) throw settings.offline ? notCached(subject, settings) : files;
  const file = files.get(path);
  if (file !== undefined && settings.offline) throw notCached(subject, settings);
  if (file !== undefined) return file;
  const near = didYouMean(path, [...files.keys()]);
  throw new InputError(
    `hub: ${describeRepository(subject)} has no file ${path} at revision ${subject.revision}${near}`,
  );
}

/**
 * Checks a file of the cache, once. Returns its checksum; nothing where nothing tells which it is to have.
 *
 * @param etag Its checksum by the list of files; where there is none, the name of the blob that it links to counts.
 * @param file What a message calls it, how it is fetched again, and its repository's folder in the cache.
 * @throws InputError for a file with other bytes
 */
async function requireUndamaged(
  path: string,
  etag: string | undefined,
  file: { readonly name: string; readonly wayOut: string; readonly folder: string },
  settings: HubSettings,
): Promise<string | undefined> {
  const expected = etag ?? (await linkedEtag(path));
  if (expected === undefined) return undefined;
  const found = await wrongChecksum({ path, etag: expected }, file.folder, settings).catch((error: unknown) => {
    settings.signal?.throwIfAborted();
    throw new InputError(
      `${file.name} cannot be read from the cache: ${messageOf(error)}; try again, or remove the file`,
    );
  });
  if (found === undefined) return expected;
  throw new InputError(
    `${file.name} is damaged in the cache: ${await realpath(path)} has the checksum ${found}, expected ${expected}; ` +
      `remove that file and ${file.wayOut}`,
  );
}

/** Finds the commit of a branch, tag or reference: the Hub's answer, or, where it cannot be asked, its last one. */
async function findCommit(folder: string, subject: Subject, settings: HubSettings): Promise<string> {
  if (settings.offline) {
    const commit = await readRef(folder, subject.revision);
    if (commit !== undefined) return commit;
    const cached = await readdir(join(folder, "snapshots")).catch(() => []);
    const others = cached.length > 0 ? `; cached: ${cached.sort().join(", ")}` : "";
    throw notCached(subject, settings, others);
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
