import { z } from "zod";
import { activate } from "../graph/activations.ts";
import { paddingBias } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { type Affine, layerNorm, linear, linearOf, project } from "../graph/layers.ts";
import { parseConfig } from "../repository/config.ts";
import type { Weights } from "../repository/weights.ts";
import type { Architecture } from "./architecture.ts";
import { bertFields } from "./bert.ts";
import { attendWith, encoderShape, evenHeads, normOf, positionsAfterPadding } from "./post-norm.ts";

const configSchema = z
  .object({
    ...bertFields,
    layer_norm_eps: z.number().positive().default(1e-5),
    type_vocab_size: bertFields.type_vocab_size.unwrap().default(1),
    pad_token_id: z.int().nonnegative().default(1),
  })
  .refine(evenHeads.check, evenHeads.fault);
type Config = z.infer<typeof configSchema>;

/**
 * XLM-RoBERTa-XL (Goyal et al. 2021; transformers' XLMRobertaXLModel): RoBERTa that normalizes before each block, and
 * once more at the end.
 */
export const xlmRobertaXl: Architecture = {
  modelTypes: ["xlm-roberta-xl"],
  learnedPositions: (config) => Number(config["max_position_embeddings"]) - Number(config["pad_token_id"] ?? 1) - 1,
  build: (graph, rawConfig, weights, { ids, mask }) => {
    const config = parseConfig("xlm-roberta-xl", configSchema, rawConfig);
    const { hidden, inner, heads, activation, epsilon, layers } = encoderShape(config);
    const layer = (name: string, out: number, width: number) => linearOf(graph, weights, name, [out, width]);
    const norm = (name: string): Affine => normOf(graph, weights, name, hidden, epsilon);
    const attend = attendWith(graph, heads, paddingBias(graph, mask));
    let sum = embed(graph, config, weights, ids);
    for (let i = 0; i < layers; i++) {
      const name = `encoder.layer.${i}`;
      const x = layerNorm(graph, sum, norm(`${name}.attention.self_attn_layer_norm`));
      const part = (which: string): string =>
        linear(graph, x, layer(`${name}.attention.self.${which}`, hidden, hidden));
      const attended = attend(part("query"), part("key"), part("value"));
      const mixed = linear(graph, attended, layer(`${name}.attention.output.dense`, hidden, hidden));
      sum = graph.op("Add", [sum, mixed]);
      const y = layerNorm(graph, sum, norm(`${name}.LayerNorm`));
      const up = layer(`${name}.intermediate.dense`, inner, hidden);
      const activated = activate(graph, activation, project(graph, y, up), up.bias);
      sum = graph.op("Add", [sum, linear(graph, activated, layer(`${name}.output.dense`, hidden, inner))]);
    }
    return { embeddings: layerNorm(graph, sum, norm("encoder.LayerNorm")), hidden };
  },
};

/** Sums a token's word, position and type, [batch, tokens, hidden]. */
function embed(graph: GraphBuilder, config: Config, weights: Weights, ids: string): string {
  const table = (name: string, rows: number): string =>
    graph.weight(weights.tensor(`embeddings.${name}.weight`, [rows, config.hidden_size]));
  const words = graph.op("Gather", [table("word_embeddings", config.vocab_size), ids]);
  const positionTable = table("position_embeddings", config.max_position_embeddings);
  const positions = positionsAfterPadding(graph, positionTable, ids, config.pad_token_id);
  const types = table("token_type_embeddings", config.type_vocab_size);
  return graph.op("Sum", [words, positions, graph.op("Gather", [types, graph.integers([0])])]);
}
