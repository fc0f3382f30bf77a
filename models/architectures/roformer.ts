import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { paddingBias } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { firstRows, layerNorm, linear, linearOf, sequenceLength } from "../graph/layers.ts";
import { parseConfig } from "../repository/config.ts";
import type { Weights } from "../repository/weights.ts";
import type { Architecture, TokenInputs } from "./architecture.ts";
import { bertFields } from "./bert.ts";
import { attendWith, bertNames, embeddingParts, encoderShape, evenHeads, postNormLayer } from "./post-norm.ts";

const configSchema = z
  .object({
    ...bertFields,
    embedding_size: z.int().positive().max(limits.width).nullish(),
    rotary_value: z.boolean().default(false),
  })
  .refine(evenHeads.check, evenHeads.fault)
  .refine(({ hidden_size: hidden, num_attention_heads: heads }) => (hidden / heads) % 2 === 0, {
    path: ["num_attention_heads"],
    error: "must divide hidden_size into even parts",
  });
type Config = z.infer<typeof configSchema>;

/**
 * RoFormer (Su et al. 2021; transformers' RoFormerModel): BERT without position embeddings, whose queries and keys are
 * rotated by their position, each value of a head with its neighbour.
 */
export const roformer: Architecture = {
  modelTypes: ["roformer"],
  learnedPositions: (config) => Number(config["max_position_embeddings"]),
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("roformer", configSchema, rawConfig);
    const { num_attention_heads: heads, rotary_value: valuesToo } = config;
    const shape = encoderShape(config);
    const rotated = rotation(graph, config, weights, inputs.ids);
    const plain = attendWith(graph, heads, paddingBias(graph, inputs.mask));
    let embeddings = embed(graph, config, weights, inputs);
    for (let i = 0; i < shape.layers; i++)
      embeddings = postNormLayer(graph, weights, shape, bertNames, `${bertNames.prefix}.${i}`, embeddings, (q, k, v) =>
        plain(rotated(q), rotated(k), valuesToo ? rotated(v) : v),
      );
    return { embeddings, hidden: shape.hidden };
  },
};

function embed(graph: GraphBuilder, config: Config, weights: Weights, { ids, types }: TokenInputs): string {
  const { hidden_size: hidden, embedding_size: width = hidden, layer_norm_eps: epsilon } = config;
  const shape = { hidden: width ?? hidden, epsilon };
  const { words, table, norm } = embeddingParts(graph, weights, shape, config.vocab_size, ids);
  const typeTable = table("token_type_embeddings", config.type_vocab_size);
  const typed = graph.op("Gather", [typeTable, types ?? graph.integers([0])]);
  const narrow = layerNorm(graph, graph.op("Add", [words, typed]), norm);
  if (shape.hidden === hidden) return narrow;
  return linear(graph, narrow, linearOf(graph, weights, "embeddings_project", [hidden, shape.hidden]));
}

/** Returns the rotation of heads by the stored table, whose rows are a position's sines and then its cosines. */
function rotation(graph: GraphBuilder, config: Config, weights: Weights, ids: string): (x: string) => string {
  const { max_position_embeddings: rows, num_attention_heads: heads, hidden_size: hidden } = config;
  const table = graph.weight(weights.tensor("encoder.embed_positions.weight", [rows, hidden / heads]));
  const used = graph.op("Unsqueeze", [firstRows(graph, table, sequenceLength(graph, ids)), graph.integers([0])]);
  const halves = graph.outputs("Split", [used], [0, 1], { axis: -1, num_outputs: 2 });
  const shape = graph.op("Concat", [graph.op("Shape", [ids]), graph.integers([hidden / heads / 2])], { axis: 0 });
  const [sin, cos] = halves.map((half) => graph.op("Expand", [half, shape]));
  return (x) => graph.op("RotaryEmbedding", [x, cos, sin], { num_heads: heads, interleaved: 1 });
}
