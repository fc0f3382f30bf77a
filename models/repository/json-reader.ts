import { isRecord, parseDocument } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { limits } from "../../datasets/limits.ts";
import { shown } from "../../datasets/shown.ts";
import { readSmallFile } from "../../datasets/small-file.ts";

/** Reads a JSON file of a repository; undefined where there is no such file. */
export type JsonReader = (path: string) => Promise<Record<string, unknown> | undefined>;

/** File that lists the modules of a model; the only one that is no object. */
export const modulesFile = "modules.json";

/** File that describes an adapter. */
export const adapterFile = "adapter_config.json";

/** Returns the path of a file in a folder of a repository, whose own folder is "". */
export const pathIn = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);

/** Reads a file that a module of the type needs. @throws InputError where there is no such file */
export async function readNeeded(
  { id }: Snapshot,
  read: JsonReader,
  path: string,
  type: string,
): Promise<Record<string, unknown>> {
  const found = await read(path);
  if (found !== undefined) return found;
  throw new InputError(`model: ${id} has no ${shown(path)}, which its module ${shown(type)} needs`);
}

/**
 * Returns what reads a repository's settings; throws InputError for a file that holds none.
 * @param keys Is given the first-level keys of each object that is read, by its path.
 */
export function jsonReader(snapshot: Snapshot, keys?: Map<string, readonly string[]>): JsonReader {
  return async (path) => {
    if (!(await snapshot.has(path))) return undefined;
    const subject = `model: ${snapshot.id}/${shown(path)}`;
    const text = await readSmallFile(await snapshot.resolve(path), subject, limits.config);
    const value = parseDocument(text, subject, (reason) => new InputError(`${subject} is not valid JSON: ${reason}`));
    if (!isRecord(value) && path !== modulesFile) {
      throw new InputError(`${subject} is ${shown(value)}; expected an object with settings`);
    }
    if (isRecord(value)) keys?.set(path, Object.keys(value));
    return value as Record<string, unknown>;
  };
}

/**
 * Reads the config in a repository's own folder, and nothing else of it.
 * @throws InputError when the file is damaged
 */
export const readConfig = (snapshot: Snapshot): Promise<Readonly<Record<string, unknown>> | undefined> =>
  jsonReader(snapshot)("config.json");
