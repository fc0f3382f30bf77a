import type { HubSettings } from "./settings.ts";

/** Files that were read, by their repository (`datasets/ID@COMMIT`, `models/ID@COMMIT`), with the checksum of each. */
export type ReadFiles = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Notes the files of repositories that are read. */
export interface ReadRecorder {
  readonly hub: HubSettings;
  /** Returns what was read since it was last asked. */
  readonly take: () => ReadFiles;
}

/**
 * Makes settings by which the files of the Hub's repositories are noted as they are handed out to be read, each with the
 * checksum. Files of a folder and of the package are not among them: these have a revision that is
 * made of their contents.
 */
export function recordReads(hub: HubSettings): ReadRecorder {
  let read: [repository: string, path: string, checksum: string][] = [];
  return {
    hub: {
      ...hub,
      onRead: (file) => {
        const { kind, id, revision, path, etag } = file;
        read.push([`${kind}s/${id}@${revision}`, path, etag]);
        hub.onRead?.(file);
      },
    },
    take: () => {
      const taken = joinReads(read.map(([repository, path, checksum]) => ({ [repository]: { [path]: checksum } })));
      read = [];
      return taken;
    },
  };
}

const byName = <Value>(entries: Iterable<readonly [string, Value]>): Record<string, Value> =>
  Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));

/** Joins lists of files, in the order of their names. */
export function joinReads(lists: readonly ReadFiles[]): ReadFiles {
  const joined = new Map<string, Map<string, string>>();
  for (const [repository, files] of lists.flatMap((list) => Object.entries(list))) {
    const known = joined.get(repository) ?? new Map<string, string>();
    for (const [path, checksum] of Object.entries(files)) known.set(path, checksum);
    joined.set(repository, known);
  }
  return byName([...joined].map(([repository, files]) => [repository, byName(files)] as const));
}
