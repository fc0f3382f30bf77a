import { z } from "zod";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { addDecoder, decoderFields, type LayerNorms, layerTypeFields, windowsByType } from "./decoder.ts";

const configSchema = z.object({
  ...decoderFields,
  num_key_value_heads: decoderFields.num_key_value_heads.default(4),
  head_dim: decoderFields.head_dim.default(256),
  hidden_activation: z.string().default("gelu_pytorch_tanh"),
  attention_bias: z.boolean().default(false),
  query_pre_attn_scalar: z.number().positive().default(256),
  attn_logit_softcapping: z.number().positive().nullable().default(50),
  ...layerTypeFields,
  /** By other ways some versions of transformers leave out the cap (4.57, 5.5), and some refuse (5.24). */
  attn_implementation: z.literal("eager").nullish(),
  /** transformers 5 knows this key, and looks only back all the same. */
  use_bidirectional_attention: z.literal(false, "set is_causal in its place").nullish(),
});

/** Normalizations of Gemma 2 and 3. */
export const gemma2Norms: LayerNorms = {
  beforeAttention: "input_layernorm",
  afterAttention: "post_attention_layernorm",
  beforeFeedForward: "pre_feedforward_layernorm",
  afterFeedForward: "post_feedforward_layernorm",
};

/**
 * Gemma 2 (Gemma Team 2024; transformers' Gemma2Model): Gemma with four normalizations a layer, products of query and
 * key that are capped softly, and a window in every other layer.
 */
export const gemma2: Architecture = {
  modelTypes: ["gemma2"],
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("gemma2", configSchema, rawConfig);
    const { attention_bias: bias, attn_logit_softcapping: softCap } = config;
    return addDecoder(
      graph,
      weights,
      inputs,
      { ...config, hidden_act: config.hidden_activation },
      {
        family: "gemma2",
        biases: { inputs: bias, output: bias, gated: false },
        windows: windowsByType("gemma2", config, (i) => i % 2 === 0),
        norms: gemma2Norms,
        shiftedNorms: true,
        embeddingScale: Math.sqrt(config.hidden_size),
        attentionScale: config.query_pre_attn_scalar ** -0.5,
        ...(softCap === null ? {} : { softCap }),
      },
    );
  },
};
