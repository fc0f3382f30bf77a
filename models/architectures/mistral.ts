import { z } from "zod";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { addDecoder, decoderFields } from "./decoder.ts";

/** Where a config has no `sliding_window` at all, transformers takes 4,096. */
const configSchema = z.object({ ...decoderFields, sliding_window: z.int().positive().nullable().default(4096) });

/** Mistral (Jiang et al. 2023; transformers' MistralModel): no biases, one window for all layers. */
export const mistral: Architecture = {
  modelTypes: ["mistral"],
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("mistral", configSchema, rawConfig);
    return addDecoder(graph, weights, inputs, config, {
      family: "mistral",
      biases: { inputs: false, output: false, gated: false },
      headNorms: false,
      headDim: config.head_dim ?? Math.floor(config.hidden_size / config.num_attention_heads),
      windows: Array(config.num_hidden_layers).fill(config.sliding_window ?? undefined),
    });
  },
};
