import { z } from "zod";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { addDecoder, decoderFields } from "./decoder.ts";

/** As in transformers, a config without `sliding_window` has one of 4,096. */
const configSchema = z.object({ ...decoderFields, sliding_window: z.int().positive().nullable().default(4096) });

/** Mistral (Jiang et al. 2023; transformers' MistralModel): no biases, one window for all layers. */
export const mistral: Architecture = {
  modelTypes: ["mistral"],
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("mistral", configSchema, rawConfig);
    return addDecoder(graph, weights, inputs, config, {
      family: "mistral",
      biases: { inputs: false, output: false, gated: false },
      windows: Array(config.num_hidden_layers).fill(config.sliding_window ?? undefined),
    });
  },
};
