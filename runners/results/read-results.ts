import { type Dirent, existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { codeOf, InputError, messageOf } from "../../datasets/errors.ts";
import { limits } from "../../datasets/limits.ts";
import { readSmallFile } from "../../datasets/small-file.ts";
import { inBatches } from "./batches.ts";
import { presentTaskName } from "./historic-file.ts";
import { parseJson } from "./json.ts";
import { isTemporary, removeAbandoned } from "./leftovers.ts";
import { mainScoresFromData, onlyMainScores } from "./main-scores.ts";
import { type ModelDescription, metaFile, parseModelMeta } from "./model-meta.ts";
import { fileName } from "./names.ts";
import type { TaskResult } from "./result.ts";
import { requireSeal } from "./seal.ts";

/** A result with the file that it was read from. */
export interface StoredResult {
  /** `organisation/name`. */
  readonly model: string;
  /** Name of the folder: a commit hash, or a name that whoever stored it chose. */
  readonly revision: string;
  readonly result: TaskResult;
  readonly file: string;
}

/** A file that could not be used. */
export interface SkippedFile {
  readonly file: string;
  readonly reason: string;
}

/** The contents of a revision's `model_meta.json`. */
export interface StoredDescription extends ModelDescription {
  readonly revision: string;
}

/** All that was read from folders of results. */
export interface Reading {
  readonly results: readonly StoredResult[];
  readonly models: readonly StoredDescription[];
  readonly skipped: readonly SkippedFile[];
}

/** Options of reading results. */
export interface ResultReading {
  /** Seconds since 1970. */
  readonly now: number;
  /** Called with the number of files that have been read, and of all. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Its reason is thrown once it aborts. */
  readonly signal?: AbortSignal;
  /** Tasks whose files are read; the others are passed over by their names. Default: all. */
  readonly wanted?: ReadonlySet<string> | undefined;
}

/** Options of reading main scores. */
export interface MainScoreReading extends ResultReading {
  /** Tasks whose scores are wanted; only the names of others are kept. */
  readonly known: ReadonlySet<string>;
}

interface Revision {
  readonly folder: string;
  /** Names of JSON files, sorted. */
  readonly names: readonly string[];
}

/** Folders of results before their files are read. */
interface Listing {
  readonly revisions: readonly Revision[];
  readonly skipped: readonly SkippedFile[];
}

type Kind = "file" | "folder" | "hidden" | "other";

/** Tells what an entry of a folder is, links followed; one that leads nowhere is a file that cannot be read. */
async function kindOf(folder: string, entry: Dirent): Promise<Kind> {
  if (entry.name.startsWith(".")) return "hidden";
  const link = entry.isSymbolicLink() ? await stat(join(folder, entry.name)).catch(() => undefined) : entry;
  if (link?.isDirectory()) return "folder";
  return (link?.isFile() ?? true) ? "file" : "other";
}

/** Lists the names in a folder by their kinds, sorted. Pipes and devices are other things, which nobody reads. */
async function list(folder: string): Promise<Readonly<Record<Kind, readonly string[]>>> {
  const kinds: Record<Kind, string[]> = { file: [], folder: [], hidden: [], other: [] };
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await inBatches(entries, async (entry) => ({ name: entry.name, kind: await kindOf(folder, entry) }));
  for (const { name, kind } of found) kinds[kind].push(name);
  for (const names of Object.values(kinds)) names.sort();
  return kinds;
}

const isJson = (name: string): boolean => name.endsWith(".json");

/** Lists the revisions below a folder; `depth` counts the folders between it and the results, 2 is a revision. */
async function listBelow(folder: string, depth: number, now: number): Promise<Listing> {
  const { file: files, folder: folders, hidden } = await list(folder);
  if (depth === 2) {
    await Promise.all(hidden.filter(isTemporary).map((name) => removeAbandoned(folder, name, now)));
    const reason = "folders below a revision are not read";
    const skipped = folders.map((name) => ({ file: join(folder, name), reason }));
    return { revisions: [{ folder, names: files.filter(isJson) }], skipped };
  }
  const reason = "it does not lie at ORG__MODEL/REVISION/TASK.json";
  const misplaced = files.filter(isJson).map((name) => ({ file: join(folder, name), reason }));
  const below: Listing[] = [];
  for (const name of folders) below.push(await listBelow(join(folder, name), depth + 1, now));
  return {
    revisions: below.flatMap(({ revisions }) => revisions),
    skipped: [...misplaced, ...below.flatMap(({ skipped }) => skipped)],
  };
}

async function listFolder(resultsDir: string, now: number): Promise<Listing> {
  try {
    return await listBelow(resultsDir, 0, now);
  } catch (error) {
    if (codeOf(error) === "ENOENT" && !existsSync(resultsDir)) {
      throw new InputError(
        `results: there is no folder ${resultsDir}; expected one with ORG__MODEL/REVISION/TASK.json, as \`pramana run\` stores them`,
      );
    }
    throw new InputError(
      `results: ${resultsDir} cannot be read: ${messageOf(error)}; expected a folder with ORG__MODEL/REVISION/TASK.json`,
    );
  }
}

/**
 * Returns what tells by a file's name whether its task is wanted. Files under a task's former name are not: mteb 2.26.24
 * passes over them too where it reads a benchmark (`ResultCache._filter_paths_by_task`).
 */
function namePicker(wanted: ReadonlySet<string> | undefined): (name: string) => boolean {
  if (wanted === undefined) return (name) => name !== metaFile;
  const names = new Set([...wanted].flatMap((task) => [`${task}.json`, `${fileName(task, "task")}.json`]));
  return (name) => name !== metaFile && names.has(name);
}

type Parse = (text: string) => Promise<TaskResult>;

/** Imported on need: most files are read without it, and a library for checking comes with it. */
const wholeResult: Parse = async (text) => (await import("./result-file.ts")).parseResultFile(text, "result");

const mainScores: Parse = async (text) => {
  const data = requireSeal(parseJson(text, "result"), "result");
  return mainScoresFromData(data) ?? onlyMainScores((await import("./result-file.ts")).resultFromData(data, "result"));
};

/** Reads a result, or the reason why there is none. */
async function readOne(file: string, parse: Parse, known?: ReadonlySet<string>): Promise<TaskResult | string> {
  try {
    const result = await parse(await readSmallFile(file, "result", limits.result));
    if (!Object.values(result.splits).some((entries) => entries.length > 0)) return "it holds no scores";
    const name = basename(file, ".json");
    if (![name, presentTaskName(name)].includes(result.task) && fileName(result.task, "task") !== name) {
      return `it holds the result of ${result.task}, whose file is ${fileName(result.task, "task")}.json`;
    }
    return known === undefined || known.has(result.task) ? result : { ...result, splits: {} };
  } catch (error) {
    return messageOf(error);
  }
}

/** Reads a revision's description; where it is damaged or missing, the folder's name counts. */
async function readDescription({ folder, names }: Revision): Promise<StoredDescription & { skipped?: SkippedFile }> {
  const revision = basename(folder);
  const model = basename(dirname(folder)).replaceAll("__", "/");
  const nothing = { model, revision, parameters: null, dimensions: null, maxTokens: null };
  if (!names.includes(metaFile)) return nothing;
  const file = join(folder, metaFile);
  try {
    const text = await readSmallFile(file, "model description", limits.config);
    return { ...parseModelMeta(text, "model description"), revision };
  } catch (error) {
    return { ...nothing, skipped: { file, reason: messageOf(error) } };
  }
}

async function readAll(
  resultsDirs: readonly string[],
  parse: Parse,
  reading: ResultReading,
  known?: ReadonlySet<string>,
): Promise<Reading> {
  const listings: Listing[] = [];
  for (const resultsDir of resultsDirs) listings.push(await listFolder(resultsDir, reading.now));
  return readListed(listings, parse, reading, known);
}

async function readListed(
  listings: readonly Listing[],
  parse: Parse,
  { onProgress, signal, wanted }: ResultReading,
  known?: ReadonlySet<string>,
): Promise<Reading> {
  const revisions = listings.flatMap((listing) => listing.revisions);
  const described = await inBatches(revisions, readDescription, () => signal?.throwIfAborted());
  const isWanted = namePicker(wanted);
  const files = revisions.flatMap(({ folder, names }, i) =>
    names.filter(isWanted).map((name) => ({ file: join(folder, name), about: described[i] })),
  );
  const read = await inBatches(
    files,
    async ({ file, about }): Promise<StoredResult | SkippedFile> => {
      const { model, revision } = about;
      const result = await readOne(file, parse, known);
      return typeof result === "string" ? { file, reason: result } : { model, revision, result, file };
    },
    (done) => {
      signal?.throwIfAborted();
      onProgress?.(done, files.length);
    },
  );
  return {
    results: read.filter((one) => "result" in one),
    models: described.map(({ skipped: _skipped, ...description }) => description),
    skipped: [
      ...listings.flatMap(({ skipped }) => skipped),
      ...described.flatMap(({ skipped }) => skipped ?? []),
      ...read.filter((one) => "reason" in one),
    ],
  };
}

/**
 * Reads all results of some folders in mteb's layout, whole, ordered by path. Files that cannot be used are listed with the
 * reason; names that do not end in `.json` are passed over. Temporary files that a stopped program left are removed once
 * they are an hour old.
 *
 * @throws InputError where a folder does not exist.
 */
export const readResults = (resultsDirs: readonly string[], reading: ResultReading): Promise<Reading> =>
  readAll(resultsDirs, wholeResult, reading);

/**
 * Reads only the main scores of each result, which suffice for tables of hundreds of thousands of files; else as
 * `readResults`.
 *
 * @throws InputError where a folder does not exist.
 */
export const readMainScores = (resultsDirs: readonly string[], reading: MainScoreReading): Promise<Reading> =>
  readAll(resultsDirs, mainScores, reading, reading.known);

/** A revision whose results are not read yet. */
export interface StoredRevision {
  readonly model: string;
  readonly revision: string;
  readonly folder: string;
}

/**
 * Lists the revisions whose results lie in a folder: one in mteb's layout, else one of a model, else one of a revision;
 * other JSON files beside the folders of a layout do not count. Revisions without any file are left out.
 *
 * @param deepest 0 for folders in mteb's layout only.
 * @throws InputError where the folder cannot be read.
 */
export async function listRevisions(folder: string, now: number, deepest = 2): Promise<readonly StoredRevision[]> {
  const path = resolve(folder);
  let filled: readonly Revision[] = [];
  for (let depth = 0; depth <= deepest && filled.length === 0; depth++) {
    const { revisions } = depth === 0 ? await listFolder(path, now) : await listBelow(path, depth, now);
    filled = revisions.filter(({ names }) => names.length > 0);
  }
  const described = await inBatches(filled, readDescription);
  return filled.map(({ folder }, i) => ({ model: described[i].model, revision: described[i].revision, folder }));
}

/**
 * Reads all results of some revisions, each given by its own folder, as `readResults` does.
 *
 * @throws what reading a folder throws where one is not there any more.
 */
export async function readRevisions(folders: readonly string[], reading: ResultReading): Promise<Reading> {
  const listings: Listing[] = [];
  for (const folder of folders) listings.push(await listBelow(folder, 2, reading.now));
  return readListed(listings, wholeResult, reading);
}
