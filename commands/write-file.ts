import { access, constants, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { codeOf, messageOf, UsageError } from "../datasets/errors.ts";

const refusal = (command: string, file: string, error: unknown): UsageError =>
  new UsageError(`${command}: ${file} cannot be written: ${messageOf(error)}; name a file in a folder that is there`);

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

/** Writes a file of a command. @throws UsageError where that cannot be done */
export async function writeMade(command: string, file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: unknown) => {
    throw refusal(command, file, error);
  });
}
