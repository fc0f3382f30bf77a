import { z } from "zod";
import { InputError } from "../../datasets/errors.ts";
import { limits } from "../../datasets/limits.ts";
import { type PoolingMode, poolingModes } from "../graph/pooling.ts";
import { parseConfig } from "./config.ts";
import type { Module } from "./module.ts";

// Configs of the modules behind a Transformer, as sentence-transformers of all versions writes them.

type Json = Readonly<Record<string, unknown>>;

const denseSchema = z.strictObject({
  in_features: z.int().positive().max(limits.width),
  out_features: z.int().positive().max(limits.width),
  bias: z.boolean().default(true),
  activation_function: z.string().default("torch.nn.modules.activation.Tanh"),
  module_input_name: z.enum(["sentence_embedding", "token_embeddings"]).default("sentence_embedding"),
  module_output_name: z.string().nullish(),
  use_residual: z.boolean().default(false),
});
const width = z.int().positive().max(limits.width).optional();
const weightedLayersSchema = z
  .strictObject({
    // Said of the tokens, whose width is known; the older name was used before sentence-transformers 5.
    embedding_dimension: width,
    word_embedding_dimension: width,
    num_hidden_layers: z.int().positive().max(limits.layers).default(12),
    layer_start: z.int().nonnegative().default(4),
  })
  .refine(({ layer_start: start, num_hidden_layers: layers }) => start <= layers, {
    path: ["layer_start"],
    error: "must be one of the layers",
  });
/** The one class of tokenizers of words that is read, in the spellings of all versions. */
const whitespaceTokenizer =
  /^sentence_transformers\.(models|sentence_transformer\.modules)\.tokenizer\.(\w+\.)?WhitespaceTokenizer$/;
const wordsSchema = z.strictObject({
  tokenizer_class: z.string().regex(whitespaceTokenizer, { error: "known is WhitespaceTokenizer" }),
  max_seq_length: z.int().positive().nullable().default(1_000_000),
  // Of training only.
  update_embeddings: z.boolean().optional(),
});
const layerNormSchema = z.strictObject({ dimension: z.int().positive().max(limits.width) });
const vectorName = z.literal("sentence_embedding").nullish();
const normalizeSchema = z.strictObject({ module_input_name: vectorName, module_output_name: vectorName });

const normalized = z.enum(["sentence_embedding", "token_embeddings"]);
const tokenNormalizeSchema = z.strictObject({
  module_input_name: normalized.default("sentence_embedding"),
  module_output_name: normalized.nullish(),
});

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
  pooling_mode: z.union([z.enum(poolingModes), z.array(z.enum(poolingModes)).min(1)]).optional(),
  include_prompt: z.boolean().default(true),
  embedding_dimension: z.int().nullish(),
  word_embedding_dimension: z.int().nullish(),
  ...Object.fromEntries(Object.keys(poolingFlags).map((flag) => [flag, z.boolean().optional()])),
});

/** Reads how tokens are pooled. */
export function toPooling(path: string, config: Json): Module {
  const { pooling_mode: mode, include_prompt: includePrompt } = parseConfig(path, poolingSchema, config);
  const flagged = Object.entries(poolingFlags).flatMap(([flag, named]) => (config[flag] === true ? [named] : []));
  const modes = mode === undefined ? flagged : [mode].flat();
  return { type: "Pooling", modes: modes.length > 0 ? modes : ["mean"], includePrompt };
}

/** Reads a layer; no module for one whose output is named so that no module reads it. */
export function toDense(path: string, folder: string, values: Json): Module[] {
  const config = parseConfig(path, denseSchema, values);
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
      residual: config.use_residual,
      activation: config.activation_function,
      on,
    },
  ];
}

/** Reads a table of words. */
export function toWordEmbeddings(path: string, folder: string, config: Json): Module {
  const { max_seq_length: most } = parseConfig(path, wordsSchema, config);
  return { type: "WordEmbeddings", folder, maxTokens: most ?? Number.POSITIVE_INFINITY };
}

export function toWeightedLayers(path: string, folder: string, config: Json): Module {
  const { layer_start: start, num_hidden_layers: layers } = parseConfig(path, weightedLayersSchema, config);
  return { type: "WeightedLayerPooling", folder, start, layers };
}

export const toLayerNorm = (path: string, folder: string, config: Json): Module => ({
  type: "LayerNorm",
  folder,
  dims: parseConfig(path, layerNormSchema, config).dimension,
});

/** Tells whether the vectors of tokens are what is normalized, in place of a pooled one. */
export function normalizesTokens(path: string, config: Json): boolean {
  const { module_input_name: input, module_output_name: output } = parseConfig(path, tokenNormalizeSchema, config);
  if ((output ?? input) === input) return input === "token_embeddings";
  throw new InputError(
    `model: the ${path} config is not understood: module_output_name is ${output} for the input ${input}`,
  );
}

/** @throws InputError where what is to be normalized is no pooled vector */
export const checkNormalize = (path: string, config: Json): void => void parseConfig(path, normalizeSchema, config);
