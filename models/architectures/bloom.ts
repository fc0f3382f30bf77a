import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { alibi } from "../graph/alibi.ts";
import { affineOf, layerNorm, linear, linearOf } from "../graph/layers.ts";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { byHead } from "./gpt-neox.ts";
import { addPreNormLayers } from "./pre-norm.ts";

const size = z.int().positive().max(limits.width);

const configSchema = z
  .object({
    vocab_size: z.int().positive().max(limits.tableRows),
    hidden_size: size.optional(),
    /** The older name of `hidden_size`, which wins. */
    n_embed: size.nullish(),
    /** Numbers of layers and of heads, by their own names and those of other families. */
    n_layer: z.int().nonnegative().max(limits.layers).optional(),
    num_hidden_layers: z.int().nonnegative().max(limits.layers).optional(),
    n_head: size.optional(),
    num_attention_heads: size.optional(),
    layer_norm_epsilon: z.number().positive().default(1e-5),
    apply_residual_connection_post_layernorm: z.literal(false).default(false),
    is_causal: z.literal(true, "BLOOM looks only back").nullish(),
    use_bidirectional_attention: z.literal(false, "BLOOM looks only back").nullish(),
    sliding_window: z.null().optional(),
    quantization_config: z.null().optional(),
  })
  .refine((config) => (config.n_layer ?? config.num_hidden_layers) === (config.num_hidden_layers ?? config.n_layer), {
    path: ["num_hidden_layers"],
    error: "must be n_layer where both are there",
  })
  .refine((config) => (config.n_head ?? config.num_attention_heads) === (config.num_attention_heads ?? config.n_head), {
    path: ["num_attention_heads"],
    error: "must be n_head where both are there",
  })
  .transform((config) => ({
    ...config,
    hidden: config.n_embed ?? config.hidden_size ?? 64,
    layers: config.n_layer ?? config.num_hidden_layers ?? 2,
    heads: config.n_head ?? config.num_attention_heads ?? 8,
  }))
  .refine(({ hidden, heads }) => hidden % heads === 0, { path: ["n_head"], error: "must divide hidden_size" });

const names = {
  prefix: "h",
  attentionNorm: "input_layernorm",
  feedForwardNorm: "post_attention_layernorm",
  up: "mlp.dense_h_to_4h",
  down: "mlp.dense_4h_to_h",
  last: "ln_f",
};

/**
 * BLOOM (Le Scao et al. 2022; transformers' BloomModel): a decoder with a bias by distance in place of positions (ALiBi),
 * queries, keys and values of each head side by side in one layer.
 */
export const bloom: Architecture = {
  modelTypes: ["bloom"],
  build: (graph, rawConfig, weights, { ids }) => {
    const config = parseConfig("bloom", configSchema, rawConfig);
    const { hidden, heads, layers, layer_norm_epsilon: epsilon } = config;
    const words = graph.weight(weights.tensor("word_embeddings.weight", [config.vocab_size, hidden]));
    const norm = affineOf(graph, weights, "word_embeddings_layernorm", hidden, epsilon);
    const bias = alibi(graph, heads, ids);
    return addPreNormLayers(graph, weights, layerNorm(graph, graph.op("Gather", [words, ids]), norm), {
      hidden,
      inner: 4 * hidden,
      activation: "gelu_new",
      epsilon,
      layers,
      names,
      parallel: false,
      attention: (x, i) => {
        const name = `h.${i}.self_attention`;
        const parts = byHead(graph, weights, `${name}.query_key_value`, x, hidden, heads);
        const shape = { q_num_heads: heads, kv_num_heads: heads, is_causal: 1 };
        const attended = graph.op("Attention", [...parts, bias], shape);
        return linear(graph, attended, linearOf(graph, weights, `${name}.dense`, [hidden, hidden]));
      },
    });
  },
};
