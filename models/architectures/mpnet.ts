import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { paddingBias } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { type DistanceBuckets, distanceBias } from "../graph/distance-bias.ts";
import { skipLayerNorm } from "../graph/layers.ts";
import { parseConfig } from "../repository/config.ts";
import type { Weights } from "../repository/weights.ts";
import type { Architecture } from "./architecture.ts";
import {
  addPostNormLayers,
  bertNames,
  embeddingParts,
  encoderFields,
  encoderShape,
  evenHeads,
  type LayerNames,
  positionsAfterPadding,
} from "./post-norm.ts";

/** Buckets of distances in transformers' MPNetEncoder, whatever the config says. */
export const buckets: DistanceBuckets = Object.freeze({ count: 32, farthest: 128 });
/** MPNet's position table is laid out for this padding id, whatever the config says. */
const padId = 1;

const configSchema = z
  .object({
    ...encoderFields,
    is_decoder: z.literal(false).default(false),
    relative_attention_num_buckets: z.int().min(buckets.count).max(limits.width).default(buckets.count),
  })
  .refine(evenHeads.check, evenHeads.fault);
type Config = z.infer<typeof configSchema>;

const names: LayerNames = {
  ...bertNames,
  query: "attention.attn.q",
  key: "attention.attn.k",
  value: "attention.attn.v",
  attended: "attention.attn.o",
  attentionNorm: "attention.LayerNorm",
};

/** MPNet (Song et al. 2020; transformers' MPNetModel): RoBERTa's positions, and a bias by distance in every layer. */
export const mpnet: Architecture = {
  modelTypes: ["mpnet"],
  learnedPositions: (config) => Number(config["max_position_embeddings"]) - padId - 1,
  build: (graph, rawConfig, weights, { ids, mask }) => {
    const config = parseConfig("mpnet", configSchema, rawConfig);
    const embedded = embed(graph, config, weights, ids);
    const { num_attention_heads: heads, relative_attention_num_buckets: rows } = config;
    const table = graph.weight(weights.tensor("encoder.relative_attention_bias.weight", [rows, heads]));
    // The same in all layers.
    const bias = graph.op("Add", [paddingBias(graph, mask), distanceBias(graph, table, buckets, ids)]);
    return addPostNormLayers(graph, weights, encoderShape(config), names, embedded, bias);
  },
};

function embed(graph: GraphBuilder, config: Config, weights: Weights, ids: string): string {
  const { words, table, norm } = embeddingParts(graph, weights, encoderShape(config), config.vocab_size, ids);
  const positions = table("position_embeddings", config.max_position_embeddings);
  return skipLayerNorm(graph, words, positionsAfterPadding(graph, positions, ids, padId), norm);
}
