import { join } from "node:path";
import { isListedFile, type ListedFile, writeWhole } from "./cache.ts";
import { isRecord } from "./document.ts";
import { limits } from "./limits.ts";
import { readSmallFile } from "./small-file.ts";

// A commit's list of files never changes. Keeping it saves the requests that opening a pinned revision would need, and
// tells a complete snapshot from one of which only some files were fetched. huggingface_hub passes over the folder; it
// keeps a list of its own, in trees/, where a whole repository was downloaded.

/** The lists of version 1, which had none, may end with the first page. */
const version = 2;

const ownPath = (folder: string, commit: string): string => join(folder, "listings", `${commit}.json`);
const treePath = (folder: string, commit: string): string => join(folder, "trees", `${commit}.json`);

/** Reads the list of a commit's files as we or huggingface_hub keep it; undefined where there is none. */
export async function readListing(folder: string, commit: string): Promise<readonly ListedFile[] | undefined> {
  const own = await readJson(ownPath(folder, commit));
  if (isRecord(own) && own["version"] === version && isListing(own["files"])) return own["files"];
  const tree = await readJson(treePath(folder, commit));
  if (!isRecord(tree) || tree["format_version"] !== 1 || !isRecord(tree["files"])) return undefined;
  const files = Object.entries(tree["files"]).map(([path, entry]) => fromTree(path, isRecord(entry) ? entry : {}));
  return isListing(files) ? files : undefined;
}

const isListing = (value: unknown): value is ListedFile[] => Array.isArray(value) && value.every(isListedFile);

/** Turns an entry of trees/COMMIT.json (`_tree_cache.py` of huggingface_hub 1.33) into one of ours. */
function fromTree(path: string, { size, blob_id, lfs_size, lfs_sha256 }: Record<string, unknown>): unknown {
  return { path, size: lfs_size ?? size, etag: lfs_sha256 ?? blob_id };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readSmallFile(path, "a list of files", limits.listing));
  } catch {
    return undefined;
  }
}

/** Keeps the list of a commit's files, where the cache folder can be written to. */
export async function writeListing(folder: string, commit: string, files: readonly ListedFile[]): Promise<void> {
  await writeWhole(ownPath(folder, commit), JSON.stringify({ version, files })).catch(() => undefined);
}
