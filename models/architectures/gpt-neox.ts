import { z } from "zod";
import { InputError } from "../../datasets/errors.ts";
import { limits } from "../../datasets/limits.ts";
import { attend, attentionMask } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { linear, linearOf } from "../graph/layers.ts";
import { partialRopeFields, ropeFields, ropeOf, ropeTables, rotate, rotationOf } from "../graph/rope.ts";
import { parseConfig } from "../repository/config.ts";
import type { Weights } from "../repository/weights.ts";
import type { Architecture } from "./architecture.ts";
import { isCausal } from "./decoder.ts";
import { evenHeads } from "./post-norm.ts";
import { addPreNormLayers } from "./pre-norm.ts";

const configSchema = z
  .object({
    ...ropeFields,
    ...partialRopeFields,
    partial_rotary_factor: z.number().optional(),
    /** The older names of `partial_rotary_factor` and `rope_theta`. */
    rotary_pct: z.number().positive().max(1).optional(),
    rotary_emb_base: z.number().positive().optional(),
    vocab_size: z.int().positive().max(limits.tableRows),
    hidden_size: z.int().positive().max(limits.width),
    num_hidden_layers: z.int().nonnegative().max(limits.layers),
    num_attention_heads: z.int().positive().max(limits.width),
    intermediate_size: z.int().positive().max(limits.width),
    max_position_embeddings: z.int().positive().max(limits.tableRows),
    hidden_act: z.string().default("gelu"),
    layer_norm_eps: z.number().positive().default(1e-5),
    attention_bias: z.boolean().default(true),
    use_parallel_residual: z.boolean().default(true),
    is_causal: z.boolean().nullish(),
    use_bidirectional_attention: z.boolean().nullish(),
    sliding_window: z.null().optional(),
    quantization_config: z.null().optional(),
  })
  .refine(evenHeads.check, evenHeads.fault);
type Config = z.infer<typeof configSchema>;

const names = {
  prefix: "layers",
  attentionNorm: "input_layernorm",
  feedForwardNorm: "post_attention_layernorm",
  up: "mlp.dense_h_to_4h",
  down: "mlp.dense_4h_to_h",
  last: "final_layer_norm",
};

/**
 * GPT-NeoX and Pythia (Black et al. 2022; transformers' GPTNeoXModel): attention beside the feed-forward block, queries,
 * keys and values of each head side by side in one layer, heads of which a part rotates.
 */
export const gptNeox: Architecture = {
  modelTypes: ["gpt_neox"],
  build: (graph, rawConfig, weights, { ids, mask }) => {
    const config = parseConfig("gpt_neox", configSchema, rawConfig);
    const { hidden_size: hidden, num_attention_heads: heads } = config;
    const tables = ropeTables(graph, ropeOf("gpt_neox", ropeConfig(config), hidden / heads, 10_000), mask);
    const visible = attentionMask(graph, { causal: isCausal("gpt_neox", config) }, mask);
    const scale = (hidden / heads) ** -0.5;
    const table = graph.weight(weights.tensor("embed_in.weight", [config.vocab_size, hidden]));
    return addPreNormLayers(graph, weights, graph.op("Gather", [table, ids]), {
      hidden,
      inner: config.intermediate_size,
      activation: config.hidden_act,
      epsilon: config.layer_norm_eps,
      layers: config.num_hidden_layers,
      names,
      parallel: config.use_parallel_residual,
      attention: (x, i) => {
        const name = `layers.${i}.attention`;
        const [q, k, v] = byHead(graph, weights, `${name}.query_key_value`, x, hidden, heads, config.attention_bias);
        const [queries, keys] = [q, k].map((one) => rotate(graph, one, tables, heads));
        const attended = attend(graph, [queries, keys, v], { queries: heads, keys: heads, scale }, visible);
        return linear(
          graph,
          attended,
          linearOf(graph, weights, `${name}.dense`, [hidden, hidden], config.attention_bias),
        );
      },
    });
  },
};

/** Returns queries, keys and values, [batch, tokens, hidden] each, of a layer that makes them head by head. */
export function byHead(
  graph: GraphBuilder,
  weights: Weights,
  name: string,
  x: string,
  hidden: number,
  heads: number,
  hasBias = true,
): string[] {
  const all = linear(graph, x, linearOf(graph, weights, name, [3 * hidden, hidden], hasBias));
  const apart = graph.op("Reshape", [all, graph.integers([0, 0, heads, 3, hidden / heads])]);
  const parts = graph.outputs("Split", [apart], [0, 1, 2], { axis: 3, num_outputs: 3 });
  return parts.map((part) => graph.op("Reshape", [part, graph.integers([0, 0, hidden])]));
}

/**
 * Returns what the config says of rotation, a quarter of each head where it says nothing.
 * @throws InputError when a key has another value than its older name; transformers reads the older alone
 */
function ropeConfig(config: Config): Parameters<typeof ropeOf>[1] {
  const { rotary_pct: share = 0.25, rotary_emb_base: base = 10_000, max_position_embeddings } = config;
  const settings = {
    rope_theta: base,
    partial_rotary_factor: share,
    ...rotationOf(config),
  };
  for (const key of ["rope_theta", "partial_rotary_factor"] as const) {
    if (config[key] === undefined || config[key] === settings[key]) continue;
    throw new InputError(
      `model: the gpt_neox config is not understood: ${key} is ${config[key]}, and by rotary_pct, rotary_emb_base and rope_parameters it is ${settings[key]}; leave ${key} out`,
    );
  }
  const { original_max_position_embeddings: trained } = config;
  return {
    max_position_embeddings,
    rope_parameters: settings,
    ...(trained === undefined ? {} : { original_max_position_embeddings: trained }),
  };
}
