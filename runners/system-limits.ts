import { readFileSync } from "node:fs";
import { InputError } from "../datasets/errors.ts";

const gibi = 2 ** 30;

/** Measured: the program's files are opened together, and V8 starts two threads with 2.4 GiB of addresses. */
const needs = { files: 256, addresses: 4 * gibi };

/** Returns the soft limit in a line of /proc/PID/limits; infinite where there is none. */
const limitIn = (text: string, name: string): number =>
  Number(new RegExp(`^${name} +(\\d+) `, "m").exec(text)?.[1] ?? Number.POSITIVE_INFINITY);

/**
 * Tells what the system's limits lack, as a message with the way out; undefined where they suffice.
 *
 * @param text Contents of /proc/self/limits.
 */
export function lackIn(text: string): string | undefined {
  const { files, addresses } = needs;
  const openFiles = limitIn(text, "Max open files");
  if (openFiles < files) {
    return `system: a process may have ${openFiles} files open here, ${files} are needed; allow more with: ulimit -n 1024`;
  }
  const space = limitIn(text, "Max address space");
  if (space < addresses) {
    return (
      `system: a process may have ${(space / gibi).toFixed(1)} GiB of addresses here (ulimit -v), ${addresses / gibi} GiB ` +
      "are needed, most of which are never filled; lift the limit with: ulimit -v unlimited, and bound memory by a " +
      "control group (systemd-run --user --scope -p MemoryMax=8G …, docker run --memory 8g …)"
    );
  }
  return undefined;
}

/** Checks the limits of this process, where the system tells them. @throws InputError where they do not suffice */
export function requireLimits(): void {
  let text: string;
  try {
    text = readFileSync("/proc/self/limits", "utf8");
  } catch {
    return;
  }
  const lack = lackIn(text);
  if (lack !== undefined) throw new InputError(lack);
}
