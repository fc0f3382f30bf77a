import { z } from "zod";
import { activateByName } from "../graph/activations.ts";
import { type AttentionMask, attend, attentionMask } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { type Affine, affineOf, layerNorm, linear, linearOf } from "../graph/layers.ts";
import { type RopeTables, ropeByLayerType, ropeOf, ropeTables, rotate } from "../graph/rope.ts";
import { parseConfig } from "../repository/config.ts";
import type { Weights } from "../repository/weights.ts";
import type { Architecture } from "./architecture.ts";
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
  build: (graph, rawConfig, weights, { ids, mask }) => {
    const config = parseConfig("modernbert", configSchema, rawConfig);
    const { hidden_size: hidden, vocab_size: vocabulary } = config;
    const parts = config.norm_bias ? ["weight", "bias"] : ["weight"];
    const norm = (name: string): Affine => affineOf(graph, weights, name, hidden, config.norm_eps, parts);
    const table = graph.weight(weights.tensor("embeddings.tok_embeddings.weight", [vocabulary, hidden]));
    let sum = layerNorm(graph, graph.op("Gather", [table, ids]), norm("embeddings.norm"));
    const kinds = attentionKinds(graph, config, mask);
    const types = layerTypesOf(config);
    for (let layer = 0; layer < config.num_hidden_layers; layer++) {
      const name = `layers.${layer}`;
      // The first layer takes the embeddings as they are: they have just been normalized.
      const x = layer === 0 ? sum : layerNorm(graph, sum, norm(`${name}.attn_norm`));
      sum = graph.op("Add", [sum, attention(graph, config, weights, `${name}.attn`, x, kinds[types[layer]])]);
      const y = layerNorm(graph, sum, norm(`${name}.mlp_norm`));
      sum = graph.op("Add", [sum, feedForward(graph, config, weights, `${name}.mlp`, y)]);
    }
    return { embeddings: layerNorm(graph, sum, norm("final_norm")), hidden };
  },
};

function attention(
  graph: GraphBuilder,
  config: Config,
  weights: Weights,
  name: string,
  x: string,
  { tables, mask }: AttentionKind,
): string {
  const { hidden_size: hidden, num_attention_heads: heads, attention_bias: hasBias } = config;
  const joined = linear(graph, x, linearOf(graph, weights, `${name}.Wqkv`, [3 * hidden, hidden], hasBias));
  const [q, k, v] = graph.outputs("Split", [joined], [0, 1, 2], { axis: -1, num_outputs: 3 });
  const shape = { queries: heads, keys: heads, scale: (hidden / heads) ** -0.5 };
  const attended = attend(graph, [rotate(graph, q, tables, heads), rotate(graph, k, tables, heads), v], shape, mask);
  return linear(graph, attended, linearOf(graph, weights, `${name}.Wo`, [hidden, hidden], hasBias));
}

/** Adds gated linear units (Dauphin et al. 2017; Shazeer 2020). */
function feedForward(graph: GraphBuilder, config: Config, weights: Weights, name: string, x: string): string {
  const { hidden_size: hidden, intermediate_size: inner, mlp_bias: hasBias } = config;
  const joined = linear(graph, x, linearOf(graph, weights, `${name}.Wi`, [2 * inner, hidden], hasBias));
  const [input, gate] = graph.outputs("Split", [joined], [0, 1], { axis: -1, num_outputs: 2 });
  const gated = graph.op("Mul", [activateByName(graph, config.hidden_activation, input), gate]);
  return linear(graph, gated, linearOf(graph, weights, `${name}.Wo`, [hidden, inner], hasBias));
}

/** Returns the kind of each layer: the config's own list, or every n-th sees the whole text. */
function layerTypesOf(config: Config): LayerType[] {
  const { layer_types: types, num_hidden_layers: layers, global_attn_every_n_layers: period } = config;
  checkLayerTypes("modernbert", types, layers);
  return types ?? Array.from({ length: layers }, (_, i) => (i % period === 0 ? "full_attention" : "sliding_attention"));
}

/** Returns the attention of layers with and without a window; `local_attention` counts both sides together. */
function attentionKinds(graph: GraphBuilder, config: Config, mask: string): Record<LayerType, AttentionKind> {
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
      mask: attentionMask(graph, { causal: false, window }, mask),
    },
  };
}
