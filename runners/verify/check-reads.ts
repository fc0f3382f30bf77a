import { digestOf } from "../../datasets/checked.ts";
import { InputError } from "../../datasets/errors.ts";
import { openSnapshot } from "../../datasets/hub.ts";
import type { ReadFiles } from "../../datasets/read-files.ts";
import type { HubSettings } from "../../datasets/settings.ts";

/** What became of the files that a run had read. */
export interface ReadsCheck {
  /** Files that are here, with the checksums that they had. */
  readonly same: number;
  /** Files that are here, with other ones. */
  readonly other: readonly { readonly file: string; readonly recorded: string; readonly found: string }[];
  /** Repositories of which a file cannot be had, with the reason. */
  readonly missing: readonly { readonly repository: string; readonly reason: string }[];
}

/** Parts `datasets/ID@COMMIT`. */
function partsOf(repository: string) {
  const [, kind, id = "", revision = ""] = /^(dataset|model)s\/(.+)@([^@]+)$/.exec(repository) ?? [];
  return kind === "dataset" || kind === "model" ? ({ kind, id, revision } as const) : undefined;
}

/**
 * Computes the checksums of the files that a run read anew, from those that are here or can be fetched.
 * @throws the signal's reason once it aborts
 */
export async function checkReads(read: ReadFiles, hub: HubSettings): Promise<ReadsCheck> {
  let same = 0;
  const other: ReadsCheck["other"][number][] = [];
  const missing: ReadsCheck["missing"][number][] = [];
  for (const [repository, files] of Object.entries(read)) {
    try {
      const source = partsOf(repository);
      if (source === undefined) throw new InputError(`${repository} names no repository at a commit`);
      const snapshot = await openSnapshot(source, hub);
      for (const [path, recorded] of Object.entries(files)) {
        const found = await digestOf(await snapshot.resolve(path), recorded, hub.signal);
        if (found === recorded) same += 1;
        else other.push({ file: `${repository}/${path}`, recorded, found });
      }
    } catch (error) {
      hub.signal?.throwIfAborted();
      if (!(error instanceof InputError)) throw error;
      missing.push({ repository, reason: error.message });
    }
  }
  return { same, other, missing };
}
