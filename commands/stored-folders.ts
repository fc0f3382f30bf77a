import { stat } from "node:fs/promises";
import { asUsage, UsageError } from "../datasets/errors.ts";
import { listRevisions, type StoredRevision } from "../runners/results/read-results.ts";
import { revisionsOf } from "../runners/results/renaming.ts";

/**
 * Finds the folders of results that a user means: those in a folder, or, by MODEL or MODEL@REVISION, those among the folders
 * of results.
 * @throws UsageError where there are none
 */
export async function storedFolders(
  run: string,
  resultsFolders: readonly string[],
  now: number,
): Promise<readonly StoredRevision[]> {
  const isFolder = (await stat(run).catch(() => undefined))?.isDirectory() ?? false;
  if (isFolder) {
    const found = await asUsage(() => listRevisions(run, now));
    if (found.length > 0) return found;
    throw new UsageError(`results: ${run} holds no results; expected a folder ORG__MODEL/REVISION, or one with such`);
  }
  return asUsage(async () => {
    const stored = (await Promise.all(resultsFolders.map((folder) => listRevisions(folder, now, 0)))).flat();
    return revisionsOf(run, stored);
  });
}
