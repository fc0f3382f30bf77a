import { messageOf, UsageError } from "../datasets/errors.ts";
import { limits } from "../datasets/limits.ts";
import { readSmallFile } from "../datasets/small-file.ts";

/**
 * Reads the file of texts that a command was given.
 * @throws UsageError where it cannot be read or is too large
 */
export async function readTexts(command: "embed" | "score", path: string): Promise<string> {
  try {
    return await readSmallFile(path, "it", limits.texts);
  } catch (error) {
    throw new UsageError(`${command}: ${path} cannot be read: ${messageOf(error)}`);
  }
}
