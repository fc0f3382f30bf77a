import { posix } from "node:path";
import { z } from "zod";
import { isRecord, parseDocument } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { limits } from "../../datasets/limits.ts";
import { shown } from "../../datasets/shown.ts";
import { readSmallFile } from "../../datasets/small-file.ts";
import type { Similarity } from "../encoder.ts";
import { type PoolingMode, poolingModes } from "../graph/pooling.ts";
import { parseConfig } from "./config.ts";

/** A module of a sentence-transformers model; `folder` holds its weights, relative to the repository. */
export type Module =
  | {
      readonly type: "Transformer";
      readonly folder: string;
      /** Contents of `config.json`. */
      readonly config: Readonly<Record<string, unknown>>;
      /** Longest input in tokens; absent where the tokenizer or the config decides. */
      readonly maxTokens?: number;
      readonly lowerCase: boolean;
      /** True where the model's own pooler makes the vector of a text (sentence-transformers' `pooler_output`). */
      readonly pooler?: true;
    }
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
  | { readonly type: "Normalize" };

/** Description of a model in its sentence-transformers repository. */
export interface ModelSpec {
  readonly modules: readonly Module[];
  /** Texts put before an input, by name. */
  readonly prompts: Readonly<Record<string, string>>;
  /** Name of the prompt that applies where none is asked for. */
  readonly defaultPromptName: string | null;
  readonly similarity: Similarity;
}

/** Returns a folder as the repository's files are listed: "" for itself, which model2vec writes as ".". */
const plainFolder = (path: string): string => posix.normalize(`${path}/`).slice(0, -1).replace(/^\.$/, "");

/** Most modules of a model; real ones have four. */
const mostModules = 100;
const modulesFile = "modules.json";
const modulesSchema = z
  .array(z.object({ path: z.string().transform(plainFolder), type: z.string() }))
  .min(1)
  .max(mostModules);
const settingsSchema = z.object({
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
});
const transformerSchema = z.object({
  max_seq_length: z.int().positive().nullish(),
  do_lower_case: z.boolean().nullish(),
  modality_config: z.object({ text: z.object({ method_output_name: z.unknown() }).optional() }).nullish(),
  module_output_name: z.string().nullish(),
});
const poolingSchema = z.object({
  pooling_mode: z.union([z.enum(poolingModes), z.array(z.enum(poolingModes))]).optional(),
  include_prompt: z.boolean().default(true),
});
const denseSchema = z.object({
  in_features: z.int().positive().max(limits.width),
  out_features: z.int().positive().max(limits.width),
  bias: z.boolean().default(true),
  activation_function: z.string().default("torch.nn.modules.activation.Tanh"),
  module_input_name: z.enum(["sentence_embedding", "token_embeddings"]).default("sentence_embedding"),
});
const layerNormSchema = z.object({ dimension: z.int().positive().max(limits.width) });

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

/**
 * Reads the description of a model. A transformers repository without `modules.json` gets mean pooling, a causal
 * language model the last token's embedding, as in sentence-transformers.
 * @throws InputError when a file is missing or damaged, or a module is of an unknown kind
 */
export async function readRepository(snapshot: Snapshot): Promise<ModelSpec> {
  const reader = jsonReader(snapshot);
  return { modules: await readModules(snapshot, reader), ...(await readSettings(reader)) };
}

/**
 * Reads a repository's prompts, and nothing else of it.
 * @throws InputError when the file is damaged
 */
export async function readPrompts(snapshot: Snapshot): Promise<Pick<ModelSpec, "prompts" | "defaultPromptName">> {
  return readSettings(jsonReader(snapshot));
}

async function readSettings(read: JsonReader): Promise<Omit<ModelSpec, "modules">> {
  const file = (await read("config_sentence_transformers.json")) ?? {};
  const settings = parseConfig("sentence-transformers", settingsSchema, file);
  return {
    prompts: settings.prompts ?? {},
    defaultPromptName: settings.default_prompt_name ?? null,
    similarity: settings.similarity_fn_name ?? "cosine",
  };
}

type JsonReader = (path: string) => Promise<Record<string, unknown> | undefined>;

/** Reads JSON files of the repository; undefined where there is no such file. */
function jsonReader(snapshot: Snapshot): JsonReader {
  return async (path) => {
    if (!(await snapshot.has(path))) return undefined;
    const subject = `model: ${snapshot.id}/${shown(path)}`;
    const text = await readSmallFile(await snapshot.resolve(path), subject, limits.config);
    const value = parseDocument(text, subject, (reason) => new InputError(`${subject} is not valid JSON: ${reason}`));
    if (isRecord(value) || path === modulesFile) return value as Record<string, unknown>;
    throw new InputError(`${subject} is ${shown(value)}; expected an object with settings`);
  };
}

async function readModules(snapshot: Snapshot, read: JsonReader): Promise<Module[]> {
  const listed = await read(modulesFile);
  if (listed !== undefined) {
    const parsed = modulesSchema.safeParse(listed);
    if (!parsed.success)
      throw new InputError(`model: ${snapshot.id}/modules.json is not a list of modules with path and type`);
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
  return [await readTransformer(read, "", config), pooling];
}

async function readModule(snapshot: Snapshot, read: JsonReader, folder: string, type: string): Promise<Module[]> {
  const kind = type.split(".").at(-1);
  const config = async (): Promise<Record<string, unknown>> => {
    const path = folder === "" ? "config.json" : `${folder}/config.json`;
    const found = await read(path);
    if (found === undefined)
      throw new InputError(`model: ${snapshot.id} has no ${shown(path)}, which its module ${shown(type)} needs`);
    return found;
  };
  switch (kind) {
    case "Transformer":
      return [await readTransformer(read, folder, await config())];
    case "StaticEmbedding":
      return [{ type: kind, folder }];
    case "Pooling":
      return [toPooling(await config())];
    case "Dense":
      return [toDense(folder, parseConfig("Dense", denseSchema, await config()))];
    case "LayerNorm":
      return [{ type: kind, folder, dims: parseConfig("LayerNorm", layerNormSchema, await config()).dimension }];
    case "Normalize":
      return [{ type: kind }];
    case "Dropout":
      return [];
    default:
      throw new InputError(
        `model: ${snapshot.id} has a module of the type ${shown(type)}; known are Transformer, StaticEmbedding, Pooling, Dense, LayerNorm, Normalize, Dropout`,
      );
  }
}

async function readTransformer(read: JsonReader, folder: string, config: Record<string, unknown>): Promise<Module> {
  const candidates = transformerSettings.map((name) => (folder === "" ? name : `${folder}/${name}`));
  const settings = parseConfig("Transformer", transformerSchema, (await readFirst(candidates, read)) ?? {});
  const pooler = String(settings.modality_config?.text?.method_output_name) === "pooler_output";
  if (pooler && settings.module_output_name !== "sentence_embedding") {
    throw new InputError(
      `model: the Transformer config is not understood: method_output_name is pooler_output and module_output_name ${shown(settings.module_output_name)}; expected sentence_embedding`,
    );
  }
  return {
    type: "Transformer",
    folder,
    config,
    ...(pooler ? { pooler } : {}),
    lowerCase: settings.do_lower_case ?? false,
    ...(settings.max_seq_length ? { maxTokens: settings.max_seq_length } : {}),
  };
}

/** Reads the first of some files that is there; the others do not count, and are not looked for. */
async function readFirst(paths: readonly string[], read: JsonReader): ReturnType<JsonReader> {
  for (const path of paths) {
    const found = await read(path);
    if (found !== undefined) return found;
  }
  return undefined;
}

function toPooling(config: Record<string, unknown>): Module {
  const { pooling_mode: mode, include_prompt: includePrompt } = parseConfig("Pooling", poolingSchema, config);
  const flagged = Object.entries(poolingFlags).flatMap(([flag, named]) => (config[flag] === true ? [named] : []));
  const modes = mode === undefined ? flagged : [mode].flat();
  return { type: "Pooling", modes: modes.length > 0 ? modes : ["mean"], includePrompt };
}

function toDense(folder: string, config: z.infer<typeof denseSchema>): Module {
  return {
    type: "Dense",
    folder,
    inputs: config.in_features,
    outputs: config.out_features,
    bias: config.bias,
    activation: config.activation_function,
    on: config.module_input_name,
  };
}
