import type { HubSettings } from "./settings.ts";

/** Files that were read, by their repository (`datasets/ID@COMMIT`, `models/ID@COMMIT`), with the checksum of each. */
export type ReadFiles = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Notes the files of repositories that are read. */
export interface ReadRecorder {
  readonly hub: HubSettings;
  /** Returns what was read since it was last asked. Throws where a checksum could not be computed. */
  readonly take: () => Promise<ReadFiles>;
}

/**
 * Makes settings by which the files of the Hub's repositories are noted as they are handed out to be read, each with the
 * checksum. Files of a folder and of the package are not among them: these have a revision that is
 * made of their contents.
 */
export function recordReads(hub: HubSettings): ReadRecorder {
  let read: [repository: string, path: string, checksum: Promise<string>][] = [];
  return {
    hub: {
      ...hub,
      onRead: (file) => {
        const { kind, id, revision, path, etag } = file;
        const checksum = Promise.resolve(etag);
        // One that fails is told when it is asked for, if it still is.
        checksum.catch(() => undefined);
        read.push([`${kind}s/${id}@${revision}`, path, checksum]);
        hub.onRead?.(file);
      },
    },
    take: async () => {
      const taken = read;
      read = [];
      return joinReads(
        await Promise.all(
          taken.map(async ([repository, path, checksum]) => ({ [repository]: { [path]: await checksum } })),
        ),
      );
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
