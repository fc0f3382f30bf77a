import { z } from "zod";
import { parseConfig } from "../config.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { affineOf, firstRows, sequenceLength, skipLayerNorm } from "../graph/layers.ts";
import type { Weights } from "../weights.ts";
import type { Architecture } from "./architecture.ts";
import { addPostNormLayers, bertNames, encoderFields, encoderShape, evenHeads } from "./post-norm.ts";

const configSchema = z
  .object({
    ...encoderFields,
    type_vocab_size: z.int().positive().default(2),
    position_embedding_type: z.literal("absolute").default("absolute"),
    is_decoder: z.literal(false).default(false),
  })
  .refine(evenHeads.check, evenHeads.fault);
type Config = z.infer<typeof configSchema>;

/** BERT (Devlin et al. 2019; transformers' BertModel): post-norm encoder, absolute positions, all tokens see all. */
export const bert: Architecture = {
  modelTypes: ["bert"],
  learnedPositions: (config) => Number(config["max_position_embeddings"]),
  build: (graph, rawConfig, weights, { ids, mask }) => {
    const config = parseConfig("bert", configSchema, rawConfig);
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
