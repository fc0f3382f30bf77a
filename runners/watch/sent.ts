import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isRecord } from "../../datasets/document.ts";
import { codeOf, InputError, messageOf } from "../../datasets/errors.ts";
import { appendLine, type WatchEntry } from "./history.ts";

/** Name of the record of what was sent, beside the history. */
export const sentFile = "watch-sent.jsonl";

/** Characters of a hash that tells entries, or places that something is sent to, apart. */
const hashLength = 16;

const hashOf = (...texts: readonly (string | number)[]): string =>
  createHash("sha256").update(texts.join("\0")).digest("hex").slice(0, hashLength);

/** Names an entry of the history: another one where a checkpoint was evaluated again. */
export const idOf = ({ name, revision, settings, date }: WatchEntry): string => hashOf(name, revision, settings, date);

/** Names a place that something is sent to without saying it, as addresses may hold secrets. */
export const placeId = (kind: string, place: string): string => `${kind} ${hashOf(place)}`;

/** What was sent where: `PLACE ENTRY`. */
export type Sent = ReadonlySet<string>;

const lineOf = (line: string): string[] => {
  try {
    const read: unknown = JSON.parse(line);
    return isRecord(read) && typeof read["to"] === "string" && typeof read["entry"] === "string"
      ? [`${read["to"]} ${read["entry"]}`]
      : [];
  } catch {
    return [];
  }
};

/**
 * Reads what was sent; nothing where there is no file. Lines that cannot be read do not count, so that something is sent
 * again rather than never.
 * @throws InputError where the file cannot be read
 */
export async function readSent(file: string): Promise<Sent> {
  try {
    return new Set((await readFile(file, "utf8")).split("\n").flatMap(lineOf));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return new Set();
    throw new InputError(`watch: ${file} cannot be read: ${messageOf(error)}; choose another folder of results`);
  }
}

/** Notes that an entry was sent to a place. @throws StoreError where that cannot be written */
export const noteSent = (file: string, to: string, entry: WatchEntry): Promise<void> =>
  appendLine(file, { to, entry: idOf(entry), checkpoint: entry.name });

/** Tells whether an entry was sent to a place. */
export const wasSent = (sent: Sent, to: string, entry: WatchEntry): boolean => sent.has(`${to} ${idOf(entry)}`);
