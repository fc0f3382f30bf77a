import { z } from "zod";
import { paddingBias } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { linear, linearOf } from "../graph/layers.ts";
import { parseConfig } from "../repository/config.ts";
import type { Weights } from "../repository/weights.ts";
import type { Architecture } from "./architecture.ts";
import {
  type Distances,
  debertaFields,
  distanceScores,
  embedAsDeberta,
  farthestOf,
  type Projected,
  rowsOf,
} from "./deberta-v2.ts";
import { afterAttention, attendWith, bertNames, encoderShape, evenHeads } from "./post-norm.ts";

const configSchema = z
  .object({ ...debertaFields, talking_head: z.literal(false).nullish() })
  .refine(evenHeads.check, evenHeads.fault);
type Config = z.infer<typeof configSchema>;

/**
 * DeBERTa (He et al. 2020; transformers' DebertaModel): a row for each distance, and one projection whose rows are each
 * head's query, key and value in turn.
 */
export const deberta: Architecture = {
  modelTypes: ["deberta"],
  learnedPositions: (config) =>
    config["position_biased_input"] === false ? Number.NaN : Number(config["max_position_embeddings"]),
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("deberta", configSchema, rawConfig);
    const { num_attention_heads: heads, hidden_size: hidden, pos_att_type: used } = config;
    const shape = encoderShape(config);
    const scale = ((hidden / heads) * (1 + (used ?? []).length)) ** -0.5;
    const padding = paddingBias(graph, inputs.mask);
    let x = embedAsDeberta(graph, config, weights, inputs);
    const distances = config.relative_attention ? distanceRows(graph, config, weights, inputs.ids) : undefined;
    for (let i = 0; i < shape.layers; i++) {
      const place = `${bertNames.prefix}.${i}`;
      const [query, key, value] = parts(graph, config, weights, `${place}.attention.self`, x);
      const projected = distances && projections(graph, config, weights, `${place}.attention.self`, distances.table);
      const scores =
        used?.length && projected && distanceScores(graph, [query, key], projected, distances, [heads, hidden / heads]);
      const bias = scores ? graph.op("Add", [padding, graph.op("Mul", [scores, graph.floats([scale])])]) : padding;
      const attended = attendWith(graph, heads, bias, scale)(query, key, value);
      x = afterAttention(graph, weights, shape, bertNames, place, x, attended);
    }
    return { embeddings: x, hidden };
  },
};

function distanceRows(graph: GraphBuilder, config: Config, weights: Weights, ids: string): Distances {
  const span = farthestOf(config);
  const table = graph.weight(weights.tensor("encoder.rel_embeddings.weight", [2 * span, config.hidden_size]));
  return { table, rows: 2 * span, rowOf: rowsOf(graph, (distance) => distance, span, ids) };
}

function projections(graph: GraphBuilder, config: Config, weights: Weights, name: string, table: string): Projected {
  const { hidden_size: hidden, pos_att_type: used } = config;
  const projected = (part: string, hasBias: boolean): string =>
    linear(graph, table, linearOf(graph, weights, `${name}.${part}`, [hidden, hidden], hasBias));
  return {
    ...(used?.includes("c2p") ? { keys: projected("pos_proj", false) } : {}),
    ...(used?.includes("p2c") ? { queries: projected("pos_q_proj", true) } : {}),
  };
}

/** Returns queries, keys and values, [batch, tokens, hidden] each; keys have no bias. */
function parts(graph: GraphBuilder, config: Config, weights: Weights, name: string, x: string): string[] {
  const { num_attention_heads: heads, hidden_size: hidden } = config;
  const joined = linear(graph, x, linearOf(graph, weights, `${name}.in_proj`, [3 * hidden, hidden], false));
  const byHead = graph.op("Reshape", [joined, graph.integers([0, 0, heads, (3 * hidden) / heads])]);
  const [q, k, v] = graph
    .outputs("Split", [byHead], [0, 1, 2], { axis: -1, num_outputs: 3 })
    .map((part) => graph.op("Reshape", [part, graph.integers([0, 0, hidden])]));
  const withBias = (part: string, bias: string): string =>
    graph.op("Add", [part, graph.weight(weights.tensor(`${name}.${bias}`, [hidden]))]);
  return [withBias(q, "q_bias"), k, withBias(v, "v_bias")];
}
