import { z } from "zod";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { addDecoder, decoderFields } from "./decoder.ts";

const configSchema = z.object({
  ...decoderFields,
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  embedding_multiplier: z.number().default(1),
  attention_multiplier: z.number().default(1),
  residual_multiplier: z.number().default(1),
});

/** Granite (IBM 2024; transformers' GraniteModel): Llama with four factors, of which one is the logits' alone. */
export const granite: Architecture = {
  modelTypes: ["granite"],
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("granite", configSchema, rawConfig);
    const { attention_bias: bias, mlp_bias: gated } = config;
    return addDecoder(graph, weights, inputs, config, {
      family: "granite",
      biases: { inputs: bias, output: bias, gated },
      windows: Array(config.num_hidden_layers).fill(undefined),
      embeddingScale: config.embedding_multiplier,
      attentionScale: config.attention_multiplier,
      residualScale: config.residual_multiplier,
    });
  },
};
