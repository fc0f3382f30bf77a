import { z } from "zod";
import { isRecord } from "../../datasets/document.ts";
import { limits } from "../../datasets/limits.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { linearOf, project } from "../graph/layers.ts";
import { parseConfig } from "../repository/config.ts";
import { type Weights, within } from "../repository/weights.ts";
import type { Architecture, TokenEmbeddings, TokenInputs } from "./architecture.ts";
import { addDecoder, decoderFields, qwenWindows, windowFields, withDirection } from "./decoder.ts";

const configSchema = z.object({
  ...decoderFields,
  ...windowFields,
  head_dim: z.int().positive().max(limits.width).default(128),
  attention_bias: z.boolean().default(false),
});

/** What Perplexity's embedding models call a Qwen3 that looks both ways, which its config does not say otherwise. */
const bidirectional = "bidirectional_pplx_qwen3";

/** Qwen3 (Yang et al. 2025; transformers' Qwen3Model): each head of queries and keys is normalized. */
export const qwen3: Architecture = {
  modelTypes: ["qwen3", bidirectional],
  build: (graph, rawConfig, weights, inputs) => {
    if (isVoyage(rawConfig)) return addVoyage(graph, rawConfig, weights, inputs);
    const read = parseConfig("qwen3", configSchema, rawConfig);
    return addQwen3(graph, withDirection(bidirectional, rawConfig["model_type"], read), weights, inputs);
  },
};

function addQwen3(
  graph: GraphBuilder,
  config: z.infer<typeof configSchema>,
  weights: Weights,
  inputs: TokenInputs,
): TokenEmbeddings {
  const { attention_bias: bias } = config;
  return addDecoder(graph, weights, inputs, config, {
    family: "qwen3",
    biases: { inputs: bias, output: bias, gated: false },
    headNorms: "each",
    windows: qwenWindows("qwen3", config),
  });
}

/** Tells whether a config is of the code that voyage-4-nano brings, by its class; its `model_type` is Qwen3's. */
function isVoyage({ auto_map: map }: Readonly<Record<string, unknown>>): boolean {
  const name = isRecord(map) ? String(map["AutoModel"]) : "";
  return /(^|--)modeling_qwen3_bidirectional\.Qwen3BidirectionalModel$/.test(name);
}

/** What a config must say besides; where `num_labels` is not written, it is the number of labels. */
const voyageSchema = z
  .object({
    ...configSchema.shape,
    is_causal: z.literal(false).default(false),
    use_sliding_window: z.literal(false).default(false),
    layer_types: z.array(z.literal("full_attention")).nullish(),
    num_labels: z.int().positive().max(limits.width).optional(),
    id2label: z.record(z.string(), z.string()).default({ 0: "LABEL_0", 1: "LABEL_1" }),
  })
  .transform((config) => ({ ...config, num_labels: config.num_labels ?? Object.keys(config.id2label).length }));

/** voyage-4-nano (Qwen3BidirectionalModel of its repository): Qwen3 that looks both ways, and a linear layer over tokens. */
function addVoyage(
  graph: GraphBuilder,
  rawConfig: Readonly<Record<string, unknown>>,
  weights: Weights,
  inputs: TokenInputs,
): TokenEmbeddings {
  const config = parseConfig("qwen3 (voyage)", voyageSchema, rawConfig);
  const layer = linearOf(graph, weights, "linear", [config.num_labels, config.hidden_size], false);
  const { embeddings } = addQwen3(graph, config, within(weights, "model."), inputs);
  return { embeddings: project(graph, embeddings, layer), hidden: config.num_labels };
}
