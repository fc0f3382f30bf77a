import { randomUUID } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { hasEnded, processMark } from "../../datasets/partial.ts";

/** A name, after `.NAME.HOST-PROCESS-UUID.tmp`; without host and process in versions before. */
const temporaryPattern = /^\..+\.(?:([0-9a-f]{8}-\d+)-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/** Seconds after which a temporary file has no writer any more, whoever it was: a write takes milliseconds. */
const abandonedAfter = 3600;

/** Name of the file that becomes `name` once it is whole. Hidden, and no other call's. */
export const temporaryName = (name: string): string => `.${name}.${processMark()}-${randomUUID()}.tmp`;

/** Whether a name is one of `temporaryName`. */
export const isTemporary = (name: string): boolean => temporaryPattern.test(name);

/**
 * Removes a temporary file that nobody writes any more: one of a process of this computer that has ended, or one that is
 * an hour old.
 *
 * @param now Seconds since 1970.
 */
export async function removeAbandoned(folder: string, name: string, now: number): Promise<void> {
  const file = join(folder, name);
  const mark = temporaryPattern.exec(name)?.[1];
  try {
    const ended = mark !== undefined && hasEnded(mark);
    if (ended || now - (await stat(file)).mtimeMs / 1000 > abandonedAfter) await rm(file);
  } catch {
    // Gone already, or not ours to remove; either way it is not read.
  }
}

/** Removes what stopped programs left of files that they were writing into a folder. */
export async function removeLeftovers(folder: string, now: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.filter(isTemporary).map((name) => removeAbandoned(folder, name, now)));
}
