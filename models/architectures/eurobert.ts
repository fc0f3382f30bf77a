import { z } from "zod";
import { statedTheta } from "../graph/rope.ts";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { addDecoder, decoderFields } from "./decoder.ts";
import { fullAttentionFields } from "./post-norm.ts";

const configSchema = z
  .object({
    ...decoderFields,
    ...fullAttentionFields,
    rms_norm_eps: z.number().positive().default(1e-5),
    attention_bias: z.boolean().default(false),
    mlp_bias: z.boolean().default(false),
  })
  .refine(statedTheta.check, statedTheta.fault);

/** EuroBERT (Boizard et al. 2025; transformers' EuroBertModel): Llama's layers, in which all tokens see all. */
export const eurobert: Architecture = {
  modelTypes: ["eurobert"],
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("eurobert", configSchema, rawConfig);
    const { attention_bias: attention, mlp_bias: gated } = config;
    return addDecoder(
      graph,
      weights,
      inputs,
      { ...config, is_causal: false, use_bidirectional_attention: undefined },
      {
        family: "eurobert",
        biases: { inputs: attention, output: attention, gated },
        windows: Array(config.num_hidden_layers).fill(undefined),
      },
    );
  },
};
