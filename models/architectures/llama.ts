import { z } from "zod";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { addDecoder, decoderFields, withDirection } from "./decoder.ts";

const configSchema = z.object({
  ...decoderFields,
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
});

/** What NVIDIA's embedding models call a Llama that looks both ways, which its config does not say otherwise. */
const bidirectional = "llama_bidirec";

/** Llama (Touvron et al. 2023; transformers' LlamaModel). */
export const llama: Architecture = {
  modelTypes: ["llama", bidirectional],
  build: (graph, rawConfig, weights, inputs) => {
    const read = parseConfig("llama", configSchema, rawConfig);
    const config = withDirection(bidirectional, rawConfig["model_type"], read);
    const { attention_bias: bias, mlp_bias: gated } = config;
    return addDecoder(graph, weights, inputs, config, {
      family: "llama",
      biases: { inputs: bias, output: bias, gated },
      windows: Array(config.num_hidden_layers).fill(undefined),
    });
  },
};
