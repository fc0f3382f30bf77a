import { copyFile, link, readdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codeOf, InputError, messageOf } from "../../datasets/errors.ts";
import { isFolder } from "../../datasets/folder.ts";
import { claims, heldClaim } from "./claim.ts";
import { removeLeftovers, temporaryName } from "./leftovers.ts";
import type { MovedFile, Renaming } from "./renaming.ts";
import { fileOperations, makeFolder, replaceFile, StoreError, syncFolder } from "./store.ts";

/** Tells whether a folder holds just what a renaming would make: that of one that was killed before its end. */
async function isMade({ from, to, files }: Renaming): Promise<boolean> {
  const names = (await readdir(to.folder)).filter((name) => !name.startsWith("."));
  if (names.sort().join("\0") !== files.map(({ name }) => name).join("\0")) return false;
  for (const { name, text } of files) {
    const wanted = text === undefined ? await readFile(join(from.folder, name)) : Buffer.from(text);
    if (!wanted.equals(await readFile(join(to.folder, name)))) return false;
  }
  return true;
}

const taken = (folder: string): InputError =>
  new InputError(
    `results: ${folder} is there already, with other results, which are not replaced; choose another name or revision`,
  );

/** Puts a file into another folder: the same bytes by a second name, where the file system has such. */
async function place(source: string, folder: string, { name, text }: MovedFile): Promise<void> {
  if (text !== undefined) {
    await replaceFile(folder, name, text);
    return;
  }
  const [from, to] = [join(source, name), join(folder, name)];
  await link(from, to).catch(() => copyFile(from, to));
}

/**
 * Moves the results of a revision to their new name. All of it appears there in one step; only then it is taken from the old
 * place, in one step too. Killed in between, the results lie at both places, whole, and the same call ends it.
 *
 * @throws InputError where there are other results under the new name
 */
async function move(renaming: Renaming, now: number): Promise<void> {
  const releases = await claimTasks(renaming, now);
  try {
    await moveClaimed(renaming, now);
  } finally {
    for (const release of releases) await release();
  }
}

/**
 * Claims the tasks that are moved, so that no run begins one of them meanwhile.
 * @throws InputError where a run is at a task of either folder
 */
async function claimTasks({ from, to, files }: Renaming, now: number): Promise<(() => Promise<void>)[]> {
  const busy = (await heldClaim(from.folder)) ?? (await heldClaim(to.folder));
  if (busy !== undefined) {
    throw new InputError(
      `results: a run is at ${dirname(busy.file)}: ${busy.by}; rename it once that has ended, or, where it has, remove ` +
        `${busy.file} first`,
    );
  }
  const claim = claims(from.folder, () => now);
  const tasks = files.flatMap(({ name }) => (name.endsWith(".json") ? [basename(name, ".json")] : []));
  const claimed = await Promise.all(tasks.map(claim));
  return claimed.flatMap((one) => (one.kind === "ours" ? [one.release] : []));
}

async function moveClaimed(renaming: Renaming, now: number): Promise<void> {
  const { from, to, files } = renaming;
  const [oldModel, newModel] = [dirname(from.folder), dirname(to.folder)];
  await removeLeftovers(newModel, now);
  await removeLeftovers(oldModel, now);
  if (!(await isFolder(to.folder))) {
    await makeFolder(newModel, fileOperations);
    const made = join(newModel, temporaryName(basename(to.folder)));
    try {
      await makeFolder(made, fileOperations);
      for (const file of files) await place(from.folder, made, file);
      await syncFolder(made, fileOperations);
      await rename(made, to.folder);
    } catch (error) {
      await rm(made, { recursive: true, force: true }).catch(() => undefined);
      if (["ENOTEMPTY", "EEXIST"].includes(codeOf(error))) throw taken(to.folder);
      throw error;
    }
    await syncFolder(newModel, fileOperations);
  } else if (!(await isMade(renaming))) throw taken(to.folder);
  const gone = join(oldModel, temporaryName(basename(from.folder)));
  await rename(from.folder, gone);
  await rm(gone, { recursive: true, force: true });
  // A folder with other revisions stays.
  await rmdir(oldModel).catch(() => undefined);
}

/** @throws InputError where there are other results under one of the new names */
export async function requireFree(plans: readonly Renaming[]): Promise<void> {
  for (const plan of plans) {
    if ((await isFolder(plan.to.folder)) && !(await isMade(plan))) throw taken(plan.to.folder);
  }
}

/**
 * Gives stored results their new names, one revision after the other.
 * @throws InputError where there are other results under a new name; StoreError where the disk fails
 */
export async function renameResults(plans: readonly Renaming[], now: number): Promise<void> {
  for (const plan of plans) {
    try {
      await move(plan, now);
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw new StoreError(
        `results: ${plan.from.folder} could not be renamed: ${messageOf(error)}; nothing is lost, and the same command goes on`,
      );
    }
  }
}
