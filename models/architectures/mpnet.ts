import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { paddingBias } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { sequenceLength, skipLayerNorm } from "../graph/layers.ts";
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

/** Buckets of distances in transformers' MPNetEncoder, whatever the config says; half of them look ahead. */
const buckets = 32;
/** Distances from here on share a bucket. */
const farthest = 128;
/** MPNet's position table is laid out for this padding id, whatever the config says. */
const padId = 1;

const configSchema = z
  .object({ ...encoderFields, relative_attention_num_buckets: z.int().min(buckets).max(limits.width).default(buckets) })
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
    const distances = distanceBias(graph, config, weights, ids);
    const bias = graph.op("Add", [paddingBias(graph, mask), distances]);
    return addPostNormLayers(graph, weights, encoderShape(config), names, embedded, bias);
  },
};

function embed(graph: GraphBuilder, config: Config, weights: Weights, ids: string): string {
  const { words, table, norm } = embeddingParts(graph, weights, encoderShape(config), config.vocab_size, ids);
  const positions = table("position_embeddings", config.max_position_embeddings);
  return skipLayerNorm(graph, words, positionsAfterPadding(graph, positions, ids, padId), norm);
}

/** Returns each head's bias for the distance from query to key, [1, heads, tokens, tokens], the same in all layers. */
function distanceBias(graph: GraphBuilder, config: Config, weights: Weights, ids: string): string {
  const { num_attention_heads: heads, relative_attention_num_buckets: rows } = config;
  const values = graph.weight(weights.tensor("encoder.relative_attention_bias.weight", [rows, heads]));
  const reach = config.max_position_embeddings - 1;
  const byDistance = Array.from({ length: 2 * reach + 1 }, (_, i) => bucketOf(i - reach));
  const length = graph.op("Squeeze", [sequenceLength(graph, ids), graph.integers([0])]);
  const positions = graph.op("Range", [graph.integers([0], []), length, graph.integers([1], [])]);
  const queries = graph.op("Unsqueeze", [positions, graph.integers([1])]);
  const distances = graph.op("Add", [graph.op("Sub", [positions, queries]), graph.integers([reach])]);
  const bucketed = graph.op("Gather", [graph.integers(byDistance), distances]);
  const byHead = graph.op("Transpose", [graph.op("Gather", [values, bucketed])], { perm: [2, 0, 1] });
  return graph.op("Unsqueeze", [byHead, graph.integers([0])]);
}

/**
 * Returns the bucket of a distance (the key's position less the query's): near ones have a bucket each, farther ones
 * share buckets that widen with their logarithm. As MPNetEncoder.relative_position_bucket, in its single precision.
 */
export function bucketOf(distance: number): number {
  const oneSided = buckets / 2;
  const exact = oneSided / 2;
  const far = Math.abs(distance);
  const side = distance > 0 ? oneSided : 0;
  if (far < exact) return side + far;
  const share = Math.fround(Math.fround(Math.log(far / exact)) / Math.fround(Math.log(farthest / exact)));
  return side + Math.min(oneSided - 1, exact + Math.trunc(Math.fround(share * (oneSided - exact))));
}
