import { InputError } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { shown } from "../../datasets/shown.ts";
import { adaptersOf, loadsAdaptersItself, ownModuleOf } from "../architectures/index.ts";
import { adapterFile, type JsonReader, pathIn } from "./json-reader.ts";
import { type Lora, readLoras } from "./lora.ts";
import type { Module } from "./module.ts";
import { type TransformerTask, transformerSetup } from "./transformer-settings.ts";

type Json = Readonly<Record<string, unknown>>;

/** Names under which older versions of sentence-transformers stored a Transformer's settings. */
export const transformerSettings: readonly string[] = [
  "bert",
  "roberta",
  "distilbert",
  "camembert",
  "albert",
  "xlm-roberta",
  "xlnet",
].map((name) => `sentence_${name}_config.json`);

/** Reads a module of a class of the repository's own, where what it does is known; undefined for any other. */
export async function readOwnModule(
  snapshot: Snapshot,
  read: JsonReader,
  folder: string,
  type: string,
): Promise<Module[] | undefined> {
  const config = await read(pathIn(folder, "config.json"));
  const module = config && ownModuleOf(config);
  if (config === undefined || module?.type !== type) return undefined;
  if (await isThere(snapshot, pathIn(folder, adapterFile))) {
    throw new InputError(
      `model: ${snapshot.id} has ${shown(pathIn(folder, adapterFile))} beside the adapters of its own code, which knows no other; take it out of a copy`,
    );
  }
  const { strips, adaptersIn, pools } = module;
  const { names = [] } = adaptersOf(config) ?? {};
  const choice = adaptersIn === undefined ? undefined : await readLoras(read, pathIn(folder, adaptersIn), names);
  const transformer = await readTransformer(read, folder, config, { choice });
  const first = { ...transformer, ...(strips ? { strips } : {}) };
  if (pools === undefined) return [first];
  // Such code cuts texts where the config says, whatever the tokenizer says.
  const maxTokens = first.maxTokens ?? Number(config["max_position_embeddings"]);
  return [
    { ...first, maxTokens },
    { type: "Pooling", modes: [pools], includePrompt: true, last: true },
    { type: "Normalize" },
  ];
}

/** What is known of a Transformer besides its files. */
export interface Reading {
  /** True within a Router. */
  readonly routed?: boolean;
  readonly lora?: Lora | undefined;
  /** Adapters of which each batch has one. */
  readonly choice?: readonly Lora[] | undefined;
  /** As in `transformerSetup`; a bare model where absent. */
  readonly tasks?: readonly TransformerTask[];
  /** As in `transformerSetup`. */
  readonly roles?: boolean;
}

/** Reads a Transformer of a config and the settings beside it. */
export async function readTransformer(
  read: JsonReader,
  folder: string,
  config: Json,
  { routed, lora, choice, tasks, roles }: Reading,
): Promise<Extract<Module, { type: "Transformer" }>> {
  if (choice === undefined && loadsAdaptersItself(config)) {
    throw new InputError(
      `model: ${shown(pathIn(folder, "config.json"))} is of ${shown(config["model_type"])}, whose adapters only a module of the published code loads; expected a modules.json with custom_st.Transformer, and the code that auto_map names in the published one`,
    );
  }
  const [file, settings] = await readFirst(
    transformerSettings.map((name) => pathIn(folder, name)),
    read,
  );
  return {
    type: "Transformer",
    folder,
    ...transformerSetup(file, settings, config, {
      ...(routed && { routed }),
      ...(tasks && { tasks }),
      ...(roles && { roles }),
    }),
    ...(lora && { lora }),
    ...(choice && { choice }),
  };
}

/**
 * Tells whether a file is there that hardly any repository has, and that only refuses one. A cache that may hold only
 * some files is not asked about it: it would be refused for the sake of a file that does not exist.
 */
export const isThere = async (snapshot: Snapshot, path: string): Promise<boolean> =>
  (await snapshot.files()).includes(path);

/** Reads the first of some files that is there; the others do not count, and are not looked for. */
async function readFirst(paths: readonly string[], read: JsonReader): Promise<[string, Record<string, unknown>]> {
  for (const path of paths) {
    const found = await read(path);
    if (found !== undefined) return [path, found];
  }
  return [paths[0], {}];
}
