import { access, chmod, constants, lstat, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { codeOf, full, messageOf, UsageError } from "../datasets/errors.ts";
import { replaceFile } from "../datasets/partial.ts";

const unwritable = ["EACCES", "EPERM", "EROFS"];

function refusal(command: string, file: string, error: unknown): UsageError {
  const code = codeOf(error);
  const place = unwritable.includes(code) ? "can be written to" : "is there";
  const way = full.includes(code)
    ? "make room there, or name a file elsewhere"
    : `name a file in a folder that ${place}`;
  return new UsageError(`${command}: ${file} cannot be written: ${messageOf(error)}; ${way}`);
}

/** Checks, before the work for it is done, that a file can be written; makes nothing. @throws UsageError if not */
export async function requireWritableFile(command: string, file: string): Promise<void> {
  try {
    const found = await stat(file).catch((error: unknown) => {
      if (codeOf(error) !== "ENOENT") throw error;
    });
    if (found?.isDirectory()) throw new Error("it is a folder");
    if (found) await access(file, constants.W_OK);
    else await access(dirname(resolve(file)), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw refusal(command, file, error);
  }
}

/** Writes a file of a command; an older one stays whole until the new one is. @throws UsageError where that cannot be done */
export const writeMade = (command: string, file: string, text: string): Promise<void> =>
  replaceMade(command, file, (path) => writeFile(path, text));

/**
 * Lets something write a file of a command under a name for the time being, which then becomes the file's; what fails half
 * way leaves an older file as it was, and none where there was none.
 *
 * @throws UsageError where the file cannot be written, and what is thrown meanwhile
 */
export async function replaceMade(
  command: string,
  file: string,
  write: (path: string) => Promise<void>,
): Promise<void> {
  try {
    const mode = await replaceable(file);
    if (mode === undefined) return await write(file);
    await replaceFile(file, async (temporary) => {
      await write(temporary);
      if (mode !== "new") await chmod(temporary, mode);
    });
  } catch (error) {
    throw error instanceof Error && "syscall" in error ? refusal(command, file, error) : error;
  }
}

/**
 * Returns the permissions of a file that another may take the place of, "new" where there is none; undefined for devices,
 * pipes, links and files in folders that take no new ones, which are written where they are.
 */
async function replaceable(file: string): Promise<number | "new" | undefined> {
  const found = await lstat(file).catch((error: unknown) => {
    if (codeOf(error) !== "ENOENT") throw error;
  });
  if (found === undefined) return "new";
  if (!found.isFile() || found.nlink > 1) return undefined;
  const isOpen = await access(dirname(resolve(file)), constants.W_OK).then(
    () => true,
    () => false,
  );
  return isOpen ? found.mode & 0o7777 : undefined;
}
