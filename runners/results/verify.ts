import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { InputError } from "../../datasets/errors.ts";
import type { SkippedFile } from "./listing.ts";
import { type ResultReading, readResults } from "./read-results.ts";
import { readSamples, samplesFile } from "./samples-file.ts";
import { isSealed } from "./seal.ts";

/** What was found of stored results. */
export interface ResultCheck {
  readonly results: number;
  /** Results that have no checksum: those of mteb and of older versions. */
  readonly unsealed: number;
  /** Files of samples beside them. */
  readonly samples: number;
  readonly damaged: readonly SkippedFile[];
}

/**
 * Reads all results of some folders, and their samples, as every command does that takes them.
 *
 * @throws InputError where a folder does not exist
 */
export async function verifyResults(folders: readonly string[], reading: ResultReading): Promise<ResultCheck> {
  const { results, skipped } = await readResults(folders, reading);
  const damaged = [...skipped];
  let [unsealed, samples] = [0, 0];
  for (const { file, result } of results) {
    reading.signal?.throwIfAborted();
    if (!isSealed(await readFile(file, "utf8"))) unsealed++;
    const beside = samplesFile(dirname(file), result.task);
    try {
      if ((await readSamples(beside)) !== undefined) samples++;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      damaged.push({ file: beside, reason: error.message.replace(`samples: ${beside}: `, "") });
    }
  }
  return { results: results.length, unsealed, samples, damaged };
}
