import { z } from "zod";
import { paddingBias } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { skipLayerNorm } from "../graph/layers.ts";
import { parseConfig } from "../repository/config.ts";
import type { Weights } from "../repository/weights.ts";
import type { Architecture, TokenInputs } from "./architecture.ts";
import { bertFields } from "./bert.ts";
import {
  addPostNormLayers,
  bertNames,
  embeddingParts,
  encoderShape,
  evenHeads,
  positionsAfterPadding,
} from "./post-norm.ts";

const configSchema = z
  .object({ ...bertFields, pad_token_id: z.int().nonnegative().default(1) })
  .refine(evenHeads.check, evenHeads.fault);
type Config = z.infer<typeof configSchema>;

/**
 * RoBERTa (Liu et al. 2019), and XLM-RoBERTa and CamemBERT, whose code in transformers is the same: BERT whose
 * positions start after the padding token's id; `bilingual` is XLM-RoBERTa's (Lajavaness/bilingual-embedding-large). LUKE (Yamada et al. 2020) is the same where a text's entities are not
 * told, as sentence-transformers never does.
 */
export const roberta: Architecture = {
  modelTypes: ["roberta", "xlm-roberta", "camembert", "luke", "bilingual"],
  learnedPositions: (config) => Number(config["max_position_embeddings"]) - Number(config["pad_token_id"] ?? 1) - 1,
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("roberta", configSchema, rawConfig);
    const embedded = embed(graph, config, weights, inputs);
    const bias = paddingBias(graph, inputs.mask);
    return addPostNormLayers(graph, weights, encoderShape(config), bertNames, embedded, bias);
  },
};

function embed(graph: GraphBuilder, config: Config, weights: Weights, { ids, types }: TokenInputs): string {
  const { words, table, norm } = embeddingParts(graph, weights, encoderShape(config), config.vocab_size, ids);
  const positionTable = table("position_embeddings", config.max_position_embeddings);
  const positions = positionsAfterPadding(graph, positionTable, ids, config.pad_token_id);
  const typeTable = table("token_type_embeddings", config.type_vocab_size);
  // Nearly all have one row for all tokens.
  if (types === undefined || config.type_vocab_size === 1) {
    return skipLayerNorm(graph, words, positions, norm, graph.op("Gather", [typeTable, graph.integers([0], [])]));
  }
  return skipLayerNorm(graph, words, graph.op("Add", [positions, graph.op("Gather", [typeTable, types])]), norm);
}
