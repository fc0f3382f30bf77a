import { z } from "zod";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { addDecoder, decoderFields, qwenWindows, windowFields } from "./decoder.ts";

const configSchema = z.object({ ...decoderFields, ...windowFields });

/** Qwen2 (Yang et al. 2024; transformers' Qwen2Model): queries, keys and values with biases. */
export const qwen2: Architecture = {
  modelTypes: ["qwen2"],
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("qwen2", configSchema, rawConfig);
    return addDecoder(graph, weights, inputs, config, {
      family: "qwen2",
      biases: { inputs: true, output: false, gated: false },
      windows: qwenWindows("qwen2", config),
    });
  },
};
