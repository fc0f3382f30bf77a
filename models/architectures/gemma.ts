import { z } from "zod";
import { InputError } from "../../datasets/errors.ts";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { addDecoder, decoderFields } from "./decoder.ts";

const tanhGelu = "gelu_pytorch_tanh";

const configSchema = z.object({
  ...decoderFields,
  num_key_value_heads: decoderFields.num_key_value_heads.default(16),
  head_dim: decoderFields.head_dim.default(256),
  hidden_act: z.string().default(tanhGelu),
  /** Another name of `hidden_act` in transformers 4. */
  hidden_activation: z.string().nullish(),
  attention_bias: z.boolean().default(false),
});

/** Gemma (Gemma Team 2024; transformers' GemmaModel): Llama with scaled embeddings and shifted normalizations. */
export const gemma: Architecture = {
  modelTypes: ["gemma"],
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("gemma", configSchema, rawConfig);
    const { attention_bias: bias } = config;
    return addDecoder(
      graph,
      weights,
      inputs,
      { ...config, hidden_act: activationOf(config) },
      {
        family: "gemma",
        biases: { inputs: bias, output: bias, gated: false },
        windows: Array(config.num_hidden_layers).fill(undefined),
        shiftedNorms: true,
        embeddingScale: Math.sqrt(config.hidden_size),
      },
    );
  },
};

/**
 * Returns the activation: Gemma's first configs say gelu, and mean its approximation.
 * @throws InputError when its two names have different values
 */
function activationOf({ hidden_act: stated, hidden_activation: other }: z.infer<typeof configSchema>): string {
  const activation = stated === "gelu" ? tanhGelu : stated;
  if (typeof other !== "string" || other === activation) return activation;
  throw new InputError(
    `model: the gemma config is not understood: hidden_act is ${stated}, and hidden_activation ${other}; leave one of them out`,
  );
}
