import { z } from "zod";
import { parseConfig } from "../config.ts";
import { activate } from "../graph/activations.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { affineOf, firstRows, linearOf, project, sequenceLength, skipLayerNorm } from "../graph/layers.ts";
import type { Weights } from "../weights.ts";
import type { Architecture } from "./architecture.ts";

const configSchema = z.object({
  vocab_size: z.int().positive(),
  hidden_size: z.int().positive(),
  num_hidden_layers: z.int().nonnegative(),
  num_attention_heads: z.int().positive(),
  intermediate_size: z.int().positive(),
  hidden_act: z.string().default("gelu"),
  layer_norm_eps: z.number().positive().default(1e-12),
  max_position_embeddings: z.int().positive(),
  type_vocab_size: z.int().positive().default(2),
  position_embedding_type: z.literal("absolute").default("absolute"),
  is_decoder: z.literal(false).default(false),
});
type Config = z.infer<typeof configSchema>;

/** BERT (Devlin et al. 2019; transformers' BertModel): post-norm encoder, absolute positions, all tokens see all. */
export const bert: Architecture = {
  modelTypes: ["bert"],
  build: (graph, rawConfig, weights, { ids, mask }) => {
    const config = parseConfig("bert", configSchema, rawConfig);
    let x = embed(graph, config, weights, ids);
    for (let layer = 0; layer < config.num_hidden_layers; layer++) {
      x = encoderLayer(graph, config, weights, `encoder.layer.${layer}`, x, mask);
    }
    return { embeddings: x, hidden: config.hidden_size };
  },
};

function embed(graph: GraphBuilder, config: Config, weights: Weights, ids: string): string {
  const table = (name: string, rows: number): string =>
    graph.weight(weights.tensor(`embeddings.${name}.weight`, [rows, config.hidden_size]));
  const words = graph.op("Gather", [table("word_embeddings", config.vocab_size), ids]);
  const positions = firstRows(
    graph,
    table("position_embeddings", config.max_position_embeddings),
    sequenceLength(graph, ids),
  );
  const firstType = graph.op("Gather", [table("token_type_embeddings", config.type_vocab_size), graph.integers([0])]);
  const place = graph.op("Add", [positions, firstType]);
  return skipLayerNorm(
    graph,
    words,
    place,
    affineOf(graph, weights, "embeddings.LayerNorm", config.hidden_size, config.layer_norm_eps),
  );
}

function encoderLayer(
  graph: GraphBuilder,
  config: Config,
  weights: Weights,
  name: string,
  x: string,
  mask: string,
): string {
  const { hidden_size: hidden, intermediate_size: inner } = config;
  const layer = (part: string, out: number, width: number) => linearOf(graph, weights, `${name}.${part}`, out, width);
  const norm = (part: string) => affineOf(graph, weights, `${name}.${part}`, hidden, config.layer_norm_eps);
  const parts = ["query", "key", "value"].map((part) => layer(`attention.self.${part}`, hidden, hidden));
  const biases = graph.op(
    "Concat",
    parts.map(({ bias }) => bias),
    { axis: 0 },
  );
  const attended = graph.op("MultiHeadAttention", [...parts.map((part) => project(graph, x, part)), biases, mask], {
    num_heads: config.num_attention_heads,
    mask_filter_value: { float: -3.4e38 },
  });
  const mixed = layer("attention.output.dense", hidden, hidden);
  const attentionNorm = norm("attention.output.LayerNorm");
  const y = skipLayerNorm(graph, project(graph, attended, mixed), x, attentionNorm, mixed.bias);
  const up = layer("intermediate.dense", inner, hidden);
  const down = layer("output.dense", hidden, inner);
  const activated = activate(graph, config.hidden_act, project(graph, y, up), up.bias);
  const outputNorm = norm("output.LayerNorm");
  return skipLayerNorm(graph, project(graph, activated, down), y, outputNorm, down.bias);
}
