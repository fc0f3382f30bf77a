import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { activateByName } from "../graph/activations.ts";
import { paddingBias } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { distanceBias } from "../graph/distance-bias.ts";
import { linearOf, project } from "../graph/layers.ts";
import { type RmsNorm, rmsNorm, rmsNormOf } from "../graph/rms-norm.ts";
import { parseConfig } from "../repository/config.ts";
import type { Weights } from "../repository/weights.ts";
import type { Architecture, TokenInputs } from "./architecture.ts";
import { gatedLayer } from "./blocks.ts";
import { attendWith, fullAttentionFields } from "./post-norm.ts";

const width = z.int().positive().max(limits.width);

/** Keys of a config; what the feed-forward block is, is said in one key and spelled out in two more. */
const schemaOf = (feedForward: string) =>
  z
    .object({
      ...fullAttentionFields,
      vocab_size: z.int().positive().max(limits.tableRows),
      d_model: width,
      d_kv: width.default(64),
      d_ff: width,
      num_layers: z.int().nonnegative().max(limits.layers),
      num_heads: width,
      relative_attention_num_buckets: z.int().min(4).max(limits.width).default(32),
      relative_attention_max_distance: z.int().positive().max(limits.positions).default(128),
      layer_norm_epsilon: z.number().positive().default(1e-6),
      feed_forward_proj: z
        .string()
        .regex(/^(gated-)?[^-]+$/, "expected the name of an activation, alone or after gated-")
        .default(feedForward),
      dense_act_fn: z.string().nullish(),
      is_gated_act: z.boolean().nullish(),
      is_decoder: z.literal(false).default(false),
      quantization_config: z.null().optional(),
    })
    .refine(({ relative_attention_num_buckets: count, relative_attention_max_distance: far }) => 4 * far > count, {
      path: ["relative_attention_max_distance"],
      error: "must be more than a quarter of relative_attention_num_buckets",
    });
type Config = z.infer<ReturnType<typeof schemaOf>>;

/**
 * Returns the encoder of a T5 (Raffel et al. 2020; transformers' T5EncoderModel): root-mean-square normalization before
 * each block, no biases, products of queries and keys that are not scaled, and a bias by distance.
 * @param feedForward transformers' default of `feed_forward_proj`
 * @param ownBias true where each layer has a bias of its own; otherwise all take the first one's
 */
const t5Encoder = (family: string, feedForward: string, ownBias = false): Architecture => ({
  modelTypes: [family],
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig(family, schemaOf(feedForward), rawConfig);
    const { d_model: hidden, layer_norm_epsilon: epsilon } = config;
    const norm = (name: string): RmsNorm => rmsNormOf(graph, weights, name, hidden, epsilon);
    const last = norm("encoder.final_layer_norm");
    let sum = embed(graph, config, weights, inputs);
    let bias = "";
    for (let i = 0; i < config.num_layers; i++) {
      if (ownBias || i === 0) bias = attentionBias(graph, config, weights, inputs, i);
      const name = `encoder.block.${i}.layer`;
      const x = rmsNorm(graph, sum, norm(`${name}.0.layer_norm`));
      sum = graph.op("Add", [sum, attention(graph, config, weights, `${name}.0.SelfAttention`, x, bias)]);
      const y = rmsNorm(graph, sum, norm(`${name}.1.layer_norm`));
      sum = graph.op("Add", [sum, feedForwardBlock(graph, config, weights, `${name}.1.DenseReluDense`, y)]);
    }
    return { embeddings: rmsNorm(graph, sum, last), hidden };
  },
});

export const t5 = t5Encoder("t5", "relu");
export const mt5 = t5Encoder("mt5", "gated-gelu");
/** Chung et al. 2023; transformers' UMT5EncoderModel. */
export const umt5 = t5Encoder("umt5", "gated-gelu", true);

/** Takes the tokens' rows of the table, which is stored as the encoder's own, as the one shared with a decoder, or both. */
function embed(graph: GraphBuilder, config: Config, weights: Weights, { ids }: TokenInputs): string {
  const tables = ["encoder.embed_tokens.weight", "shared.weight"].filter((name) => weights.has(name));
  const [table] = (tables.length > 0 ? tables : ["shared.weight"]).map((name) =>
    weights.tensor(name, [config.vocab_size, config.d_model]),
  );
  return graph.op("Gather", [graph.weight(table), ids]);
}

function attentionBias(
  graph: GraphBuilder,
  config: Config,
  weights: Weights,
  { ids, mask }: TokenInputs,
  layer: number,
): string {
  const { relative_attention_num_buckets: count, relative_attention_max_distance: farthest } = config;
  const name = `encoder.block.${layer}.layer.0.SelfAttention.relative_attention_bias.weight`;
  const table = graph.weight(weights.tensor(name, [count, config.num_heads]));
  return graph.op("Add", [paddingBias(graph, mask), distanceBias(graph, table, { count, farthest }, ids)]);
}

function attention(
  graph: GraphBuilder,
  { d_model: hidden, d_kv: headDim, num_heads: heads }: Config,
  weights: Weights,
  name: string,
  x: string,
  bias: string,
): string {
  const layer = (part: string, dims: readonly [number, number]) =>
    linearOf(graph, weights, `${name}.${part}`, dims, false);
  const part = (which: string): string => project(graph, x, layer(which, [heads * headDim, hidden]));
  const attended = attendWith(graph, heads, bias, 1)(part("q"), part("k"), part("v"));
  return project(graph, attended, layer("o", [hidden, heads * headDim]));
}

function feedForwardBlock(graph: GraphBuilder, config: Config, weights: Weights, name: string, x: string): string {
  const { d_model: hidden, d_ff: inner, feed_forward_proj: kind } = config;
  const gated = config.is_gated_act ?? kind.startsWith("gated-");
  // As in transformers, the gelu of `gated-gelu` is the approximate one.
  const derived = kind === "gated-gelu" ? "gelu_new" : kind.replace("gated-", "");
  const activation = config.dense_act_fn ?? derived;
  const names = { gate: "wi_0", up: "wi_1", down: "wo" };
  if (gated) return gatedLayer(graph, weights, name, x, { hidden, inner, activation, bias: false, names });
  const layer = (part: string, dims: readonly [number, number]) =>
    linearOf(graph, weights, `${name}.${part}`, dims, false);
  const activated = activateByName(graph, activation, project(graph, x, layer("wi", [inner, hidden])));
  return project(graph, activated, layer("wo", [hidden, inner]));
}
