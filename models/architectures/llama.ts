import { z } from "zod";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { addDecoder, decoderFields } from "./decoder.ts";

const configSchema = z.object({
  ...decoderFields,
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
});

/** Llama (Touvron et al. 2023; transformers' LlamaModel). */
export const llama: Architecture = {
  modelTypes: ["llama"],
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("llama", configSchema, rawConfig);
    const { attention_bias: bias, mlp_bias: gated } = config;
    return addDecoder(graph, weights, inputs, config, {
      family: "llama",
      biases: { inputs: bias, output: bias, gated },
      windows: Array(config.num_hidden_layers).fill(undefined),
    });
  },
};
