import { posix } from "node:path";
import { z } from "zod";
import { InputError } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { limits } from "../../datasets/limits.ts";
import { shown } from "../../datasets/shown.ts";
import type { Similarity } from "../encoder.ts";
import { type PoolingMode, poolingModes } from "../graph/pooling.ts";
import { describeFaults, parseConfig } from "./config.ts";
import { type JsonReader, jsonReader } from "./json-reader.ts";
import { type TransformerSetup, transformerSetup } from "./transformer-settings.ts";

/** A module of a sentence-transformers model; `folder` holds its weights, relative to the repository. */
export type Module =
  | ({ readonly type: "Transformer"; readonly folder: string } & TransformerSetup)
  | { readonly type: "StaticEmbedding"; readonly folder: string }
  | { readonly type: "Pooling"; readonly modes: readonly PoolingMode[]; readonly includePrompt: boolean }
  | {
      readonly type: "Dense";
      readonly folder: string;
      readonly inputs: number;
      readonly outputs: number;
      readonly bias: boolean;
      /** Dotted name of the PyTorch class. */
      readonly activation: string;
      /** Its input: the tokens, before pooling, or the pooled vector. */
      readonly on: "token_embeddings" | "sentence_embedding";
    }
  | { readonly type: "LayerNorm"; readonly folder: string; readonly dims: number }
  | { readonly type: "Normalize" }
  /** Keeps the first values of a vector, at most `dims`. */
  | { readonly type: "Truncate"; readonly dims: number };

/** Description of a model in its sentence-transformers repository. */
export interface ModelSpec {
  readonly modules: readonly Module[];
  /** Texts put before an input, by name. */
  readonly prompts: Readonly<Record<string, string>>;
  /** Name of the prompt that applies where none is asked for. */
  readonly defaultPromptName: string | null;
  readonly similarity: Similarity;
  /** First-level keys of the JSON objects that were read, by file; they are all honoured, but for those of `config.json`. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
}

/** Returns a folder as the repository's files are listed: "" for itself, which model2vec writes as ".". */
const plainFolder = (path: string): string => posix.normalize(`${path}/`).slice(0, -1).replace(/^\.$/, "");

/** Most modules of a model; real ones have four. */
const mostModules = 100;
const settingsFile = "config_sentence_transformers.json";
/** Classes of sentence-transformers itself, in the spellings of all its versions. */
const ownClass = /^sentence_transformers\.(models|(base|sentence_transformer)\.modules)\./;
const modulesSchema = z
  .array(
    z.strictObject({
      path: z.string().transform(plainFolder),
      type: z.string(),
      idx: z.int().optional(),
      name: z.string().optional(),
      kwargs: z.tuple([]).nullish(),
    }),
  )
  .min(1)
  .max(mostModules);
const settingsSchema = z.strictObject({
  // A prompt that is null puts nothing before a text.
  prompts: z
    .record(
      z.string(),
      z
        .string()
        .nullable()
        .transform((prompt) => prompt ?? ""),
    )
    .nullish(),
  default_prompt_name: z.string().nullish(),
  similarity_fn_name: z.enum(["cosine", "dot", "euclidean", "manhattan"]).nullish(),
  truncate_dim: z.int().positive().nullish(),
  model_type: z.literal("SentenceTransformer").optional(),
  // Of the program that wrote the file, and of those that may read it.
  __version__: z.unknown().optional(),
  requirements: z.unknown().optional(),
});
const denseSchema = z.strictObject({
  in_features: z.int().positive().max(limits.width),
  out_features: z.int().positive().max(limits.width),
  bias: z.boolean().default(true),
  activation_function: z.string().default("torch.nn.modules.activation.Tanh"),
  module_input_name: z.enum(["sentence_embedding", "token_embeddings"]).default("sentence_embedding"),
  module_output_name: z.string().nullish(),
  use_residual: z.literal(false).optional(),
});
const layerNormSchema = z.strictObject({ dimension: z.int().positive().max(limits.width) });
const vectorName = z.literal("sentence_embedding").nullish();
const normalizeSchema = z.strictObject({ module_input_name: vectorName, module_output_name: vectorName });

/** Names under which older versions of sentence-transformers stored a Transformer's settings. */
const transformerSettings = ["bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet"].map(
  (name) => `sentence_${name}_config.json`,
);

/** Pooling modes by their older spelling, a flag for each. */
const poolingFlags: Readonly<Record<string, PoolingMode>> = {
  pooling_mode_cls_token: "cls",
  pooling_mode_max_tokens: "max",
  pooling_mode_mean_tokens: "mean",
  pooling_mode_mean_sqrt_len_tokens: "mean_sqrt_len_tokens",
  pooling_mode_weightedmean_tokens: "weightedmean",
  pooling_mode_lasttoken: "lasttoken",
};
const poolingSchema = z.strictObject({
  pooling_mode: z.union([z.enum(poolingModes), z.array(z.enum(poolingModes))]).optional(),
  include_prompt: z.boolean().default(true),
  embedding_dimension: z.int().nullish(),
  word_embedding_dimension: z.int().nullish(),
  ...Object.fromEntries(Object.keys(poolingFlags).map((flag) => [flag, z.boolean().optional()])),
});

/**
 * Reads the description of a model. A transformers repository without `modules.json` gets mean pooling, a causal
 * language model the last token's embedding, as in sentence-transformers.
 * @throws InputError when a file is missing or damaged, or a module is of an unknown kind
 */
export async function readRepository(snapshot: Snapshot): Promise<ModelSpec> {
  const keys = new Map<string, readonly string[]>();
  const reader = jsonReader(snapshot, keys);
  const modules = await readModules(snapshot, reader);
  const { dims, ...settings } = await readSettings(reader);
  return { modules: dims ? [...modules, { type: "Truncate", dims }] : modules, ...settings, keys };
}

/**
 * Reads the config in a repository's own folder, and nothing else of it.
 * @throws InputError when the file is damaged
 */
export const readConfig = (snapshot: Snapshot): Promise<Readonly<Record<string, unknown>> | undefined> =>
  jsonReader(snapshot)("config.json");

/**
 * Reads a repository's prompts, and nothing else of it.
 * @throws InputError when the file is damaged
 */
export async function readPrompts(snapshot: Snapshot): Promise<Pick<ModelSpec, "prompts" | "defaultPromptName">> {
  return readSettings(jsonReader(snapshot));
}

/** Reads what holds for the model as a whole; `dims` are the first values that are kept of a vector. */
async function readSettings(read: JsonReader): Promise<Omit<ModelSpec, "modules" | "keys"> & { dims?: number | null }> {
  const file = (await read(settingsFile)) ?? {};
  const settings = parseConfig(settingsFile, settingsSchema, file);
  return {
    dims: settings.truncate_dim ?? null,
    prompts: settings.prompts ?? {},
    defaultPromptName: settings.default_prompt_name ?? null,
    similarity: settings.similarity_fn_name ?? "cosine",
  };
}

async function readModules(snapshot: Snapshot, read: JsonReader): Promise<Module[]> {
  const listed = await read("modules.json");
  if (listed !== undefined) {
    const parsed = modulesSchema.safeParse(listed);
    if (!parsed.success) {
      const faults = describeFaults(parsed.error, listed);
      throw new InputError(`model: ${snapshot.id}/modules.json is not a list of modules with path and type: ${faults}`);
    }
    return (await Promise.all(parsed.data.map(({ path, type }) => readModule(snapshot, read, path, type)))).flat();
  }
  const config = await read("config.json");
  if (config === undefined) {
    const files = (await snapshot.files()).slice(0, 8).join(", ") || "none";
    throw new InputError(`model: ${snapshot.id} has neither modules.json nor config.json; its files: ${files}`);
  }
  const architectures: unknown = config["architectures"];
  const [first]: unknown[] = Array.isArray(architectures) ? architectures : [];
  const causal = typeof first === "string" && first.endsWith("ForCausalLM");
  const pooling: Module = { type: "Pooling", modes: [causal ? "lasttoken" : "mean"], includePrompt: true };
  const transformer = await readTransformer(snapshot, read, "", config);
  const messages = (await hasChatTemplate(snapshot, read)) ? ({ messages: "auto" } as const) : {};
  return [{ ...transformer, ...messages }, pooling];
}

/** Tells whether a repository has a chat template, into which sentence-transformers puts texts if it did not save it. */
async function hasChatTemplate(snapshot: Snapshot, read: JsonReader): Promise<boolean> {
  const isTemplate = (path: string): boolean => /^(chat_template\.jinja$|additional_chat_templates\/)/.test(path);
  const stored = (await read("tokenizer_config.json"))?.["chat_template"] ?? null;
  return stored !== null || (await snapshot.files()).some(isTemplate);
}

const known = ["Transformer", "StaticEmbedding", "Pooling", "Dense", "LayerNorm", "Normalize", "Dropout"];

async function readModule(snapshot: Snapshot, read: JsonReader, folder: string, type: string): Promise<Module[]> {
  const kind = type.split(".").at(-1);
  if (known.includes(kind ?? "") && !ownClass.test(type)) {
    throw new InputError(
      `model: ${snapshot.id}/modules.json has a module of the type ${shown(type)}, whose code is not run; read are those of sentence_transformers: ${known.join(", ")}`,
    );
  }
  const path = folder === "" ? "config.json" : `${folder}/config.json`;
  const config = async (): Promise<Record<string, unknown>> => {
    const found = await read(path);
    if (found === undefined)
      throw new InputError(`model: ${snapshot.id} has no ${shown(path)}, which its module ${shown(type)} needs`);
    return found;
  };
  switch (kind) {
    case "Transformer":
      return [await readTransformer(snapshot, read, folder, await config())];
    case "StaticEmbedding":
      return [{ type: kind, folder }];
    case "Pooling":
      return [toPooling(path, await config())];
    case "Dense":
      return toDense(path, folder, parseConfig(path, denseSchema, await config()));
    case "LayerNorm":
      return [{ type: kind, folder, dims: parseConfig(path, layerNormSchema, await config()).dimension }];
    case "Normalize":
      if (folder !== "" && (await isThere(snapshot, path))) parseConfig(path, normalizeSchema, await config());
      return [{ type: kind }];
    case "Dropout":
      return [];
    default:
      throw new InputError(
        `model: ${snapshot.id} has a module of the type ${shown(type)}; known are ${known.join(", ")}`,
      );
  }
}

async function readTransformer(
  snapshot: Snapshot,
  read: JsonReader,
  folder: string,
  config: Record<string, unknown>,
): Promise<Extract<Module, { type: "Transformer" }>> {
  const inFolder = (name: string): string => (folder === "" ? name : `${folder}/${name}`);
  const [file, settings] = await readFirst(transformerSettings.map(inFolder), read);
  const adapter = inFolder("adapter_config.json");
  if (await isThere(snapshot, adapter)) {
    throw new InputError(
      `model: ${snapshot.id} has an adapter beside its weights (${shown(adapter)}), which is not applied; merge it in a copy (PEFT's merge_and_unload), or take it out of one`,
    );
  }
  return { type: "Transformer", folder, ...transformerSetup(file, settings, config) };
}

/**
 * Tells whether a file is there that hardly any repository has, and that only refuses one. A cache that may hold only
 * some files is not asked about it: it would be refused for the sake of a file that does not exist.
 */
const isThere = async (snapshot: Snapshot, path: string): Promise<boolean> => (await snapshot.files()).includes(path);

/** Reads the first of some files that is there; the others do not count, and are not looked for. */
async function readFirst(paths: readonly string[], read: JsonReader): Promise<[string, Record<string, unknown>]> {
  for (const path of paths) {
    const found = await read(path);
    if (found !== undefined) return [path, found];
  }
  return [paths[0], {}];
}

function toPooling(path: string, config: Record<string, unknown>): Module {
  const { pooling_mode: mode, include_prompt: includePrompt } = parseConfig(path, poolingSchema, config);
  const flagged = Object.entries(poolingFlags).flatMap(([flag, named]) => (config[flag] === true ? [named] : []));
  const modes = mode === undefined ? flagged : [mode].flat();
  return { type: "Pooling", modes: modes.length > 0 ? modes : ["mean"], includePrompt };
}

/** Returns no module for a layer whose output is named so that no module reads it. */
function toDense(path: string, folder: string, config: z.infer<typeof denseSchema>): Module[] {
  const { module_input_name: on, module_output_name: output } = config;
  const to = output ?? on;
  const read: readonly string[] = denseSchema.shape.module_input_name.unwrap().options;
  if (!read.includes(to)) return [];
  if (to !== on) {
    throw new InputError(
      `model: the ${path} config is not understood: module_output_name is ${to} for the input ${on}`,
    );
  }
  return [
    {
      type: "Dense",
      folder,
      inputs: config.in_features,
      outputs: config.out_features,
      bias: config.bias,
      activation: config.activation_function,
      on,
    },
  ];
}
