import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { activate } from "../graph/activations.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { linear, linearOf, project } from "../graph/layers.ts";
import { plainFrequencies, type Rope, ropeFields, ropeOf } from "../graph/rope.ts";
import { type AdapterLayout, parametrized, parametrizedRows } from "../graph/task-adapters.ts";
import { parseConfig } from "../repository/config.ts";
import type { Weights } from "../repository/weights.ts";
import type { Architecture, TokenEmbeddings, TokenInputs } from "./architecture.ts";
import { encoderSizeFields, evenHeads } from "./post-norm.ts";
import { addRotatedEncoder, type RotatedEncoder, sizesOf } from "./rotated-encoder.ts";

const family = "jina_embeddings_v3";

const commonFields = {
  ...encoderSizeFields,
  layer_norm_eps: z.number().positive().default(1e-5),
  max_position_embeddings: z.int().positive().max(limits.tableRows).default(8194),
  type_vocab_size: z.int().positive().max(limits.tableRows).default(1),
};
const configSchema = z
  .object({ ...commonFields, ...ropeFields, hidden_act: z.string().default("gelu") })
  .refine(evenHeads.check, evenHeads.fault);

/** Names of adapters, each once, as a config lists them. */
export const adapterNames = z
  .array(z.string().min(1))
  .min(1)
  .max(limits.layers)
  .refine((names) => new Set(names).size === names.length, "expected names that are all different");

/**
 * Keys of the published code (`jinaai/xlm-roberta-flash-implementation`). Those on which its versions, or transformers,
 * disagree have no default here. Not listed are the ones of training and of flash attention, and those that only its own
 * `encode` reads, which sentence-transformers does not call: emb_pooler, truncate_dim, matryoshka_dimensions,
 * task_instructions.
 */
const publishedSchema = z
  .object({
    ...commonFields,
    layer_norm_eps: z.number().positive(),
    type_vocab_size: commonFields.type_vocab_size.unwrap(),
    hidden_act: z.enum(["gelu", "gelu_new", "gelu_fast", "gelu_pytorch_tanh"]),
    position_embedding_type: z.literal("rotary"),
    rotary_emb_base: z.number().positive(),
    rotary_emb_dim: z.null().optional(),
    rotary_emb_scale_base: z.null().optional(),
    rotary_emb_interleaved: z.literal(false).optional(),
    pad_vocab_size_multiple: z.literal(1).optional(),
    last_layer_subset: z.literal(false).optional(),
    lora_adaptations: adapterNames,
    lora_rank: z.int().positive().max(limits.width),
    lora_alpha: z.number().positive(),
    // Else the code makes new ones, by chance.
    load_trained_adapters: z.literal(true),
  })
  .refine(evenHeads.check, evenHeads.fault);

const names = {
  embeddingNorm: "emb_ln",
  layers: "encoder.layers",
  joined: "mixer.Wqkv",
  output: "mixer.out_proj",
  attentionNorm: "norm1",
  outputNorm: "norm2",
};

/**
 * Jina embeddings v3 (Sturua et al. 2024): XLM-RoBERTa with rotated positions, as it was published, with adapters of all
 * linear layers and tables for each kind of task, and as transformers 5 writes it (JinaEmbeddingsV3Model), without them.
 */
export const jinaEmbeddingsV3: Architecture = {
  modelTypes: [family],
  adapters: (config) =>
    isPublished(config)
      ? { names: parseConfig(family, publishedSchema, config).lora_adaptations, required: false }
      : undefined,
  module: { type: "custom_st.Transformer", strips: true },
  build: (graph, config, weights, inputs) =>
    isPublished(config) ? addPublished(graph, config, weights, inputs) : addPlain(graph, config, weights, inputs),
};

/** Tells the published form, which calls itself XLM-RoBERTa, from that of transformers 5. */
const isPublished = (config: Readonly<Record<string, unknown>>): boolean => config["model_type"] !== family;

const addPlain: Architecture["build"] = (graph, rawConfig, weights, inputs) => {
  const config = parseConfig(family, configSchema, rawConfig);
  const rope = ropeOf(family, config, sizesOf(config).headDim, 20_000);
  return addLayers(graph, weights, inputs, config, rope);
};

const addPublished: Architecture["build"] = (graph, rawConfig, weights, inputs) => {
  const config = parseConfig(family, publishedSchema, rawConfig);
  const { lora_adaptations: adapters, lora_rank: rank, lora_alpha: alpha, hidden_act: activation } = config;
  const layout: AdapterLayout = { adapters: adapters.length, rank, scale: alpha / rank };
  const rope = { frequencies: plainFrequencies(config.rotary_emb_base, sizesOf(config).headDim) };
  // To this code all other names mean the same approximation.
  const approximate = activation === "gelu" ? activation : "gelu_pytorch_tanh";
  return addLayers(
    graph,
    parametrized(weights, layout),
    inputs,
    { ...config, hidden_act: approximate },
    rope,
    (name, dims, ids) => parametrizedRows(graph, weights, layout, name, dims, ids),
  );
};

function addLayers(
  graph: GraphBuilder,
  weights: Weights,
  inputs: TokenInputs,
  config: Omit<z.infer<typeof configSchema>, keyof typeof ropeFields>,
  rope: Rope,
  adapted?: RotatedEncoder["adapted"],
): TokenEmbeddings {
  const { hidden_size: hidden, intermediate_size: inner } = config;
  return addRotatedEncoder(graph, weights, inputs, {
    ...sizesOf(config),
    biases: true,
    rope,
    names,
    ...(adapted && { adapted }),
    feedForward: (place, x) => {
      const up = linearOf(graph, weights, `${place}.mlp.fc1`, [inner, hidden]);
      const activated = activate(graph, config.hidden_act, project(graph, x, up), up.bias);
      return linear(graph, activated, linearOf(graph, weights, `${place}.mlp.fc2`, [hidden, inner]));
    },
  });
}
