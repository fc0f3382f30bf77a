import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { paddingBias } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { betweenTokens } from "../graph/distance-bias.ts";
import { firstRows, layerNorm, linear, linearOf, project, sequenceLength } from "../graph/layers.ts";
import { parseConfig } from "../repository/config.ts";
import type { Weights } from "../repository/weights.ts";
import type { Architecture, TokenInputs } from "./architecture.ts";
import {
  attendWith,
  bertNames,
  encoderFields,
  encoderShape,
  evenHeads,
  type LayerNames,
  normOf,
  postNormLayer,
} from "./post-norm.ts";

/** Terms of attention beside that of content to content: content to position, and position to content. */
const terms = ["c2p", "p2c"] as const;

/** The terms in older configs, which write a list with bars. */
const joinedTerms = z.enum(["c2p", "p2c", "c2p|p2c", "p2c|c2p"]).transform((joined) => joined.split("|"));

/** Keys of both versions' configs. */
export const debertaFields = {
  ...encoderFields,
  layer_norm_eps: z.number().positive().default(1e-7),
  type_vocab_size: z.int().nonnegative().max(limits.tableRows).default(0),
  embedding_size: z.int().positive().max(limits.width).optional(),
  relative_attention: z.boolean().default(false),
  max_relative_positions: z.int().max(limits.positions).default(-1),
  pos_att_type: z.union([z.array(z.enum(terms)), joinedTerms, z.null()]).default(null),
  position_biased_input: z.boolean().default(true),
  is_decoder: z.literal(false).default(false),
};

const configSchema = z
  .object({
    ...debertaFields,
    attention_head_size: z.int().positive().max(limits.width).optional(),
    /** Fewer than 8 would spread over distances without end; 0 and -1 are a row for each distance. */
    position_buckets: z.union([z.int().min(8).max(limits.positions), z.literal([-1, 0])]).default(-1),
    share_att_key: z.boolean().default(false),
    norm_rel_ebd: z.enum(["none", "layer_norm"]).default("none"),
    conv_kernel_size: z.literal(0).nullish(),
  })
  .refine(evenHeads.check, evenHeads.fault)
  .refine(
    ({ attention_head_size: size, num_attention_heads: heads, hidden_size: hidden }) =>
      (size ?? hidden / heads) * heads === hidden,
    { path: ["attention_head_size"], error: "times num_attention_heads must be hidden_size" },
  )
  .refine((config) => config.position_buckets <= 0 || farthestOf(config) - 1 > config.position_buckets / 2, {
    path: ["max_relative_positions"],
    error: "must be more than half of position_buckets by two",
  });
type Config = z.infer<typeof configSchema>;

/** Returns the distance from which on all share a kind. */
export const farthestOf = (config: {
  readonly max_relative_positions: number;
  readonly max_position_embeddings: number;
}) => (config.max_relative_positions < 1 ? config.max_position_embeddings : config.max_relative_positions);

const names: LayerNames = {
  ...bertNames,
  query: "attention.self.query_proj",
  key: "attention.self.key_proj",
  value: "attention.self.value_proj",
};

/**
 * DeBERTa V2 and V3 (He et al. 2021; transformers' DebertaV2Model), without the convolution of the largest V2: queries
 * meet embeddings of distances as well as keys, and so do keys.
 */
export const debertaV2: Architecture = {
  modelTypes: ["deberta-v2"],
  learnedPositions: (config) =>
    config["position_biased_input"] === false ? Number.NaN : Number(config["max_position_embeddings"]),
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("deberta-v2", configSchema, rawConfig);
    const { num_attention_heads: heads, hidden_size: hidden } = config;
    const shape = encoderShape(config);
    const used = new Set(config.pos_att_type);
    const scale = ((hidden / heads) * (1 + used.size)) ** -0.5;
    const padding = paddingBias(graph, inputs.mask);
    let x = embedAsDeberta(graph, config, weights, inputs);
    const distances = config.relative_attention ? distanceRows(graph, config, weights, inputs.ids) : undefined;
    for (let i = 0; i < shape.layers; i++) {
      const place = `${names.prefix}.${i}`;
      x = postNormLayer(graph, weights, shape, names, place, x, (query, key, value) => {
        const projected = distances && projections(graph, config, weights, place, distances.table);
        const scores =
          used.size > 0 &&
          projected &&
          distanceScores(graph, [query, key], projected, distances, [heads, hidden / heads]);
        const bias = scores ? graph.op("Add", [padding, graph.op("Mul", [scores, graph.floats([scale])])]) : padding;
        return attendWith(graph, heads, bias, scale)(query, key, value);
      });
    }
    return { embeddings: x, hidden };
  },
};

/** Embeds tokens as both versions do, [batch, tokens, hidden]. */
export function embedAsDeberta(
  graph: GraphBuilder,
  config: Pick<Config, keyof typeof debertaFields>,
  weights: Weights,
  { ids, types }: TokenInputs,
): string {
  const { hidden_size: hidden, embedding_size: width = hidden, max_position_embeddings: reach } = config;
  const tensor = (name: string, rows: number) => weights.tensor(`embeddings.${name}.weight`, [rows, width]);
  let sum = graph.op("Gather", [graph.weight(tensor("word_embeddings", config.vocab_size)), ids]);
  if (config.position_biased_input) {
    const positions = graph.weight(tensor("position_embeddings", reach));
    sum = graph.op("Add", [sum, firstRows(graph, positions, sequenceLength(graph, ids))]);
  } else if (weights.has("embeddings.position_embeddings.weight")) {
    // Stored by some checkpoints, and not used.
    tensor("position_embeddings", reach);
  }
  if (config.type_vocab_size > 0) {
    const table = graph.weight(tensor("token_type_embeddings", config.type_vocab_size));
    sum = graph.op("Add", [sum, graph.op("Gather", [table, types ?? graph.integers([0])])]);
  }
  const wide =
    width === hidden
      ? sum
      : project(graph, sum, linearOf(graph, weights, "embeddings.embed_proj", [hidden, width], false));
  return layerNorm(graph, wide, normOf(graph, weights, "embeddings.LayerNorm", hidden, config.layer_norm_eps));
}

/** Embeddings of distances, which all layers share. */
export interface Distances {
  /** [rows, hidden] */
  readonly table: string;
  readonly rows: number;
  /** Row for each query and key, [tokens, tokens]. */
  readonly rowOf: string;
}

function distanceRows(graph: GraphBuilder, config: Config, weights: Weights, ids: string): Distances {
  const { hidden_size: hidden, position_buckets: buckets } = config;
  const farthest = farthestOf(config);
  const span = buckets > 0 ? buckets : farthest;
  const rows = 2 * span;
  const stored = graph.weight(weights.tensor("encoder.rel_embeddings.weight", [rows, hidden]));
  const norm = (): string =>
    layerNorm(graph, stored, normOf(graph, weights, "encoder.LayerNorm", hidden, config.layer_norm_eps));
  const table = config.norm_rel_ebd === "layer_norm" ? norm() : stored;
  const kinds = (distance: number): number => (buckets > 0 ? logBucketOf(distance, buckets, farthest) : distance);
  return { table, rows, rowOf: rowsOf(graph, kinds, span, ids) };
}

/** Returns the row of the 2 · span embeddings for each query and key, [tokens, tokens], by the kind of their distance. */
export function rowsOf(graph: GraphBuilder, kinds: (distance: number) => number, span: number, ids: string): string {
  let reach = 0;
  while (kinds(reach) < span) reach++;
  const byDistance = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    // The distance of a query to a key that comes later is below zero.
    Math.max(0, Math.min(2 * span - 1, kinds(reach - i) + span)),
  );
  return betweenTokens(graph, byDistance, ids);
}

/**
 * Returns the kind of a distance (the query's position less the key's): near ones have a kind each, farther ones share
 * kinds that widen with their logarithm. As make_log_bucket_position, in its single precision.
 */
export function logBucketOf(distance: number, buckets: number, farthest: number): number {
  const middle = Math.floor(buckets / 2);
  const far = Math.abs(distance);
  if (far <= middle) return distance;
  const whole = Math.fround(Math.log(Math.fround((farthest - 1) / middle)));
  const share = Math.fround(Math.fround(Math.log(Math.fround(far / middle))) / whole);
  return Math.sign(distance) * (Math.ceil(Math.fround(share * (middle - 1))) + middle);
}

/** Embeddings of distances as keys of the queries, and as queries of the keys, [rows, hidden]; absent where not used. */
export interface Projected {
  readonly keys?: string;
  readonly queries?: string;
}

/** Projects the embeddings of distances in the layer stored under `place`. */
function projections(graph: GraphBuilder, config: Config, weights: Weights, place: string, table: string): Projected {
  const { hidden_size: hidden, share_att_key: shared, pos_att_type: used } = config;
  const projected = (own: string, same: string): string =>
    linear(graph, table, linearOf(graph, weights, `${place}.attention.self.${shared ? same : own}`, [hidden, hidden]));
  return {
    ...(used?.includes("c2p") ? { keys: projected("pos_key_proj", "key_proj") } : {}),
    ...(used?.includes("p2c") ? { queries: projected("pos_query_proj", "query_proj") } : {}),
  };
}

/** Returns the products of queries and keys with the embeddings of their distances, [batch, heads, tokens, tokens]. */
export function distanceScores(
  graph: GraphBuilder,
  [query, key]: readonly [string, string],
  { keys, queries }: Projected,
  { rows, rowOf }: Distances,
  [heads, headDim]: readonly [number, number],
): string {
  const turned = (x: string, perm: readonly number[]): string => graph.op("Transpose", [x], { perm });
  const products = (x: string, positions: string, index: string): string => {
    const byHead = turned(graph.op("Reshape", [x, graph.integers([0, 0, heads, headDim])]), [0, 2, 1, 3]);
    const apart = turned(graph.op("Reshape", [positions, graph.integers([rows, heads, headDim])]), [1, 2, 0]);
    const all = graph.op("MatMul", [byHead, apart]);
    const length = graph.op("Shape", [all], { start: 2, end: 3 });
    const lengths = graph.op("Concat", [graph.op("Shape", [all], { end: 3 }), length], { axis: 0 });
    return graph.op("GatherElements", [all, graph.op("Expand", [index, lengths])], { axis: -1 });
  };
  const scores = [
    ...(keys === undefined ? [] : [products(query, keys, rowOf)]),
    ...(queries === undefined ? [] : [turned(products(key, queries, turned(rowOf, [1, 0])), [0, 1, 3, 2])]),
  ];
  return graph.op("Sum", scores);
}
