import { z } from "zod";
import { InputError } from "../../datasets/errors.ts";
import { partialRopeFields, rotationOf } from "../graph/rope.ts";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { addDecoder, decoderFields } from "./decoder.ts";

const configSchema = z.object({
  ...decoderFields,
  ...partialRopeFields,
  rms_norm_eps: z.number().positive().default(1e-5),
  sliding_window: z.int().positive().nullish(),
});

/**
 * Phi-3 and Phi-4 mini (Abdin et al. 2024; transformers' Phi3Model): Llama with queries, keys and values from one layer,
 * the gate and what it opens from another, and heads of which a part rotates.
 */
export const phi3: Architecture = {
  modelTypes: ["phi3"],
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("phi3", configSchema, rawConfig);
    checkRope(config);
    return addDecoder(graph, weights, inputs, config, {
      family: "phi3",
      biases: { inputs: false, output: false, gated: false },
      windows: Array(config.num_hidden_layers).fill(config.sliding_window ?? undefined),
      packed: "qkv_proj",
      gatedNames: { packed: "gate_up_proj", down: "down_proj" },
    });
  },
};

/** Refuses scaling: transformers knows longrope alone in this family, and takes yarn for it. */
function checkRope(keys: z.infer<typeof configSchema>): void {
  const scaling = rotationOf(keys);
  const type = String(scaling["rope_type"] ?? scaling["type"] ?? "default");
  if (type === "default") return;
  throw new InputError(
    `model: the phi3 config is not understood: the rope_type is "${type}"; in this family only default is known`,
  );
}
