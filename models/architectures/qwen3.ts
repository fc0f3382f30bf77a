import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { addDecoder, decoderFields, qwenWindows, windowFields, withDirection } from "./decoder.ts";

const configSchema = z.object({
  ...decoderFields,
  ...windowFields,
  head_dim: z.int().positive().max(limits.width).default(128),
  attention_bias: z.boolean().default(false),
});

/** What Perplexity's embedding models call a Qwen3 that looks both ways, which its config does not say otherwise. */
const bidirectional = "bidirectional_pplx_qwen3";

/** Qwen3 (Yang et al. 2025; transformers' Qwen3Model): each head of queries and keys is normalized. */
export const qwen3: Architecture = {
  modelTypes: ["qwen3", bidirectional],
  build: (graph, rawConfig, weights, inputs) => {
    const read = parseConfig("qwen3", configSchema, rawConfig);
    const config = withDirection(bidirectional, rawConfig["model_type"], read);
    const { attention_bias: bias } = config;
    return addDecoder(graph, weights, inputs, config, {
      family: "qwen3",
      biases: { inputs: bias, output: bias, gated: false },
      headNorms: "each",
      windows: qwenWindows("qwen3", config),
    });
  },
};
