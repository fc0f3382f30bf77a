import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { type AttentionScope, attentionMask } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { addRmsNorm, type RmsNorm, rmsNorm, shiftedRmsNormOf } from "../graph/rms-norm.ts";
import { type RopeTables, ropeByLayerType, ropeOf, ropeTables } from "../graph/rope.ts";
import { parseConfig } from "../repository/config.ts";
import type { Weights } from "../repository/weights.ts";
import type { Architecture } from "./architecture.ts";
import { embedTokens, gatedLayer, gatedNames, type SelfAttention, selfAttention } from "./blocks.ts";
import { checkLayerTypes, commonFields, isCausal, layerTypes } from "./decoder.ts";

const configSchema = z.object({
  ...commonFields,
  intermediate_size: z.int().positive().max(limits.width),
  num_key_value_heads: z.int().positive().max(limits.width).default(4),
  head_dim: z.int().positive().max(limits.width).default(256),
  hidden_activation: z.string().default("gelu_pytorch_tanh"),
  rms_norm_eps: z.number().positive().default(1e-6),
  attention_bias: z.boolean().default(false),
  attn_logit_softcapping: z.null().default(null),
  query_pre_attn_scalar: z.number().positive().default(256),
  rope_local_base_freq: z.number().positive().default(10_000),
  sliding_window: z.int().positive().default(4096),
  layer_types: layerTypes,
  rope_parameters: ropeByLayerType,
  sliding_window_pattern: z.int().positive().optional(),
  _sliding_window_pattern: z.int().positive().optional(),
});
type Config = z.infer<typeof configSchema>;

const trainedTheta = 1_000_000;

/**
 * Gemma 3, text only (Gemma Team 2025; transformers' Gemma3TextModel): scaled embeddings, four normalizations a layer,
 * layers that see a window between layers that see all, each kind with its own base of rotation.
 */
export const gemma3: Architecture = {
  modelTypes: ["gemma3_text"],
  build: (graph, rawConfig, weights, { ids, mask }) => {
    const config = parseConfig("gemma3_text", configSchema, rawConfig);
    const { hidden_size: hidden, rms_norm_eps: epsilon } = config;
    const norm = (name: string, dims = hidden): RmsNorm => shiftedRmsNormOf(graph, weights, name, dims, epsilon);
    const scopes = scopesOf(config);
    const masks = scopes.map((scope) => attentionMask(graph, scope, mask));
    const tablesOf = ropeTablesOf(graph, config, mask);
    const words = embedTokens(graph, weights, [config.vocab_size, hidden], ids);
    const embedded = graph.op("Mul", [words, graph.floats([Math.sqrt(hidden)])]);
    const inputNorm = (layer: number): RmsNorm =>
      norm(layer < scopes.length ? `layers.${layer}.input_layernorm` : "norm");
    let state = { sum: embedded, normed: rmsNorm(graph, embedded, inputNorm(0)) };
    for (const [i, scope] of scopes.entries()) {
      const block = `layers.${i}`;
      const name = `${block}.self_attn`;
      const shape = attentionShape(config, norm, name);
      const attended = selfAttention(graph, weights, name, state.normed, shape, tablesOf(scope), masks[i]);
      const attention = rmsNorm(graph, attended, norm(`${block}.post_attention_layernorm`));
      const middle = addRmsNorm(graph, attention, state.sum, norm(`${block}.pre_feedforward_layernorm`));
      const fed = feedForward(graph, config, weights, block, middle.normed);
      const normed = rmsNorm(graph, fed, norm(`${block}.post_feedforward_layernorm`));
      state = addRmsNorm(graph, normed, middle.sum, inputNorm(i + 1));
    }
    return { embeddings: state.normed, hidden };
  },
};

/**
 * Returns the attention scope of each layer. In both directions `sliding_window` counts both sides together: a token
 * sees those at most half of it away.
 */
function scopesOf(config: Config): AttentionScope[] {
  const { layer_types: types, num_hidden_layers: layers, sliding_window: size } = config;
  checkLayerTypes("gemma3_text", types, layers);
  const period = config.sliding_window_pattern ?? config._sliding_window_pattern ?? 6;
  const causal = isCausal("gemma3_text", config);
  const window = causal ? size : Math.floor(size / 2) + 1;
  const slides = (i: number): boolean => (types ? types[i] === "sliding_attention" : (i + 1) % period !== 0);
  return Array.from({ length: layers }, (_, i) => (slides(i) ? { causal, window } : { causal }));
}

/** Computes the tables of layers with and without a window; scaling holds only for those without. */
function ropeTablesOf(graph: GraphBuilder, config: Config, mask: string): (scope: AttentionScope) => RopeTables {
  const { head_dim: headDim, max_position_embeddings, rope_local_base_freq: local, rope_parameters: both } = config;
  const whole = { ...config, rope_parameters: both?.full_attention };
  const near = { max_position_embeddings, rope_parameters: both?.sliding_attention };
  const ropes = [ropeOf("gemma3_text", whole, headDim, trainedTheta), ropeOf("gemma3_text", near, headDim, local)];
  const [all, sliding] = ropes.map((rope) => ropeTables(graph, rope, mask));
  return ({ window }) => (window === undefined ? all : sliding);
}

function attentionShape(config: Config, norm: (name: string, dims: number) => RmsNorm, name: string): SelfAttention {
  const { hidden_size: hidden, head_dim: headDim, attention_bias: bias } = config;
  return {
    hidden,
    headDim,
    queries: config.num_attention_heads,
    keys: config.num_key_value_heads,
    scale: config.query_pre_attn_scalar ** -0.5,
    biases: { inputs: bias, output: bias },
    output: "o_proj",
    norms: { query: norm(`${name}.q_norm`, headDim), key: norm(`${name}.k_norm`, headDim) },
  };
}

function feedForward(graph: GraphBuilder, config: Config, weights: Weights, block: string, x: string): string {
  return gatedLayer(graph, weights, `${block}.mlp`, x, {
    hidden: config.hidden_size,
    inner: config.intermediate_size,
    activation: config.hidden_activation,
    bias: false,
    names: gatedNames,
  });
}
