import { isRecord, parseDocument } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { limits } from "../../datasets/limits.ts";
import { shown } from "../../datasets/shown.ts";
import { readSmallFile } from "../../datasets/small-file.ts";

/** File that lists the modules of a model; the only one that is no object. */
export const modulesFile = "modules.json";

export type JsonReader = (path: string) => Promise<Record<string, unknown> | undefined>;

/** Reads JSON files of the repository; undefined where there is no such file. */
export function jsonReader(snapshot: Snapshot): JsonReader {
  return async (path) => {
    if (!(await snapshot.has(path))) return undefined;
    const subject = `model: ${snapshot.id}/${shown(path)}`;
    const text = await readSmallFile(await snapshot.resolve(path), subject, limits.config);
    const value = parseDocument(text, subject, (reason) => new InputError(`${subject} is not valid JSON: ${reason}`));
    if (isRecord(value) || path === modulesFile) return value as Record<string, unknown>;
    throw new InputError(`${subject} is ${shown(value)}; expected an object with settings`);
  };
}
