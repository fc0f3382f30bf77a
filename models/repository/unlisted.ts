/** Repositories that list no modules: of their settings sentence-transformers reads none (6.2, `base/model.py`). */
import type { Snapshot } from "../../datasets/hub.ts";
import { type JsonReader, jsonReader, modulesFile } from "./json-reader.ts";
import { settingsFile } from "./kind.ts";
import type { Module } from "./module.ts";
import { transformerSettings } from "./transformer-module.ts";

const unread: readonly string[] = [settingsFile, ...transformerSettings];

/**
 * Returns what reads a repository's settings, to which those are missing that are not read of a repository without
 * `modules.json`.
 * @param keys As in `jsonReader`.
 */
export async function settingsReader(snapshot: Snapshot, keys?: Map<string, readonly string[]>): Promise<JsonReader> {
  const read = jsonReader(snapshot, keys);
  if (await snapshot.has(modulesFile)) return read;
  return async (path) => (unread.includes(path) ? undefined : read(path));
}

/** Returns a line on the settings that are there and not read; of ColBERT's own repositories, which list no modules, they are. */
export async function unreadLines(snapshot: Snapshot, modules: readonly Module[]): Promise<string[]> {
  if (modules.some((module) => module.type === "Transformer" && module.head?.kind === "projection")) return [];
  const files = (await snapshot.files()).filter((file) => unread.includes(file));
  if (files.length === 0 || (await snapshot.has(modulesFile))) return [];
  return [
    `model: ${snapshot.id} has no ${modulesFile}, without which sentence-transformers does not read ${[...files].sort().join(", ")}; nor is it read here`,
  ];
}
