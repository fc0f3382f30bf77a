import { z } from "zod";
import { type AttentionMask, attentionMask } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { type Affine, affineOf, layerNorm } from "../graph/layers.ts";
import { type RopeTables, ropeByLayerType, ropeOf, ropeTables } from "../graph/rope.ts";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { gatedLayer, selfAttention } from "./blocks.ts";
import { checkLayerTypes, type LayerType, layerTypes } from "./decoder.ts";
import { encoderSizeFields, evenHeads } from "./post-norm.ts";

const configSchema = z
  .object({
    ...encoderSizeFields,
    hidden_activation: z.string().default("gelu"),
    norm_eps: z.number().positive().default(1e-5),
    norm_bias: z.boolean().default(false),
    attention_bias: z.boolean().default(false),
    mlp_bias: z.boolean().default(false),
    global_attn_every_n_layers: z.int().positive().default(3),
    max_position_embeddings: z.int().positive().default(8192),
    local_attention: z.int().positive().default(128),
    global_rope_theta: z.number().positive().default(160_000),
    local_rope_theta: z.number().positive().nullable().default(10_000),
    // mmBERT and Ettin say "sans_pos". transformers reads the key of no ModernBERT: its positions are always rotated.
    position_embedding_type: z.string().nullish(),
    rope_scaling: z.null().optional(),
    partial_rotary_factor: z.literal(1).nullish(),
    // Keys of transformers 5, which win over the period and the bases above.
    rope_parameters: ropeByLayerType,
    layer_types: layerTypes,
  })
  .refine(evenHeads.check, evenHeads.fault);
type Config = z.infer<typeof configSchema>;

/** Attention of some layers: rotation of their positions, and mask. */
interface AttentionKind {
  readonly tables: RopeTables;
  readonly mask: AttentionMask;
}

/**
 * ModernBERT (Warner et al. 2024; transformers' ModernBertModel): pre-norm encoder with rotated positions and gated
 * feed-forward blocks; every n-th layer sees the whole text, the others a window.
 */
export const modernbert: Architecture = {
  modelTypes: ["modernbert"],
  build: (graph, rawConfig, weights, { ids, mask, hiddenRows }) => {
    const config = parseConfig("modernbert", configSchema, rawConfig);
    const { hidden_size: hidden, vocab_size: vocabulary } = config;
    const parts = config.norm_bias ? ["weight", "bias"] : ["weight"];
    const norm = (name: string): Affine => affineOf(graph, weights, name, hidden, config.norm_eps, parts);
    const table = graph.weight(weights.tensor("embeddings.tok_embeddings.weight", [vocabulary, hidden]));
    let sum = layerNorm(graph, graph.op("Gather", [table, ids]), norm("embeddings.norm"));
    const kinds = attentionKinds(graph, config, mask, hiddenRows);
    const types = layerTypesOf(config);
    const headDim = hidden / config.num_attention_heads;
    const heads = {
      ...{
        hidden,
        headDim,
        queries: config.num_attention_heads,
        keys: config.num_attention_heads,
        scale: headDim ** -0.5,
      },
      ...{ biases: { inputs: config.attention_bias, output: config.attention_bias }, packed: "Wqkv", output: "Wo" },
    };
    const { intermediate_size: inner, hidden_activation: activation, mlp_bias: bias } = config;
    const gated = { hidden, inner, activation, bias, names: { packed: "Wi", down: "Wo" } };
    for (let layer = 0; layer < config.num_hidden_layers; layer++) {
      const name = `layers.${layer}`;
      // The first layer takes the embeddings as they are: they have just been normalized.
      const x = layer === 0 ? sum : layerNorm(graph, sum, norm(`${name}.attn_norm`));
      const { tables, mask: visible } = kinds[types[layer]];
      sum = graph.op("Add", [sum, selfAttention(graph, weights, `${name}.attn`, x, heads, tables, visible)]);
      const y = layerNorm(graph, sum, norm(`${name}.mlp_norm`));
      sum = graph.op("Add", [sum, gatedLayer(graph, weights, `${name}.mlp`, y, gated)]);
    }
    return { embeddings: layerNorm(graph, sum, norm("final_norm")), hidden };
  },
};

/** Returns the kind of each layer: the config's own list, or every n-th sees the whole text. */
function layerTypesOf(config: Config): LayerType[] {
  const { layer_types: types, num_hidden_layers: layers, global_attn_every_n_layers: period } = config;
  checkLayerTypes("modernbert", types, layers);
  return types ?? Array.from({ length: layers }, (_, i) => (i % period === 0 ? "full_attention" : "sliding_attention"));
}

/** Returns the attention of layers with and without a window; `local_attention` counts both sides together. */
function attentionKinds(
  graph: GraphBuilder,
  config: Config,
  mask: string,
  hiddenRows: boolean | undefined,
): Record<LayerType, AttentionKind> {
  const { global_rope_theta: theta, local_rope_theta: localTheta, max_position_embeddings, rope_parameters } = config;
  const headDim = config.hidden_size / config.num_attention_heads;
  const tables = (type: LayerType, base: number): RopeTables => {
    const own = { max_position_embeddings, rope_parameters: rope_parameters?.[type] };
    return ropeTables(graph, ropeOf("modernbert", own, headDim, base), mask);
  };
  const window = Math.floor(config.local_attention / 2) + 1;
  return {
    full_attention: {
      tables: tables("full_attention", theta),
      mask: attentionMask(graph, { causal: false }, mask),
    },
    sliding_attention: {
      tables: tables("sliding_attention", localTheta ?? theta),
      mask: attentionMask(graph, { causal: false, window }, mask, hiddenRows),
    },
  };
}
