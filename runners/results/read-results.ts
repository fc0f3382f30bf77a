import { basename, dirname, join, resolve } from "node:path";
import { messageOf } from "../../datasets/errors.ts";
import { limits } from "../../datasets/limits.ts";
import { readSmallFile } from "../../datasets/small-file.ts";
import { limitIn } from "../../models/variants/variant-name.ts";
import { inBatches } from "./batches.ts";
import { presentTaskName } from "./historic-file.ts";
import { parseJson } from "./json.ts";
import type { KeptScores } from "./kept-scores.ts";
import { type Listing, listBelow, listFolder, listFolders, type Revision, type SkippedFile } from "./listing.ts";
import { mainScoresFromData, onlyMainScores } from "./main-scores.ts";
import { type ModelDescription, metaFile, parseModelMeta } from "./model-meta.ts";
import { fileName } from "./names.ts";
import { isOurs, limitOf, type TaskResult } from "./result.ts";
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
  /** The program's own cache, where the scores of large folders are kept between calls. Default: nowhere. */
  readonly cacheFolder?: string;
}

/** Fewest files that keeping their scores is worth it for: as many are read in a tenth of a second. */
const fewestFiles = 500;

/**
 * Returns what tells by a file's name whether its task is wanted. Files under a task's former name are not: mteb 2.26.24
 * passes over them too where it reads a benchmark (`ResultCache._filter_paths_by_task`).
 */
function namePicker(wanted: ReadonlySet<string> | undefined): (name: string) => boolean {
  if (wanted === undefined) return (name) => name !== metaFile;
  const names = new Set([...wanted].flatMap((task) => [`${task}.json`, `${fileName(task, "task")}.json`]));
  return (name) => name !== metaFile && names.has(name);
}

type Parse = (file: string) => Promise<TaskResult>;

const textOf = (file: string): Promise<string> => readSmallFile(file, "result", limits.result);

/** Imported on need: most files are read without it, and a library for checking comes with it. */
const wholeResult: Parse = async (file) =>
  (await import("./result-file.ts")).parseResultFile(await textOf(file), "result");

/** Reads main scores, or takes those that were kept. Files that the catalogue has a part in reading are not kept. */
const mainScores =
  (kept: KeptScores | undefined): Parse =>
  async (file) => {
    const place = kept?.look(file);
    if (place?.result !== undefined) return place.result;
    const data = requireSeal(parseJson(await textOf(file), "result"), "result");
    const scores = mainScoresFromData(data);
    if (scores === undefined) return onlyMainScores((await import("./result-file.ts")).resultFromData(data, "result"));
    place?.keep(scores);
    return scores;
  };

/** Reads a result, or the reason why there is none. */
async function readOne(file: string, parse: Parse, known?: ReadonlySet<string>): Promise<TaskResult | string> {
  try {
    const result = await parse(file);
    if (!Object.values(result.splits).some((entries) => entries.length > 0)) return "it holds no scores";
    const name = basename(file, ".json");
    if (name !== result.task && presentTaskName(name) !== result.task && fileName(result.task, "task") !== name) {
      return `it holds the result of ${result.task}, whose file is ${fileName(result.task, "task")}.json`;
    }
    return known === undefined || known.has(result.task) ? result : { ...result, splits: {} };
  } catch (error) {
    return messageOf(error);
  }
}

const shareOf = (limit: number | undefined): string =>
  limit === undefined ? "all units" : `at most ${limit} units of each subset`;

/** Returns the result, or the reason why it is none of its model's: limited scores and whole ones never mix. */
function asNamed(result: TaskResult, model: string): TaskResult | string {
  const [own, named] = [limitOf(result), limitIn(model)];
  if (own === named) return result;
  return `it holds scores of ${shareOf(own)}, and ${model} those of ${shareOf(named)}`;
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

/** Lists the files that are wanted of some revisions. */
const filesOf = ({ folder, names }: Revision, isWanted: (name: string) => boolean): string[] =>
  names.filter(isWanted).map((name) => join(folder, name));

async function readListed(
  listings: readonly Listing[],
  parse: Parse,
  { onProgress, signal, wanted }: ResultReading,
  known?: ReadonlySet<string>,
): Promise<Reading> {
  const revisions = listings.flatMap((listing) => listing.revisions);
  const described = await inBatches(revisions, readDescription, () => signal?.throwIfAborted());
  const isWanted = namePicker(wanted);
  const files = revisions.flatMap((revision, i) =>
    filesOf(revision, isWanted).map((file) => ({ file, about: described[i] })),
  );
  const read = await inBatches(
    files,
    async ({ file, about }): Promise<StoredResult | SkippedFile> => {
      const { model, revision } = about;
      const read = await readOne(file, parse, known);
      const result = typeof read === "string" ? read : asNamed(read, model);
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
export const readResults = async (resultsDirs: readonly string[], reading: ResultReading): Promise<Reading> =>
  readListed(await listFolders(resultsDirs, reading.now), wholeResult, reading);

/**
 * Reads only the main scores of each result, which suffice for tables of hundreds of thousands of files; else as
 * `readResults`.
 *
 * @throws InputError where a folder does not exist.
 */
export const readMainScores = (resultsDirs: readonly string[], reading: MainScoreReading): Promise<Reading> =>
  readLean(resultsDirs, reading, mainScores);

/** Reads the results that this program made whole, with the records of their runs; of others' the main scores. */
export const readRecords = (resultsDirs: readonly string[], reading: MainScoreReading): Promise<Reading> =>
  readLean(resultsDirs, reading, (kept) => {
    const read = mainScores(kept);
    return async (file) => {
      const result = await read(file);
      return isOurs(result) ? wholeResult(file) : result;
    };
  });

async function readLean(
  resultsDirs: readonly string[],
  reading: MainScoreReading,
  parseBy: (kept: KeptScores | undefined) => Parse,
): Promise<Reading> {
  const { now, known, wanted, cacheFolder } = reading;
  const listings = await listFolders(resultsDirs, now);
  const isWanted = namePicker(wanted);
  const files = listings.flatMap(({ revisions }) => revisions.flatMap((revision) => filesOf(revision, isWanted)));
  const isWorthIt = cacheFolder !== undefined && files.length >= fewestFiles;
  const kept = isWorthIt ? await (await import("./kept-scores.ts")).openKeptScores(cacheFolder, files, now) : undefined;
  const read = await readListed(listings, parseBy(kept), reading, known);
  await kept?.save();
  return read;
}

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
