import { access, constants, type FileHandle, open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { codeOf, full, InputError, messageOf } from "../../datasets/errors.ts";
import { makeFolders } from "../../datasets/folder.ts";
import type { ModelFacts } from "../../models/model.ts";
import { jsonPieces } from "./json.ts";
import { temporaryName } from "./leftovers.ts";
import { metaFile, toModelMeta } from "./model-meta.ts";
import { nameIn } from "./names.ts";
import type { TaskResult } from "./result.ts";
import { parseResultFile, toResultFile } from "./result-file.ts";
import { sealed } from "./seal.ts";

/** Returns the name of a model's folder as mteb has it: slashes become two underscores, blanks one. */
export const modelFolder = (model: string): string => model.replaceAll("/", "__").replaceAll(" ", "_");

/**
 * Returns the folder of a model's results: `RESULTS/ORG__MODEL/REVISION`, by names that every file system takes; one that
 * is there by the name itself stays it.
 *
 * @throws InputError for an empty name
 */
export function resultFolder(resultsDir: string, modelId: string, revision: string): string {
  const folder = join(resultsDir, nameIn(resultsDir, modelFolder(modelId), "model"));
  return join(folder, nameIn(folder, revision, "revision"));
}

/** Results cannot be written now: no fault of the measurement, which a later try may store. */
export class StoreError extends InputError {}

/** Operations of the file system that write a file; tests put failures in their place. */
export interface FileOperations {
  readonly mkdir: (folder: string) => Promise<string | undefined>;
  readonly open: (file: string, flags: string | number) => Promise<FileHandle>;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly remove: (file: string) => Promise<void>;
}

export const fileOperations: FileOperations = {
  mkdir: makeFolders,
  open,
  rename,
  remove: (file) => rm(file, { force: true }),
};

/** Makes a rename last. Not every system lets a folder be opened; there the rename lasts when the system pleases. */
export async function syncFolder(folder: string, { open }: FileOperations): Promise<void> {
  try {
    const handle = await open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch {}
}

/** Contents of a file, whole or piece by piece. */
type Content = string | Uint8Array | Iterable<string>;

/** Writes all of a new file, so that it is on disk, and closes it. */
export async function writeAndSync(handle: FileHandle, content: Content): Promise<void> {
  const pieces = typeof content === "string" || content instanceof Uint8Array ? [content] : content;
  try {
    for (const piece of pieces) await handle.writeFile(piece);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Replaces a file whole or not at all, even where the program or the machine stops half way. */
async function writeAtomically(file: string, content: Content, files: FileOperations): Promise<void> {
  const temporary = join(dirname(file), temporaryName(basename(file)));
  try {
    await writeAndSync(await files.open(temporary, "wx"), content);
    await files.rename(temporary, file);
  } catch (error) {
    // A file that cannot be removed now is removed later (`removeLeftovers`); the user is told why it could not be written.
    await files.remove(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(file), files);
}

/** Makes a folder that lasts: the entries of new folders in those above them are synced, too. */
export async function makeFolder(folder: string, files: FileOperations): Promise<void> {
  const first = await files.mkdir(folder);
  if (first === undefined) return;
  for (let made = folder; made !== dirname(made); made = dirname(made)) {
    await syncFolder(dirname(made), files);
    if (made === first) return;
  }
}

/**
 * Finds out whether results can be written before hours are spent on them; makes nothing.
 *
 * @param resultsDir Where it does not exist, what it would be made in is looked at.
 * @throws StoreError where the folder, or the one it would be made in, cannot be written to.
 */
export async function requireWritable(resultsDir: string): Promise<void> {
  for (let folder = resolve(resultsDir); ; folder = dirname(folder)) {
    try {
      if (!(await stat(folder)).isDirectory()) throw new Error("it is no folder");
      return await access(folder, constants.W_OK | constants.X_OK);
    } catch (error) {
      if (codeOf(error) === "ENOENT" && folder !== dirname(folder)) continue;
      throw new StoreError(
        `results: ${folder} cannot be written to: ${messageOf(error)}; choose a folder that can be written to`,
      );
    }
  }
}

/**
 * Writes a file into a folder, which is made where it is missing; an older file is replaced in one step. Returns its path.
 *
 * @throws StoreError where the folder cannot be written to, or has no room.
 */
export async function replaceFile(
  folder: string,
  name: string,
  content: Content,
  files: FileOperations = fileOperations,
): Promise<string> {
  const file = join(folder, name);
  try {
    await makeFolder(folder, files);
    await writeAtomically(file, content, files);
  } catch (error) {
    throw notWritten(file, error);
  }
  return file;
}

/**
 * Adds to the end of a file that is there. What a stop leaves half written is for its reader to tell.
 *
 * @throws StoreError as `replaceFile`, and where there is no file
 */
export async function appendToFile(
  folder: string,
  name: string,
  content: string,
  files: FileOperations = fileOperations,
): Promise<void> {
  const file = join(folder, name);
  try {
    await writeAndSync(await files.open(file, constants.O_WRONLY | constants.O_APPEND), content);
  } catch (error) {
    throw notWritten(file, error);
  }
}

function notWritten(file: string, error: unknown): StoreError {
  const way = full.includes(codeOf(error)) ? "make room" : "choose a folder that can be written to";
  return new StoreError(`results: ${file} cannot be written: ${messageOf(error)}; ${way}`);
}

const writeJson = (folder: string, name: string, value: object): Promise<string> =>
  replaceFile(folder, name, jsonPieces(value, 2, "\n"));

/** Returns the name of a task's file of results in a folder. Throws `InputError` for that of the model's description. */
function taskFileName(folder: string, task: string): string {
  const name = nameIn(folder, task, "task", (safe) => `${safe}.json`);
  if (name.toLowerCase() === metaFile) {
    throw new InputError(`results: the task ${task} has the name of the model's description; choose another name`);
  }
  return name;
}

/**
 * Writes `TASK.json` into a folder of `resultFolder`, making the folder where it is missing and replacing an older file
 * in one step. Returns the file's path.
 *
 * @throws InputError where the name or the folder does not allow it.
 */
export const writeResult = async (folder: string, result: TaskResult): Promise<string> =>
  writeJson(folder, taskFileName(folder, result.task), sealed(toResultFile(result)));

async function bytesOf(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new InputError(
      `results: ${file} cannot be read, which may hold finished work: ${messageOf(error)}; try again, or run all of it ` +
        "again with --overwrite",
    );
  }
}

/**
 * Reads a file of finished work; returns the message where `parse` throws an `InputError`, and nothing where there is no
 * file.
 *
 * @throws InputError where the disk fails: the file may be whole and is not to be replaced
 */
export async function readKept<Kept>(
  file: string,
  parse: (bytes: Buffer, source: string) => Kept,
): Promise<Kept | string | undefined> {
  const bytes = await bytesOf(file);
  if (bytes === undefined) return undefined;
  try {
    return parse(bytes, file);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/** Reads the stored result of a task; returns and throws as `readKept` does. */
export const readResult = async (folder: string, task: string): Promise<TaskResult | string | undefined> =>
  readKept(join(folder, taskFileName(folder, task)), (bytes, source) =>
    parseResultFile(bytes.toString("utf8"), source),
  );

/** Returns what tells one file of a task's result from another that takes its place; an empty text where there is none. */
export async function stateOf(folder: string, task: string): Promise<string> {
  const found = await stat(join(folder, taskFileName(folder, task))).catch(() => undefined);
  return found === undefined ? "" : `${found.ino} ${found.mtimeMs} ${found.size}`;
}

/** Writes the contents of `model_meta.json` into a folder of `resultFolder`, as `writeResult` does. */
export const writeMeta = (folder: string, meta: object): Promise<string> => writeJson(folder, metaFile, meta);

/** Writes `model_meta.json` for a model, under its own name or another. */
export const writeModelMeta = (folder: string, model: ModelFacts, name = model.info.id): Promise<string> =>
  writeMeta(folder, { ...toModelMeta(model), name });
