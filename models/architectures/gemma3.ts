import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { type Rope, ropeByLayerType, ropeOf } from "../graph/rope.ts";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { addDecoder, decoderFields, isCausal, layerTypes, windowsByType } from "./decoder.ts";
import { gemma2Norms } from "./gemma2.ts";

const configSchema = z
  .object({
    ...decoderFields,
    num_key_value_heads: z.int().positive().max(limits.width).default(4),
    head_dim: z.int().positive().max(limits.width).default(256),
    hidden_activation: z.string().default("gelu_pytorch_tanh"),
    attention_bias: z.boolean().default(false),
    attn_logit_softcapping: z.null().default(null),
    query_pre_attn_scalar: z.number().positive().default(256),
    rope_local_base_freq: z.number().positive().default(10_000),
    sliding_window: z.int().positive().default(4096),
    layer_types: layerTypes,
    rope_parameters: ropeByLayerType,
    /** transformers 5 then looks back or both ways by whether a batch has padding. */
    is_causal: z.literal(true, "set use_bidirectional_attention in its place").nullish(),
    sliding_window_pattern: z.int().positive().optional(),
  })
  .refine((config) => !(config.rope_scaling && config.rope_parameters), {
    path: ["rope_scaling"],
    error: "expected it or rope_parameters, not both",
  });
type Config = z.infer<typeof configSchema>;

const trainedTheta = 1_000_000;

/**
 * Gemma 3, text only (Gemma Team 2025; transformers' Gemma3TextModel): Gemma 2 without soft caps, whose heads are
 * normalized, and whose layers with and without a window have each their own base of rotation.
 */
export const gemma3: Architecture = {
  modelTypes: ["gemma3_text"],
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("gemma3_text", configSchema, rawConfig);
    const { attention_bias: bias } = config;
    const activated = { ...config, hidden_act: config.hidden_activation };
    return addDecoder(graph, weights, inputs, activated, {
      family: "gemma3_text",
      biases: { inputs: bias, output: bias, gated: false },
      headNorms: "each",
      windows: windowsOf(config),
      readsBidirectional: true,
      norms: gemma2Norms,
      shiftedNorms: true,
      embeddingScale: Math.sqrt(config.hidden_size),
      attentionScale: config.query_pre_attn_scalar ** -0.5,
      ropes: ropesOf(config),
    });
  },
};

/**
 * Returns the window of each layer. In both directions `sliding_window` counts both sides together: a token sees those
 * at most half of it away.
 */
function windowsOf(config: Config): (number | undefined)[] {
  const { sliding_window: size } = config;
  const period = config.sliding_window_pattern ?? 6;
  const window = isCausal("gemma3_text", config) ? size : Math.floor(size / 2);
  return windowsByType("gemma3_text", { ...config, sliding_window: window }, (i) => (i + 1) % period !== 0);
}

/** Returns the rotations of layers without and with a window; scaling holds only for those without. */
function ropesOf(config: Config): { readonly whole: Rope; readonly window: Rope } {
  const { head_dim: headDim, max_position_embeddings, rope_local_base_freq: local, rope_parameters: both } = config;
  const whole = {
    ...config,
    ...(both?.full_attention ? { rope_scaling: null } : {}),
    rope_parameters: both?.full_attention,
  };
  const near = { max_position_embeddings, rope_parameters: both?.sliding_attention };
  return {
    whole: ropeOf("gemma3_text", whole, headDim, trainedTheta),
    window: ropeOf("gemma3_text", near, headDim, local),
  };
}
