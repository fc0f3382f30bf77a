import { z } from "zod";
import { InputError } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { limits } from "../../datasets/limits.ts";
import { shown } from "../../datasets/shown.ts";
import { parseConfig } from "./config.ts";
import { type JsonReader, pathIn, readNeeded } from "./json-reader.ts";
import { settingsFile } from "./kind.ts";
import { openLora } from "./lora.ts";
import type { Module } from "./module.ts";
import {
  joinSteps,
  type ModelSpec,
  promptsOf,
  readBare,
  readListed,
  readModule,
  settingsFields,
} from "./repository.ts";
import { differentRoutes } from "./router.ts";
import { readTransformer } from "./transformer-module.ts";
import type { TransformerTask } from "./transformer-settings.ts";
import { settingsReader } from "./unlisted.ts";

/** Description of a sparse encoder in its repository. */
export interface SparseSpec extends ModelSpec {
  /** Most values of a vector that are not 0; Infinity where there is no limit. */
  readonly maxActive: number;
}

const count = z.int().positive().max(limits.width);
const settingsSchema = z.strictObject({
  ...settingsFields,
  model_type: z.literal("SparseEncoder").optional(),
  similarity_fn_name: z.enum(["cosine", "dot", "euclidean", "manhattan"]).nullish(),
  max_active_dims: z.int().positive().nullish(),
});
const spladeSchema = z.strictObject({
  pooling_strategy: z.enum(["max", "sum"]).default("max"),
  activation_function: z.enum(["relu", "log1p_relu"]).default("relu"),
  // It is that of the vocabulary.
  embedding_dimension: z.int().nullish(),
  word_embedding_dimension: z.int().nullish(),
  // How many tokens are pooled at once, which changes nothing.
  chunk_size: z.int().nullish(),
});
const staticSchema = z.strictObject({ frozen: z.boolean().optional(), path: z.string().nullish() });
const autoEncoderSchema = z.strictObject({
  input_dim: count,
  hidden_dim: z.int().positive().max(limits.tableRows).default(512),
  k: z.int().positive().default(8),
  normalize: z.boolean().default(false),
  // Of training.
  k_aux: z.unknown().optional(),
  dead_threshold: z.unknown().optional(),
});

/** Classes of sparse encoders, in the spellings of all versions. */
const sparseClass =
  /^sentence_transformers\.sparse_encoder\.(?:models|modules)\.(?:\w+\.)?(MLMTransformer|SpladePooling|SparseStaticEmbedding|SparseAutoEncoder)$/;
/** The Transformer, whose settings say since 5.4 whether it has a head. */
const transformerClass = /^sentence_transformers\.(models|(base|sentence_transformer)\.modules)\.(\w+\.)?Transformer$/;

/**
 * Reads the description of a sparse encoder: a Transformer with a masked-language head and SpladePooling, static weights of
 * tokens, or an autoencoder over a pooled vector; a Router may tell queries and documents apart. A bare repository of a
 * masked-language model has its logits pooled by their maximum, as in sentence-transformers.
 * @throws InputError when a file is missing or damaged, or a module is of an unknown kind
 */
export async function readSparse(snapshot: Snapshot): Promise<SparseSpec> {
  const keys = new Map<string, readonly string[]>();
  const read = await settingsReader(snapshot, keys);
  const settings = parseConfig(settingsFile, settingsSchema, (await read(settingsFile)) ?? {});
  const steps = (await readListed(snapshot, read, readSparseModule)) ?? [await readBareSparse(snapshot, read)];
  const { modules, ...routed } = joinSteps(steps);
  const rows = routed.routes === undefined ? [modules] : differentRoutes(routed.routes).map((route) => route.modules);
  for (const row of rows) requireSparse(snapshot.id, row);
  const kept = modules.find((module) => module.type === "SparseAutoEncoder")?.kept;
  return {
    modules,
    ...routed,
    ...promptsOf(settings),
    similarity: settings.similarity_fn_name ?? "dot",
    maxActive: settings.max_active_dims ?? kept ?? Number.POSITIVE_INFINITY,
    keys,
  };
}

const sparseTypes: readonly Module["type"][] = ["SpladePooling", "SparseStaticEmbedding", "SparseAutoEncoder"];

/** @throws InputError where nothing makes a vector sparse */
function requireSparse(id: string, modules: readonly Module[]): void {
  if (modules.some(({ type }) => sparseTypes.includes(type))) return;
  throw new InputError(
    `model: ${id} is taken for a sparse encoder, and none of its modules makes a vector sparse (${modules.map(({ type }) => type).join(", ")}); expected one of ${sparseTypes.join(", ")}`,
  );
}

async function readBareSparse(snapshot: Snapshot, read: JsonReader): Promise<readonly Module[]> {
  const { architectures } = (await read("config.json")) ?? {};
  const names = [architectures].flat().map(String);
  if (!names.some((name) => name.endsWith("ForMaskedLM"))) {
    throw new InputError(
      `model: ${snapshot.id} lists no modules, and its config.json names no masked-language head (architectures: ${shown(names.join(", "))}), of whose logits a sparse encoder is made; expected a class that ends in ForMaskedLM`,
    );
  }
  const transformer = await readBare(snapshot, read, { tasks: ["fill-mask"] });
  return [withVocabulary(transformer), { type: "SpladePooling", strategy: "max", activation: "relu" }];
}

type Transformer = Extract<Module, { type: "Transformer" }>;

const withVocabulary = (transformer: Transformer): Transformer =>
  transformer.task === "fill-mask" ? { ...transformer, head: { kind: "vocabulary" } } : transformer;

/** Reads a module as `readModule` does, those of sparse encoders too. */
const readSparseModule: typeof readModule = async (snapshot, read, folder, type, place) => {
  const own = sparseClass.exec(type)?.[1];
  const isTransformer = transformerClass.test(type);
  if ((own === undefined && !isTransformer) || place.kwargs.length > 0) {
    return readModule(snapshot, read, folder, type, place);
  }
  const path = pathIn(folder, "config.json");
  const config = () => readNeeded(snapshot, read, path, type);
  switch (own) {
    case "SpladePooling": {
      const { pooling_strategy: strategy, activation_function: activation } = parseConfig(
        path,
        spladeSchema,
        await config(),
      );
      return [{ type: own, strategy, activation }];
    }
    case "SparseStaticEmbedding": {
      const { path: table } = parseConfig(path, staticSchema, await config());
      if (table?.endsWith(".json") !== true) return [{ type: own, folder }];
      throw new InputError(
        `model: the ${path} config takes the weights of its tokens from ${shown(table)}, which is not read; expected them in a model.safetensors beside it, as sentence-transformers' save_pretrained writes them`,
      );
    }
    case "SparseAutoEncoder": {
      const values = parseConfig(path, autoEncoderSchema, await config());
      const { input_dim: inputs, hidden_dim: outputs, k: kept, normalize } = values;
      if (kept <= outputs) return [{ type: own, folder, inputs, outputs, kept, normalize }];
      throw new InputError(
        `model: the ${path} config is not understood: k is ${kept}, of a hidden_dim of ${outputs}; expected at most that`,
      );
    }
    default: {
      const tasks: readonly TransformerTask[] = own === undefined ? ["feature-extraction", "fill-mask"] : ["fill-mask"];
      const lora = await openLora(snapshot, folder);
      const { routed } = place;
      const reading = { routed, lora: lora?.lora, tasks };
      return [withVocabulary(await readTransformer(read, folder, lora?.config ?? (await config()), reading))];
    }
  }
};
