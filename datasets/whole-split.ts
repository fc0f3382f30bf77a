import type { CardConfig } from "./card.ts";
import { matching, type Split } from "./data-files.ts";
import type { Snapshot } from "./hub.ts";

// Of a repository that lies in the cache without a list of its files, some may be missing. What its card names, and what
// the names of its files count (docs/decisions/011-incomplete-caches.md), tells whether they matter.

const isPattern = (path: string): boolean => /[*?[]/.test(path);
const isCounted = (path: string): boolean => /-\d{5}-of-\d{5}(?=[.-])/.test(path);

/** @throws InputError where a config's splits are found by the names of files of which some may be missing */
export async function requireNamedFiles(snapshot: Snapshot, card: readonly CardConfig[]): Promise<void> {
  if (card.length > 0 && card.every(({ dataFiles }) => dataFiles !== undefined)) return;
  await snapshot.requireAll("which splits it has, as its card names no files,");
}

/**
 * Requires that no file of a split is missing: each that its card names is there, and those that a pattern finds are
 * counted by their names (`-00000-of-00003`) where nothing else says that there are no others.
 *
 * @throws InputError where one is missing, or may be
 */
export async function requireWholeSplit(
  snapshot: Snapshot,
  { patterns }: Split,
  files: readonly string[],
): Promise<void> {
  for (const pattern of patterns) {
    if (!isPattern(pattern)) {
      // Says that there is none, or that it is not in the cache.
      if (!files.includes(pattern)) await snapshot.resolve(pattern);
      continue;
    }
    const found = matching(files, pattern);
    if (found.length === 0 || !found.every(isCounted)) await snapshot.requireAll(`which files fit ${pattern}`);
  }
}
