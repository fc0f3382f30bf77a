import { writeFile } from "node:fs/promises";
import { messageOf } from "../datasets/errors.ts";
import { UsageError } from "./terminal.ts";

/** Writes what a command made. @throws UsageError where that cannot be done */
export async function writeMade(command: string, file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new UsageError(
      `${command}: ${file} cannot be written: ${messageOf(error)}; name a file in a folder that is there`,
    );
  }
}
