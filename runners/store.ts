import { randomUUID } from "node:crypto";
import type { Dirent } from "node:fs";
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError, messageOf } from "../datasets/errors.ts";
import type { EncoderInfo } from "../models/encoder.ts";
import type { RankerInfo } from "../models/ranker.ts";
import { parseModelName, toModelMeta } from "./model-meta.ts";
import type { TaskResult } from "./result.ts";
import { parseResultFile, toResultFile } from "./result-file.ts";

/** A result with the place it was read from. */
export interface StoredResult {
  /** `organisation/name`. */
  readonly model: string;
  /** Name of the folder: a commit hash, or what the one who stored it chose. */
  readonly revision: string;
  readonly result: TaskResult;
  readonly file: string;
}

/** A file that could not be used, and why. */
export interface SkippedFile {
  readonly file: string;
  readonly reason: string;
}

const metaFile = "model_meta.json";
const temporaryFile = /^\..+\.[0-9a-f]{8}-[0-9a-f-]{27}\.tmp$/;

/** Seconds after which a temporary file has no writer any more: a write takes milliseconds. */
const abandonedAfter = 3600;

/** Files of a folder that are read at the same time: more can be more than a process may hold open. */
const batch = 64;

/** `name` if it can be the name of one file or folder; `value` is what the user knows it by. */
function safeName(name: string, what: string, value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (name === "" || name.startsWith(".") || /[/\\\u0000-\u001f]/.test(name)) {
    throw new InputError(
      `results: the ${what} ${JSON.stringify(value)} cannot name a folder or file; expected a name that is not empty, ` +
        "does not begin with a dot, and holds no backslash, control character or (but in a model's name) slash",
    );
  }
  return name;
}

/**
 * Where a model's results lie: `RESULTS/ORG__MODEL/REVISION`, as mteb has it (slashes become two underscores, blanks
 * one).
 *
 * @throws InputError where a name would lead out of the folder.
 */
export function resultFolder(resultsDir: string, modelId: string, revision: string): string {
  const model = modelId.replaceAll("/", "__").replaceAll(" ", "_");
  return join(resultsDir, safeName(model, "model", modelId), safeName(revision, "revision", revision));
}

/** Makes a rename last. Not every system lets a folder be opened; there the rename lasts when the system pleases. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch {}
}

async function writeAndSync(handle: FileHandle, text: string): Promise<void> {
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Replaces a file whole or not at all, even where the program or the machine stops half way. */
async function writeAtomically(file: string, text: string): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}.tmp`);
  try {
    await writeAndSync(await open(temporary, "wx"), text);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(file));
}

async function writeJson(folder: string, name: string, value: unknown): Promise<string> {
  const file = join(folder, name);
  try {
    await mkdir(folder, { recursive: true });
    await writeAtomically(file, `${JSON.stringify(value, null, 2)}\n`);
  } catch (error) {
    throw new InputError(
      `results: ${file} cannot be written: ${messageOf(error)}; choose a folder that can be written to`,
    );
  }
  return file;
}

/**
 * Writes `TASK.json` into a folder of `resultFolder`, making the folder where it is missing and replacing an older file
 * in one step. Returns the file's path.
 *
 * @throws InputError where the name or the folder does not allow it.
 */
export async function writeResult(folder: string, result: TaskResult): Promise<string> {
  const name = `${safeName(result.task, "task", result.task)}.json`;
  if (name === metaFile)
    throw new InputError(`results: the task ${result.task} has the name of the model's description`);
  return writeJson(folder, name, toResultFile(result));
}

/**
 * Writes `model_meta.json` into a folder of `resultFolder`, as `writeResult` does.
 *
 * @param licence SPDX identifier or address, as the model's card gives it.
 */
export async function writeModelMeta(
  folder: string,
  info: EncoderInfo | RankerInfo,
  licence?: string,
): Promise<string> {
  return writeJson(folder, metaFile, toModelMeta(info, licence));
}

async function removeAbandoned(file: string, now: number): Promise<void> {
  try {
    const { mtimeMs } = await stat(file);
    if (now - mtimeMs / 1000 > abandonedAfter) await rm(file);
  } catch {
    // Gone already, or not ours to remove; either way it is not read.
  }
}

/** What reading results gave. */
export interface Reading {
  readonly results: readonly StoredResult[];
  readonly skipped: readonly SkippedFile[];
}

async function readOne(folder: string, name: string, model: string, revision: string): Promise<Reading> {
  const file = join(folder, name);
  try {
    const result = parseResultFile(await readFile(file, "utf8"), "result");
    if (`${result.task}.json` !== name) {
      const reason = `it holds the result of ${result.task}, whose file is ${result.task}.json`;
      return { results: [], skipped: [{ file, reason }] };
    }
    return { results: [{ model, revision, result, file }], skipped: [] };
  } catch (error) {
    return { results: [], skipped: [{ file, reason: messageOf(error) }] };
  }
}

/** The model's name from its description, else from the folder's name. */
async function readModelName(
  folder: string,
  names: readonly string[],
): Promise<{ model: string; skipped: SkippedFile[] }> {
  const fromFolder = basename(dirname(folder)).replaceAll("__", "/");
  if (!names.includes(metaFile)) return { model: fromFolder, skipped: [] };
  const file = join(folder, metaFile);
  try {
    return { model: parseModelName(await readFile(file, "utf8"), "model description"), skipped: [] };
  } catch (error) {
    return { model: fromFolder, skipped: [{ file, reason: messageOf(error) }] };
  }
}

const merge = (readings: readonly Reading[]): Reading => ({
  results: readings.flatMap((reading) => reading.results),
  skipped: readings.flatMap((reading) => reading.skipped),
});

async function readRevision(folder: string, names: readonly string[]): Promise<Reading> {
  const { model, skipped } = await readModelName(folder, names);
  const tasks = names.filter((name) => name !== metaFile);
  const readings: Reading[] = [{ results: [], skipped }];
  for (let start = 0; start < tasks.length; start += batch) {
    const some = tasks.slice(start, start + batch);
    readings.push(...(await Promise.all(some.map((name) => readOne(folder, name, model, basename(folder))))));
  }
  return merge(readings);
}

/** Names in a folder, sorted; links count as what they point to, hidden names are left out. */
async function list(folder: string): Promise<{ files: string[]; folders: string[]; hidden: string[] }> {
  const entries = await readdir(folder, { withFileTypes: true });
  const isFolder = async (entry: Dirent): Promise<boolean> =>
    entry.isSymbolicLink()
      ? (await stat(join(folder, entry.name)).catch(() => entry)).isDirectory()
      : entry.isDirectory();
  const sorted = await Promise.all(entries.map(async (entry) => ({ name: entry.name, folder: await isFolder(entry) })));
  const names = (wanted: (entry: { name: string; folder: boolean }) => boolean): string[] =>
    sorted
      .filter(wanted)
      .map((entry) => entry.name)
      .sort();
  return {
    files: names((entry) => !entry.folder && !entry.name.startsWith(".")),
    folders: names((entry) => entry.folder && !entry.name.startsWith(".")),
    hidden: names((entry) => entry.name.startsWith(".")),
  };
}

const misplaced = (folder: string, names: readonly string[]): Reading => ({
  results: [],
  skipped: names
    .filter((name) => name.endsWith(".json"))
    .map((name) => ({ file: join(folder, name), reason: "it does not lie at ORG__MODEL/REVISION/TASK.json" })),
});

/** Reads below a folder; `depth` counts the folders between it and the results, 2 is a revision. */
async function readBelow(folder: string, depth: number, now: number): Promise<Reading> {
  const { files, folders, hidden } = await list(folder);
  if (depth === 2) {
    const temporary = hidden.filter((name) => temporaryFile.test(name)).map((name) => join(folder, name));
    await Promise.all(temporary.map((file) => removeAbandoned(file, now)));
    const reading = await readRevision(
      folder,
      files.filter((name) => name.endsWith(".json")),
    );
    const reason = "folders below a revision are not read";
    return merge([reading, { results: [], skipped: folders.map((name) => ({ file: join(folder, name), reason })) }]);
  }
  const readings = [misplaced(folder, files)];
  for (const name of folders) readings.push(await readBelow(join(folder, name), depth + 1, now));
  return merge(readings);
}

async function readFolder(resultsDir: string, now: number): Promise<Reading> {
  try {
    return await readBelow(resultsDir, 0, now);
  } catch (error) {
    throw new InputError(
      `results: ${resultsDir} cannot be read: ${messageOf(error)}; expected a folder with ORG__MODEL/REVISION/TASK.json`,
    );
  }
}

/**
 * All results of some folders in mteb's layout, ordered by path. Files that cannot be used are listed with the reason;
 * what does not end in `.json` is none of a result's files. Temporary files that a stopped program left are removed once
 * they are an hour old.
 *
 * @param now Seconds since 1970.
 * @throws InputError where a folder does not exist.
 */
export async function readResults(resultsDirs: readonly string[], now: number): Promise<Reading> {
  const readings: Reading[] = [];
  for (const resultsDir of resultsDirs) readings.push(await readFolder(resultsDir, now));
  return merge(readings);
}
