import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { paddingBias } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { firstRows, sequenceLength, skipLayerNorm } from "../graph/layers.ts";
import { parseConfig } from "../repository/config.ts";
import type { Weights } from "../repository/weights.ts";
import type { Architecture } from "./architecture.ts";
import { addPostNormLayers, embeddingParts, fullAttentionFields, type LayerNames } from "./post-norm.ts";

const configSchema = z
  .object({
    ...fullAttentionFields,
    vocab_size: z.int().positive().max(limits.tableRows),
    dim: z.int().positive().max(limits.width),
    n_layers: z.int().nonnegative().max(limits.layers),
    n_heads: z.int().positive().max(limits.width),
    hidden_dim: z.int().positive().max(limits.width),
    activation: z.string().default("gelu"),
    max_position_embeddings: z.int().positive().max(limits.positions),
  })
  .refine(({ dim, n_heads: heads }) => dim % heads === 0, { path: ["n_heads"], error: "must divide dim" });
type Config = z.infer<typeof configSchema>;

/** The same in every DistilBERT; its config has no key for it. */
const epsilon = 1e-12;

const names: LayerNames = {
  prefix: "transformer.layer",
  query: "attention.q_lin",
  key: "attention.k_lin",
  value: "attention.v_lin",
  attended: "attention.out_lin",
  attentionNorm: "sa_layer_norm",
  up: "ffn.lin1",
  down: "ffn.lin2",
  outputNorm: "output_layer_norm",
};

/** DistilBERT (Sanh et al. 2019; transformers' DistilBertModel): BERT without token types. */
export const distilbert: Architecture = {
  modelTypes: ["distilbert"],
  learnedPositions: (config) => Number(config["max_position_embeddings"]),
  build: (graph, rawConfig, weights, { ids, mask }) => {
    const config = parseConfig("distilbert", configSchema, rawConfig);
    const { dim: hidden, hidden_dim: inner, n_heads: heads, n_layers: layers, activation } = config;
    const shape = { hidden, inner, heads, activation, epsilon, layers };
    const embedded = embed(graph, config, weights, ids);
    return addPostNormLayers(graph, weights, shape, names, embedded, paddingBias(graph, mask));
  },
};

function embed(graph: GraphBuilder, config: Config, weights: Weights, ids: string): string {
  const shape = { hidden: config.dim, epsilon };
  const { words, table, norm } = embeddingParts(graph, weights, shape, config.vocab_size, ids);
  const positions = table("position_embeddings", config.max_position_embeddings);
  return skipLayerNorm(graph, words, firstRows(graph, positions, sequenceLength(graph, ids)), norm);
}
