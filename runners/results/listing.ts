import { type Dirent, existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, InputError, messageOf } from "../../datasets/errors.ts";
import { missingFolder } from "../../datasets/folder.ts";
import { inBatches } from "./batches.ts";
import { isTemporary, removeAbandoned } from "./leftovers.ts";

/** A file that could not be used. */
export interface SkippedFile {
  readonly file: string;
  readonly reason: string;
}

/** A folder of one revision of a model. */
export interface Revision {
  readonly folder: string;
  /** Names of JSON files, sorted. */
  readonly names: readonly string[];
}

/** Folders of results before their files are read. */
export interface Listing {
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
export async function listBelow(folder: string, depth: number, now: number): Promise<Listing> {
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

/**
 * Lists the revisions of a folder in mteb's layout.
 *
 * @throws InputError where it does not exist or cannot be read.
 */
export async function listFolder(resultsDir: string, now: number): Promise<Listing> {
  try {
    return await listBelow(resultsDir, 0, now);
  } catch (error) {
    if (codeOf(error) === "ENOENT" && !existsSync(resultsDir)) {
      throw new InputError(
        `results: there is no ${await missingFolder(resultsDir)}; expected one with ORG__MODEL/REVISION/TASK.json, as \`pramana run\` stores them`,
      );
    }
    throw new InputError(
      `results: ${resultsDir} cannot be read: ${messageOf(error)}; expected a folder with ORG__MODEL/REVISION/TASK.json`,
    );
  }
}

/** Lists the revisions of some folders, one after the other. @throws InputError as `listFolder` */
export async function listFolders(resultsDirs: readonly string[], now: number): Promise<readonly Listing[]> {
  const listings: Listing[] = [];
  for (const resultsDir of resultsDirs) listings.push(await listFolder(resultsDir, now));
  return listings;
}
