import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError, messageOf } from "../datasets/errors.ts";
import type { EncoderInfo } from "../models/encoder.ts";
import type { RankerInfo } from "../models/ranker.ts";
import { metaFile, toModelMeta } from "./model-meta.ts";
import type { TaskResult } from "./result.ts";
import { toResultFile } from "./result-file.ts";

/**
 * `name` if it can be the name of one file or folder; `value` is what the user knows it by. Throws `InputError` where it
 * cannot.
 */
export function safeName(name: string, what: string, value: string): string {
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

async function writeAndSync(handle: FileHandle, content: string | Uint8Array): Promise<void> {
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Replaces a file whole or not at all, even where the program or the machine stops half way. */
async function writeAtomically(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}.tmp`);
  try {
    await writeAndSync(await open(temporary, "wx"), content);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(file));
}

/**
 * Writes a file into a folder, which is made where it is missing; an older file is replaced in one step. Returns its path.
 *
 * @throws InputError where the folder cannot be written to.
 */
export async function replaceFile(folder: string, name: string, content: string | Uint8Array): Promise<string> {
  const file = join(folder, name);
  try {
    await mkdir(folder, { recursive: true });
    await writeAtomically(file, content);
  } catch (error) {
    throw new InputError(
      `results: ${file} cannot be written: ${messageOf(error)}; choose a folder that can be written to`,
    );
  }
  return file;
}

const writeJson = (folder: string, name: string, value: unknown): Promise<string> =>
  replaceFile(folder, name, `${JSON.stringify(value, null, 2)}\n`);

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
