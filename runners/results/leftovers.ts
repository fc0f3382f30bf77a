import { randomUUID } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { hasEnded, processMark } from "../../datasets/partial.ts";

/** Matches `.NAME.HOST-PROCESS-UUID.tmp`; older versions wrote neither host nor process. */
const temporaryPattern = /^\..+\.(?:([0-9a-f]{8}-\d+)-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/** Seconds after which a temporary file has no writer any more: a write takes milliseconds. */
const abandonedAfter = 3600;

/** Makes a hidden, unique name for the file that becomes `name` once it is whole. */
export const temporaryName = (name: string): string => `.${name}.${processMark()}-${randomUUID()}.tmp`;

/** Tells whether a name is one of `temporaryName`. */
export const isTemporary = (name: string): boolean => temporaryPattern.test(name);

/**
 * Removes a temporary file or folder that nobody writes any more: one of a process of this computer that has ended, or one that is
 * an hour old.
 *
 * @param now Seconds since 1970.
 */
export async function removeAbandoned(folder: string, name: string, now: number): Promise<void> {
  const file = join(folder, name);
  const mark = temporaryPattern.exec(name)?.[1];
  try {
    const ended = mark !== undefined && hasEnded(mark);
    if (ended || now - (await stat(file)).mtimeMs / 1000 > abandonedAfter) await rm(file, { recursive: true });
  } catch {
    // Gone already, or not ours to remove; either way it is not read.
  }
}

/** Removes the temporary files that stopped programs left in a folder. */
export async function removeLeftovers(folder: string, now: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.filter(isTemporary).map((name) => removeAbandoned(folder, name, now)));
}
