import { InputError, UsageError } from "../datasets/errors.ts";
import { whyUnread } from "../datasets/folder.ts";
import { limits } from "../datasets/limits.ts";
import { readSmallFile } from "../datasets/small-file.ts";
import type { Terminal } from "./terminal.ts";

/** What a command was given to read, and its name for messages. */
export interface Input {
  readonly content: string;
  readonly source: string;
}

/**
 * Reads the file that a command was given, or standard input where none is named, or `-`.
 * @throws UsageError where it cannot be read, is too large, or is not UTF-8
 */
export async function readInput(
  command: "embed" | "score",
  path: string | undefined,
  { readInput: readAll, ask, err }: Pick<Terminal, "readInput" | "ask" | "err">,
): Promise<Input> {
  if (path !== undefined && path !== "-") {
    const content = await readSmallFile(path, "it", limits.texts).catch(async (error: unknown) => {
      throw new UsageError(`${command}: ${await whyUnread(path, error)}`);
    });
    return { content, source: path };
  }
  // Whoever is at a terminal would wait for an answer.
  if (ask !== undefined) err(`${command}: reading standard input, to its end (Ctrl-D)\n`);
  const content = await readAll().catch((error: unknown) => {
    throw error instanceof InputError ? new UsageError(`${command}: ${error.message}`) : error;
  });
  return { content, source: "standard input" };
}
