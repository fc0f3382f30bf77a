import { z } from "zod";
import { fullPrecision, type GraphBuilder } from "../graph/builder.ts";
import { positionsOf } from "../graph/layers.ts";
import { rotationOf } from "../graph/rope.ts";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { addDecoder, decoderFields } from "./decoder.ts";

/** Rotation of a config that says nothing of it, by transformers. */
const trainedRope = {
  rope_type: "yarn",
  rope_theta: 1_000_000,
  factor: 16,
  original_max_position_embeddings: 16_384,
  mscale: 1,
  mscale_all_dim: 1,
  llama_4_scaling_beta: 0.1,
};

const configSchema = z.object({
  ...decoderFields,
  num_key_value_heads: decoderFields.num_key_value_heads.default(8),
  head_dim: decoderFields.head_dim.default(128),
  rms_norm_eps: z.number().positive().default(1e-5),
  sliding_window: z.int().positive().nullish(),
});

/** What the rotation's settings say of queries. */
const querySchema = z.object({
  llama_4_scaling_beta: z.number(),
  original_max_position_embeddings: z.int().positive().optional(),
});

/**
 * Ministral 3 (Mistral AI 2025; transformers' Ministral3Model): Mistral without a window unless the config has one,
 * whose queries grow with every stretch of the trained length.
 */
export const ministral3: Architecture = {
  modelTypes: ["ministral3"],
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("ministral3", configSchema, rawConfig);
    const found = rotationOf(config);
    const rope = Object.keys(found).length > 0 ? found : trainedRope;
    const { llama_4_scaling_beta: beta, original_max_position_embeddings: stated } = parseConfig(
      "ministral3 rope_parameters",
      querySchema,
      rope,
    );
    const trained = config.original_max_position_embeddings ?? stated ?? config.max_position_embeddings;
    return addDecoder(
      graph,
      weights,
      inputs,
      { ...config, rope_scaling: undefined, rope_parameters: rope },
      {
        family: "ministral3",
        biases: { inputs: false, output: false, gated: false },
        windows: Array(config.num_hidden_layers).fill(config.sliding_window ?? undefined),
        queryFactors: (graph, mask) => factorsByPosition(graph, mask, beta, trained),
      },
    );
  },
};

/** Returns 1 + beta · log(1 + ⌊position / trained⌋), [1, tokens, 1]. */
function factorsByPosition(graph: GraphBuilder, mask: string, beta: number, trained: number): string {
  const exact = graph.in(fullPrecision);
  const stretches = exact.asFloat(exact.op("Div", [positionsOf(exact, mask), exact.counts([trained])]));
  const logs = exact.op("Log", [exact.op("Add", [stretches, exact.floats([1])])]);
  const factors = exact.op("Add", [exact.op("Mul", [logs, exact.floats([beta])]), exact.floats([1])]);
  const column = exact.op("Unsqueeze", [factors, exact.integers([0, 2])]);
  return graph.format.float === "float" ? column : graph.asFloat(column);
}
