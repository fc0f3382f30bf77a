import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { paddingBias } from "../graph/attention.ts";
import { linear, linearOf } from "../graph/layers.ts";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { bertFields, embedAsBert } from "./bert.ts";
import { attendWith, encoderShape, evenHeads, type LayerNames, postNormLayer } from "./post-norm.ts";

const configSchema = z
  .object({
    ...bertFields,
    hidden_act: z.string().default("gelu_new"),
    embedding_size: z.int().positive().max(limits.width).default(128),
    num_hidden_groups: z.int().positive().max(limits.layers).default(1),
    inner_group_num: z.int().positive().max(limits.layers).default(1),
  })
  .refine(evenHeads.check, evenHeads.fault)
  .refine(({ num_hidden_layers: layers, inner_group_num: inner }) => layers * inner <= limits.layers, {
    path: ["inner_group_num"],
    error: `times num_hidden_layers must be at most ${limits.layers}`,
  });

const names: LayerNames = {
  prefix: "encoder.albert_layer_groups",
  query: "attention.query",
  key: "attention.key",
  value: "attention.value",
  attended: "attention.dense",
  attentionNorm: "attention.LayerNorm",
  up: "ffn",
  down: "ffn_output",
  outputNorm: "full_layer_layer_norm",
};

/**
 * ALBERT (Lan et al. 2020; transformers' AlbertModel): BERT with narrow embeddings, whose layers share their weights
 * within a group.
 */
export const albert: Architecture = {
  modelTypes: ["albert"],
  learnedPositions: (config) => Number(config["max_position_embeddings"]),
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("albert", configSchema, rawConfig);
    const { embedding_size: width, hidden_size: hidden, num_hidden_layers: layers } = config;
    const narrow = embedAsBert(graph, config, weights, inputs, width);
    const mapping = linearOf(graph, weights, "encoder.embedding_hidden_mapping_in", [hidden, width]);
    const attend = attendWith(graph, config.num_attention_heads, paddingBias(graph, inputs.mask));
    let embeddings = linear(graph, narrow, mapping);
    for (let i = 0; i < layers; i++) {
      const group = Math.trunc(i / (layers / config.num_hidden_groups));
      for (let j = 0; j < config.inner_group_num; j++) {
        const place = `${names.prefix}.${group}.albert_layers.${j}`;
        embeddings = postNormLayer(graph, weights, encoderShape(config), names, place, embeddings, attend);
      }
    }
    return { embeddings, hidden };
  },
};
