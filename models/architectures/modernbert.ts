import { z } from "zod";
import { parseConfig } from "../config.ts";
import { activateByName } from "../graph/activations.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { type Affine, affineOf, layerNorm, linear, linearOf, sequenceLength } from "../graph/layers.ts";
import { elementTypes } from "../graph/onnx.ts";
import { type RotaryTables, rotaryTables, rotate } from "../graph/rotary.ts";
import type { Weights } from "../weights.ts";
import type { Architecture } from "./architecture.ts";
import { evenHeads } from "./post-norm.ts";

const configSchema = z
  .object({
    vocab_size: z.int().positive(),
    hidden_size: z.int().positive(),
    num_hidden_layers: z.int().nonnegative(),
    num_attention_heads: z.int().positive(),
    intermediate_size: z.int().positive(),
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
    // The forms of transformers 5.
    rope_parameters: z.null().optional(),
    layer_types: z.null().optional(),
  })
  .refine(evenHeads.check, evenHeads.fault);
type Config = z.infer<typeof configSchema>;

/** How the tokens of some layers see each other. */
interface Reach {
  readonly tables: RotaryTables;
  /** True where a token may be seen, [batch, 1, tokens, tokens]. */
  readonly seen: string;
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
    const norm = (name: string): Affine => normOf(graph, config, weights, name);
    const table = graph.weight(weights.tensor("embeddings.tok_embeddings.weight", [vocabulary, hidden]));
    let sum = layerNorm(graph, graph.op("Gather", [table, ids]), norm("embeddings.norm"));
    const reaches = reachesOf(graph, config, mask);
    for (let layer = 0; layer < config.num_hidden_layers; layer++) {
      const name = `layers.${layer}`;
      const reach = layer % config.global_attn_every_n_layers === 0 ? reaches.global : reaches.local;
      // The first layer takes the embeddings as they are: they have just been normalized.
      const x = layer === 0 ? sum : layerNorm(graph, sum, norm(`${name}.attn_norm`));
      sum = graph.op("Add", [sum, attention(graph, config, weights, `${name}.attn`, x, reach)]);
      const y = layerNorm(graph, sum, norm(`${name}.mlp_norm`));
      sum = graph.op("Add", [sum, feedForward(graph, config, weights, `${name}.mlp`, y)]);
    }
    return { embeddings: layerNorm(graph, sum, norm("final_norm")), hidden };
  },
};

function normOf(graph: GraphBuilder, config: Config, weights: Weights, name: string): Affine {
  const { hidden_size: hidden, norm_eps: epsilon } = config;
  if (config.norm_bias) return affineOf(graph, weights, name, hidden, epsilon);
  return { scale: graph.weight(weights.tensor(`${name}.weight`, [hidden])), shift: "", epsilon };
}

/** A stored linear layer, with its bias where there is one, applied to x. */
function apply(
  graph: GraphBuilder,
  weights: Weights,
  name: string,
  [out, width]: readonly [number, number],
  hasBias: boolean,
  x: string,
): string {
  if (hasBias) return linear(graph, x, linearOf(graph, weights, name, out, width));
  return linear(graph, x, { weight: graph.weight(weights.tensor(`${name}.weight`, [out, width])) });
}

function attention(
  graph: GraphBuilder,
  config: Config,
  weights: Weights,
  name: string,
  x: string,
  { tables, seen }: Reach,
): string {
  const { hidden_size: hidden, num_attention_heads: heads, attention_bias: hasBias } = config;
  const joined = apply(graph, weights, `${name}.Wqkv`, [3 * hidden, hidden], hasBias, x);
  const [q, k, v] = graph.outputs("Split", [joined], [0, 1, 2], { axis: -1, num_outputs: 3 }) as [
    string,
    string,
    string,
  ];
  const turned = [q, k].map((part) => rotate(graph, part, tables, heads));
  const attended = graph.op("Attention", [...turned, v, seen], {
    q_num_heads: heads,
    kv_num_heads: heads,
    scale: { float: (hidden / heads) ** -0.5 },
  });
  return apply(graph, weights, `${name}.Wo`, [hidden, hidden], hasBias, attended);
}

/** Gated linear units (Dauphin et al. 2017; Shazeer 2020). */
function feedForward(graph: GraphBuilder, config: Config, weights: Weights, name: string, x: string): string {
  const { hidden_size: hidden, intermediate_size: inner, mlp_bias: hasBias } = config;
  const joined = apply(graph, weights, `${name}.Wi`, [2 * inner, hidden], hasBias, x);
  const [input, gate] = graph.outputs("Split", [joined], [0, 1], { axis: -1, num_outputs: 2 }) as [string, string];
  const gated = graph.op("Mul", [activateByName(graph, config.hidden_activation, input), gate]);
  return apply(graph, weights, `${name}.Wo`, [hidden, inner], hasBias, gated);
}

/** What the layers with and without a window see. */
function reachesOf(graph: GraphBuilder, config: Config, mask: string): { global: Reach; local: Reach } {
  const { hidden_size: hidden, num_attention_heads: heads, global_rope_theta: theta } = config;
  const isToken = graph.op("Cast", [mask], { to: elementTypes.bool });
  const keys = graph.op("Unsqueeze", [isToken, graph.integers([1, 2])]);
  const length = sequenceLength(graph, mask);
  const count = graph.op("Squeeze", [length, graph.integers([0])]);
  const places = graph.op("Range", [graph.integers([0], []), count, graph.integers([1], [])]);
  const distance = graph.op("Abs", [graph.op("Sub", [graph.op("Unsqueeze", [places, graph.integers([1])]), places])]);
  const isNear = graph.op("LessOrEqual", [distance, graph.integers([Math.floor(config.local_attention / 2)])]);
  const square = graph.op("Concat", [graph.integers([1, 1]), length, length], { axis: 0 });
  return {
    global: {
      tables: rotaryTables(graph, theta, hidden / heads, mask),
      seen: graph.op("Expand", [keys, square]),
    },
    local: {
      tables: rotaryTables(graph, config.local_rope_theta ?? theta, hidden / heads, mask),
      seen: graph.op("And", [keys, isNear]),
    },
  };
}
