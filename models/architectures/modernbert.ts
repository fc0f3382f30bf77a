import { z } from "zod";
import { activateByName } from "../graph/activations.ts";
import { type AttentionMask, attend, attentionMask } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { type Affine, affineOf, layerNorm, linear, linearOf } from "../graph/layers.ts";
import { plainFrequencies, type RopeTables, ropeTables, rotate } from "../graph/rope.ts";
import { parseConfig } from "../repository/config.ts";
import type { Weights } from "../repository/weights.ts";
import type { Architecture } from "./architecture.ts";
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
    local_attention: z.int().positive().default(128),
    global_rope_theta: z.number().positive().default(160_000),
    local_rope_theta: z.number().positive().nullable().default(10_000),
    position_embedding_type: z.literal("absolute").optional(),
    rope_scaling: z.null().optional(),
    // Keys of transformers 5.
    rope_parameters: z.null().optional(),
    layer_types: z.null().optional(),
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
    const { global, local } = attentionKinds(graph, config, mask);
    for (let layer = 0; layer < config.num_hidden_layers; layer++) {
      const name = `layers.${layer}`;
      const kind = layer % config.global_attn_every_n_layers === 0 ? global : local;
      // The first layer takes the embeddings as they are: they have just been normalized.
      const x = layer === 0 ? sum : layerNorm(graph, sum, norm(`${name}.attn_norm`));
      sum = graph.op("Add", [sum, attention(graph, config, weights, `${name}.attn`, x, kind)]);
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

/** Returns the attention of layers with and without a window; `local_attention` counts both sides together. */
function attentionKinds(graph: GraphBuilder, config: Config, mask: string): Record<"global" | "local", AttentionKind> {
  const headDim = config.hidden_size / config.num_attention_heads;
  const { global_rope_theta: theta, local_rope_theta: localTheta } = config;
  const tables = (base: number): RopeTables =>
    ropeTables(graph, { frequencies: plainFrequencies(base, headDim) }, mask);
  const window = Math.floor(config.local_attention / 2) + 1;
  return {
    global: { tables: tables(theta), mask: attentionMask(graph, { causal: false }, mask) },
    local: { tables: tables(localTheta ?? theta), mask: attentionMask(graph, { causal: false, window }, mask) },
  };
}
