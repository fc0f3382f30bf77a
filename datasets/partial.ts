import { createHash } from "node:crypto";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { codeOf } from "./errors.ts";

// Files that downloads have begun: `BLOB.HOST-PROCESS-NUMBER.incomplete` belongs to the process so named,
// `BLOB.….released.incomplete` to nobody; huggingface_hub's `BLOB.incomplete` has an owner that is not known.

/** Milliseconds without a byte written, after which a file counts as abandoned, whoever owns it. */
const longestSilence = 120_000;

let marks = 0;
const host = createHash("sha1").update(hostname()).digest("hex").slice(0, 8);

/** A mark that no other process, and no earlier call, has in its file names. */
export function ownMark(): string {
  return `${processMark()}-${marks++}`;
}

/**
 * Takes over what an earlier process left of this blob, if anything; the largest first. Of several that try, the rename
 * lets one succeed. Should the former owner be alive after all, no harm is done: it writes the same bytes at the same
 * places, and its own last rename fails.
 */
export async function claimAbandoned(blob: string, part: string): Promise<void> {
  const folder = dirname(blob);
  const names = (await readdir(folder)).filter(
    (name) => name.startsWith(`${basename(blob)}.`) && name.endsWith(".incomplete"),
  );
  const found = await Promise.all(
    names.map(async (name) => ({
      path: join(folder, name),
      state: await stat(join(folder, name)).catch(() => undefined),
    })),
  );
  const abandoned = found
    .filter(({ path, state }) => state !== undefined && isAbandoned(basename(path), Date.now() - state.mtimeMs))
    .sort((a, b) => (b.state?.size ?? 0) - (a.state?.size ?? 0));
  let claimed = false;
  for (const { path } of abandoned) {
    if (claimed) await rm(path, { force: true });
    else
      claimed = await rename(path, part).then(
        () => true,
        () => false,
      );
  }
}

/** Given up by its owner, or its owner is gone: no longer running on this computer, or silent for longer than allowed. */
function isAbandoned(name: string, silence: number): boolean {
  if (name.endsWith(".released.incomplete") || silence > longestSilence) return true;
  const owner = /\.([0-9a-f]{8}-\d+)-\d+\.incomplete$/.exec(name);
  return owner !== null && hasEnded(owner[1]);
}

/** What stands in the names of files that a process of this computer is writing: `HOST-PROCESS`. */
export const processMark = (): string => `${host}-${process.pid}`;

/** Whether a mark of `processMark` is that of a process of this computer that is no longer running. */
export function hasEnded(mark: string): boolean {
  const [owner, pid] = mark.split("-");
  return owner === host && !isRunning(Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** Leaves what has arrived, if it is still there, to whoever asks next. */
export async function release(part: string, blob: string): Promise<void> {
  await rename(part, `${blob}.${ownMark()}.released.incomplete`).catch(() => undefined);
}

/** Bytes of a file; 0 where there is none. */
export async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
