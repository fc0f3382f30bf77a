import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../datasets/errors.ts";

/** Tells whether a name can be that of one file or folder on this system, which stays where it is put. */
export const isPlainName = (name: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are refused
  name !== "" && !name.startsWith(".") && !/[/\\\u0000-\u001f]/.test(name);

/** Characters that NTFS or uploads of artifacts refuse, ends that Windows drops, and a beginning that hides a file. */
const forbidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[<>:"/\\|?*\u0000-\u001f\u007f\p{Surrogate}]|^\.|[. ](?=[. ]*$)/gu;

/** Names that stand for devices on Windows, whatever follows behind a dot. */
const devices = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\.|$)/i;

/** Bytes of a name to which `.samples.parquet` and the mark of a file that is being written (60) can be added. */
const mostBytes = 175;
const keptCharacters = 40;

/**
 * Returns the name of a task, model or revision as every file system takes it: itself where that is so, as for all of
 * mteb's. Elsewhere `_` stands for what no file can have, and eight digits of the name's SHA-256 tell it from its likes.
 *
 * @throws InputError for an empty name
 */
export function fileName(name: string, what: string): string {
  if (name === "")
    throw new InputError(`results: the ${what} has no name; expected one that can name a file or folder`);
  const written = name.slice(0, mostBytes + 1).replace(forbidden, "_");
  const isDevice = devices.test(name);
  if (written === name && !isDevice && Buffer.byteLength(name) <= mostBytes) return name;
  const kept = Array.from(written).slice(0, keptCharacters).join("");
  return `${isDevice ? "_" : ""}${kept}-${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
}

/**
 * Returns the name in a folder for what `called` names, `decorate` adding its endings. One that was stored before names
 * were made safe keeps the name that it has.
 */
export function nameIn(
  folder: string,
  called: string,
  what: string,
  decorate = (name: string): string => name,
): string {
  const [safe, old] = [decorate(fileName(called, what)), decorate(called)];
  return safe !== old && isPlainName(called) && existsSync(join(folder, old)) ? old : safe;
}
