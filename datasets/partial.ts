import { createHash } from "node:crypto";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { codeOf } from "./errors.ts";

// Downloads write `BLOB.HOST-PROCESS-NUMBER.incomplete`, which belongs to the process in its name, and leave
// `BLOB.….released.incomplete`, which belongs to nobody; the owner of huggingface_hub's `BLOB.incomplete` is unknown.

/** Milliseconds without a byte written after which a file counts as abandoned, whoever owns it. */
const longestSilence = 120_000;

let marks = 0;
const host = createHash("sha1").update(hostname()).digest("hex").slice(0, 8);

/** Makes a mark for file names that no other process and no earlier call has. */
export function ownMark(): string {
  return `${processMark()}-${marks++}`;
}

/**
 * Lets something write a file under a name of this call's own, which then takes the place of `path`: a reader finds the
 * old file or the new one, never a part of either.
 */
export async function replaceFile(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${ownMark()}`;
  try {
    await write(temporary);
    await rename(temporary, path);
  } catch (error) {
    // One that cannot be removed stays; why the file could not be written is what has to be told.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * Renames to `part` the largest file that an earlier process left of this blob, if there is one, and removes the
 * others. The rename succeeds for one of several processes that try it. A former owner that is still alive does no
 * harm: it writes the same bytes at the same places, and its own last rename fails.
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

/** Tells whether a file was given up by its owner, has not grown for too long, or has an owner that has ended. */
function isAbandoned(name: string, silence: number): boolean {
  if (name.endsWith(".released.incomplete") || silence > longestSilence) return true;
  const owner = /\.([0-9a-f]{8}-\d+)-\d+\.incomplete$/.exec(name);
  return owner !== null && hasEnded(owner[1]);
}

/** Returns the mark of this process, `HOST-PROCESS`, for the names of files that it writes. */
export const processMark = (): string => `${host}-${process.pid}`;

/** Tells whether a mark of `processMark` is that of a process of this computer that has ended. */
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

/** Leaves the bytes that arrived, if they are still there, to the next process that asks. */
export async function release(part: string, blob: string): Promise<void> {
  await rename(part, `${blob}.${ownMark()}.released.incomplete`).catch(() => undefined);
}

/** Returns the bytes of a file; 0 where there is none. */
export async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
