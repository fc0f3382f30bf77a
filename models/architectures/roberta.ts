import { z } from "zod";
import { parseConfig } from "../config.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { affineOf, skipLayerNorm } from "../graph/layers.ts";
import type { Weights } from "../weights.ts";
import type { Architecture } from "./architecture.ts";
import {
  addPostNormLayers,
  bertNames,
  encoderFields,
  encoderShape,
  evenHeads,
  placesAfterPadding,
} from "./post-norm.ts";

const configSchema = z
  .object({
    ...encoderFields,
    type_vocab_size: z.int().positive().default(2),
    pad_token_id: z.int().nonnegative().default(1),
    position_embedding_type: z.literal("absolute").default("absolute"),
    is_decoder: z.literal(false).default(false),
  })
  .refine(evenHeads.check, evenHeads.fault);
type Config = z.infer<typeof configSchema>;

/**
 * RoBERTa (Liu et al. 2019), and XLM-RoBERTa and CamemBERT, whose code in transformers is the same: BERT whose positions
 * start after the padding token's id.
 */
export const roberta: Architecture = {
  modelTypes: ["roberta", "xlm-roberta", "camembert"],
  learnedPositions: (config) => Number(config["max_position_embeddings"]) - Number(config["pad_token_id"] ?? 1) - 1,
  build: (graph, rawConfig, weights, { ids, mask }) => {
    const config = parseConfig("roberta", configSchema, rawConfig);
    const x = embed(graph, config, weights, ids);
    const layers = { prefix: "encoder.layer", count: config.num_hidden_layers, names: bertNames };
    const embeddings = addPostNormLayers(graph, weights, encoderShape(config), layers, x, { mask });
    return { embeddings, hidden: config.hidden_size };
  },
};

function embed(graph: GraphBuilder, config: Config, weights: Weights, ids: string): string {
  const table = (name: string, rows: number): string =>
    graph.weight(weights.tensor(`embeddings.${name}.weight`, [rows, config.hidden_size]));
  const words = graph.op("Gather", [table("word_embeddings", config.vocab_size), ids]);
  const positionTable = table("position_embeddings", config.max_position_embeddings);
  const positions = placesAfterPadding(graph, positionTable, ids, config.pad_token_id);
  const types = table("token_type_embeddings", config.type_vocab_size);
  const firstType = graph.op("Gather", [types, graph.integers([0], [])]);
  const norm = affineOf(graph, weights, "embeddings.LayerNorm", config.hidden_size, config.layer_norm_eps);
  return skipLayerNorm(graph, words, positions, norm, firstType);
}
