import { createHash, randomUUID } from "node:crypto";
import { statSync } from "node:fs";
import { readdir, readFile, realpath, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { deserialize, serialize } from "node:v8";
import { makeFolders } from "../../datasets/folder.ts";
import { pramanaVersion } from "../environment.ts";
import { inBatches } from "./batches.ts";
import type { SubsetResult, TaskResult } from "./result.ts";

// FOLDER/scores/ROOT/SHELF holds the main scores of the files of one name in one folder of results, each with the state
// that its file was in. A shelf that is damaged, or of another version, counts as empty.

/** What is known of a file without reading it; the system sets the last time whenever its contents change. */
type State = readonly [size: number, inode: number, modified: number, changed: number];

/** A result in a form that is quick to read: of each split its name, number of entries, and their subsets and scores. */
type Packed = readonly [
  task: string,
  datasetRevision: string,
  mtebVersion: string,
  evaluationSeconds: number,
  date: number,
  splits: readonly (string | number)[],
  isOurs: boolean,
  hardware: TaskResult["hardware"],
  index: TaskResult["index"],
];

type Shelf = Map<string, readonly [State, Packed]>;

const noEntry: Pick<SubsetResult, "languages" | "scores" | "undefinedScores"> = {
  languages: Object.freeze([]),
  scores: Object.freeze({}),
  undefinedScores: Object.freeze({}),
};

/** Packs main scores; nothing where there is more to a result: findings, reasons of undefined scores, a limit. */
export function packed(result: TaskResult): Packed | undefined {
  const entries = Object.values(result.splits).flat();
  const isBare = entries.every(({ undefinedScores }) => Object.keys(undefinedScores).length === 0);
  if (!isBare || result.findings !== undefined || result.limit !== undefined) return undefined;
  const { task, datasetRevision, mtebVersion, evaluationSeconds, date, splits } = result;
  const { isOurs = false, hardware, index } = result;
  const flat = Object.entries(splits).flatMap(([split, own]) => [
    ...[split, own.length],
    ...own.flatMap(({ subset, mainScore }) => [subset, mainScore]),
  ]);
  return [task, datasetRevision, mtebVersion, evaluationSeconds, date, flat, isOurs, hardware, index];
}

/** Gives back what was packed. */
export function unpacked(packed: Packed): TaskResult {
  const [task, datasetRevision, mtebVersion, evaluationSeconds, date, flat, isOurs, hardware, index] = packed;
  const splits: [string, SubsetResult[]][] = [];
  for (let at = 0; at < flat.length; ) {
    const [split, entries] = [String(flat[at]), Number(flat[at + 1])];
    const own = Array.from({ length: entries }, (_, i) => ({
      subset: String(flat[at + 2 + 2 * i]),
      mainScore: Number(flat[at + 3 + 2 * i]),
      ...noEntry,
    }));
    splits.push([split, own]);
    at += 2 + 2 * entries;
  }
  const result = { task, datasetRevision, mtebVersion, splits: Object.fromEntries(splits), evaluationSeconds, date };
  return { ...result, ...(isOurs && { isOurs }), ...(hardware && { hardware }), ...(index && { index }) };
}

const hashOf = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** Number of characters of a name that is a hash. */
const nameLength = 32;
const headLength = 64;
const scoresFolder = (cacheFolder: string): string => join(cacheFolder, "scores");

/** Computes what a shelf begins with: a hash over the form of its contents, the program's version, and the contents. */
const headOf = (body: Uint8Array): string => hashOf(Buffer.concat([Buffer.from(`3 ${pramanaVersion()} `), body]));

async function readShelf(file: string): Promise<Shelf> {
  try {
    const content = await readFile(file);
    const body = content.subarray(headLength);
    return headOf(body) === content.toString("latin1", 0, headLength) ? deserialize(body) : new Map();
  } catch {
    return new Map();
  }
}

/** Writes a shelf whole or not at all. */
async function writeShelf(file: string, shelf: Shelf): Promise<void> {
  const body = serialize(shelf);
  const temporary = `${file}-${randomUUID()}.tmp`;
  try {
    await makeFolders(dirname(file));
    await writeFile(temporary, Buffer.concat([Buffer.from(headOf(body)), body]));
    await rename(temporary, file);
  } catch {
    // Without it the files are read again, no more.
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** A file that is about to be read. */
export interface KeptPlace {
  /** What it held when it was as it is now; absent where that is not known. */
  readonly result?: TaskResult;
  /** Takes note of what was read, if the file is still the same, and unchanged for long enough to tell. */
  readonly keep: (result: TaskResult) => void;
}

/** Where main scores are kept between calls. */
export interface KeptScores {
  readonly look: (file: string) => KeptPlace;
  /** Writes what is new, and leaves out what is no more. */
  readonly save: () => Promise<void>;
}

/** A file that changed in these milliseconds before it was read may change again without another time to show for it. */
const unsettled = 2000;

/** Most bytes of all shelves together. */
const mostBytes = 2 ** 30;

function stateOf(file: string): State | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found?.isFile() ? [found.size, found.ino, found.mtimeMs, found.ctimeMs] : undefined;
}

const isSame = (a: State, b: State | undefined): boolean => a.every((value, i) => value === b?.[i]);

/** The parts of the path of a result file: `ROOT/KEY`, and `NAME` as the last one of `ORG__MODEL/REVISION/NAME`. */
interface Parts {
  readonly root: string;
  readonly key: string;
  readonly name: string;
}

export function partsOf(file: string): Parts {
  const last = file.lastIndexOf(sep);
  const at = file.lastIndexOf(sep, file.lastIndexOf(sep, last - 1) - 1);
  return { root: at < 0 ? "." : file.slice(0, at) || sep, key: file.slice(at + 1), name: file.slice(last + 1) };
}

/**
 * Opens what is kept of result files, `ROOT/ORG__MODEL/REVISION/TASK.json` each.
 *
 * @param cacheFolder `ownCacheFolder`.
 * @param files All files of each of their names that their folder of results has.
 * @param now Seconds since 1970.
 */
export async function openKeptScores(cacheFolder: string, files: readonly string[], now: number): Promise<KeptScores> {
  const roots = new Map<string, string>();
  for (const root of new Set(files.map((file) => partsOf(file).root))) {
    roots.set(root, join(scoresFolder(cacheFolder), hashOf(await realpath(root)).slice(0, nameLength)));
  }
  const paths = new Map<string, string>();
  const pathOf = ({ root, name }: Parts): string => {
    const own = root + sep + name;
    const known = paths.get(own);
    if (known !== undefined) return known;
    const path = join(roots.get(root) ?? "", hashOf(name).slice(0, nameLength));
    paths.set(own, path);
    return path;
  };
  const names = [...new Set(files.map((file) => pathOf(partsOf(file))))];
  const before = new Map((await inBatches(names, readShelf)).map((shelf, i) => [names[i], shelf] as const));
  const after = new Map<string, Shelf>(names.map((name) => [name, new Map()]));
  const added = new Set<string>();
  return {
    look: (file) => {
      const parts = partsOf(file);
      const [path, key, state] = [pathOf(parts), parts.key, stateOf(file)];
      const kept = before.get(path)?.get(key);
      if (kept !== undefined && isSame(kept[0], state)) {
        after.get(path)?.set(key, kept);
        return { result: unpacked(kept[1]), keep: () => undefined };
      }
      return {
        keep: (result) => {
          const bare = packed(result);
          if (bare === undefined || state === undefined || !isSame(state, stateOf(file))) return;
          if (Math.max(state[2], state[3]) > now * 1000 - unsettled) return;
          after.get(path)?.set(key, [state, bare]);
          added.add(path);
        },
      };
    },
    save: async () => {
      const changed = names.filter((name) => added.has(name) || after.get(name)?.size !== before.get(name)?.size);
      await inBatches(changed, (name) => writeShelf(name, after.get(name) ?? new Map()));
      for (const folder of roots.values()) await utimes(folder, now, now).catch(() => undefined);
      if (changed.length > 0) await removeOldest(cacheFolder, mostBytes);
    },
  };
}

/** What is kept of one folder of results. */
interface Kept {
  readonly folder: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly lastUsed: number;
}

async function listKept(cacheFolder: string): Promise<readonly Kept[]> {
  const top = scoresFolder(cacheFolder);
  const folders = (await readdir(top).catch(() => [])).map((name) => join(top, name));
  return Promise.all(
    folders.map(async (folder) => {
      const files = (await readdir(folder).catch(() => [])).map((name) => join(folder, name));
      const sizes = await inBatches(files, async (file) => (await stat(file).catch(() => undefined))?.size ?? 0);
      const lastUsed = (await stat(folder).catch(() => undefined))?.mtimeMs ?? 0;
      return { folder, bytes: sizes.reduce((sum, size) => sum + size, 0), lastUsed };
    }),
  );
}

/** Removes what was not used for longest until the rest has at most so many bytes. */
async function removeOldest(cacheFolder: string, most: number): Promise<void> {
  const kept = [...(await listKept(cacheFolder))].sort((a, b) => a.lastUsed - b.lastUsed);
  let bytes = kept.reduce((sum, one) => sum + one.bytes, 0);
  for (const one of kept) {
    if (bytes <= most) return;
    await rm(one.folder, { recursive: true, force: true }).catch(() => undefined);
    bytes -= one.bytes;
  }
}

/** Number of folders of results that scores are kept of, and bytes of all. */
export async function keptScoresSize(cacheFolder: string): Promise<{ folders: number; bytes: number }> {
  const kept = await listKept(cacheFolder);
  return { folders: kept.length, bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Removes all kept scores. Returns the bytes that this frees. */
export async function clearKeptScores(cacheFolder: string): Promise<number> {
  const before = await keptScoresSize(cacheFolder);
  await rm(scoresFolder(cacheFolder), { recursive: true, force: true }).catch(() => undefined);
  return before.bytes - (await keptScoresSize(cacheFolder)).bytes;
}
