import { createHash } from "node:crypto";
import { isRecord } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import { jsonPieces } from "./json.ts";

// A result file of ours has a checksum over all that it says, as the last key of `pramana_run`, where mteb passes over it.
// It is of keys and values, not of text: a file that was only laid out anew is the same result.

/** The key in `pramana_run`. */
const key = "sha256";

type File = Readonly<Record<string, unknown>>;

/** Computes the SHA-256, in hexadecimal, of a file's keys and values in their order; without the checksum itself. */
function checksumOf(file: File, { [key]: _seal, ...run }: File): string {
  const hash = createHash("sha256");
  for (const piece of jsonPieces({ ...file, pramana_run: run }, 0)) hash.update(piece);
  return hash.digest("hex");
}

/** Adds its checksum to a result file that says what ran. */
export function sealed(file: File): File {
  const run = file["pramana_run"];
  return isRecord(run) ? { ...file, pramana_run: { ...run, [key]: checksumOf(file, run) } } : file;
}

/** Tells whether the text of a result file has a checksum. */
export const isSealed = (text: string): boolean => new RegExp(`"${key}": *"[0-9a-f]{64}"`).test(text);

/**
 * Returns the JSON of a result file if it is as it was stored. Files without a checksum, of mteb and of older versions,
 * are taken as they are.
 *
 * @param source What an error message calls the file.
 * @throws InputError for one that was edited or damaged
 */
export function requireSeal(data: unknown, source: string): unknown {
  const run = isRecord(data) ? data["pramana_run"] : undefined;
  if (!isRecord(data) || !isRecord(run) || run[key] === undefined || run[key] === checksumOf(data, run)) return data;
  throw new InputError(
    `${source}: edited or damaged: the checksum in pramana_run is not that of its contents; put the file back as it was ` +
      "stored, or run the task again",
  );
}
