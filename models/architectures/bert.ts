import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { paddingBias } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { firstRows, sequenceLength, skipLayerNorm } from "../graph/layers.ts";
import { parseConfig } from "../repository/config.ts";
import type { Weights } from "../repository/weights.ts";
import type { Architecture, TokenInputs } from "./architecture.ts";
import { addPostNormLayers, bertNames, embeddingParts, encoderFields, encoderShape, evenHeads } from "./post-norm.ts";

/** Keys of BERT's and RoBERTa's configs. */
export const bertFields = {
  ...encoderFields,
  type_vocab_size: z.int().positive().max(limits.tableRows).default(2),
  position_embedding_type: z.literal("absolute").default("absolute"),
  is_decoder: z.literal(false).default(false),
};
const configSchema = z.object(bertFields).refine(evenHeads.check, evenHeads.fault);

/** BERT (Devlin et al. 2019; transformers' BertModel): post-norm encoder, absolute positions, all tokens see all. */
export const bert: Architecture = {
  modelTypes: ["bert"],
  learnedPositions: (config) => Number(config["max_position_embeddings"]),
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("bert", configSchema, rawConfig);
    const embedded = embedAsBert(graph, config, weights, inputs);
    return addPostNormLayers(
      graph,
      weights,
      encoderShape(config),
      bertNames,
      embedded,
      paddingBias(graph, inputs.mask),
    );
  },
};

/**
 * Embeds tokens as BERT does: words, positions and token types of `width` values, and the first row of each further
 * table, summed and normalized.
 * @returns [batch, tokens, width]
 */
export function embedAsBert(
  graph: GraphBuilder,
  config: z.infer<z.ZodObject<typeof bertFields>>,
  weights: Weights,
  { ids, types }: TokenInputs,
  width = config.hidden_size,
  further: Readonly<Record<string, number>> = {},
): string {
  const shape = { hidden: width, epsilon: config.layer_norm_eps };
  const { words, table, norm } = embeddingParts(graph, weights, shape, config.vocab_size, ids);
  const positionTable = table("position_embeddings", config.max_position_embeddings);
  const positions = firstRows(graph, positionTable, sequenceLength(graph, ids));
  const typeTable = table("token_type_embeddings", config.type_vocab_size);
  const typed = graph.op("Gather", [typeTable, types ?? graph.integers([0])]);
  const added = Object.entries(further).map(([name, rows]) =>
    graph.op("Gather", [table(name, rows), graph.integers([0])]),
  );
  return skipLayerNorm(graph, words, graph.op("Sum", [positions, typed, ...added]), norm);
}
