import { z } from "zod";
import { type Rope, ropeOf } from "../graph/rope.ts";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { addDecoder, decoderFields, headDimOf, type LayerNorms, layerTypeFields, windowsByType } from "./decoder.ts";

const theta = 500_000;
const settings = decoderFields.rope_parameters;

const configSchema = z
  .object({
    ...decoderFields,
    rms_norm_eps: z.number().positive().default(1e-5),
    attention_bias: z.boolean().default(false),
    ...layerTypeFields,
    /** By another base here transformers 5 turns only layers without a window, transformers 4 all. */
    rope_theta: z.literal(theta).optional(),
    rope_parameters: z.strictObject({ full_attention: settings, sliding_attention: settings }).nullish(),
  })
  .refine((config) => config.rope_theta !== undefined || config.rope_parameters, {
    path: ["rope_theta"],
    error: `expected ${theta}, or rope_parameters: transformers 4 and 5 take other bases where none is stated`,
  });
type Config = z.infer<typeof configSchema>;

const norms: LayerNorms = {
  afterAttention: "post_attention_layernorm",
  afterFeedForward: "post_feedforward_layernorm",
};

/**
 * OLMo 3 (Ai2 2025; transformers' Olmo3Model): normalizations after attention and the gated layer only, all heads of
 * queries and of keys normalized together, a window in all layers but every fourth, scaled rotation only without one.
 */
export const olmo3: Architecture = {
  modelTypes: ["olmo3"],
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("olmo3", configSchema, rawConfig);
    const { attention_bias: bias } = config;
    return addDecoder(graph, weights, inputs, config, {
      family: "olmo3",
      biases: { inputs: bias, output: bias, gated: false },
      windows: windowsByType("olmo3", config, (i) => (i + 1) % 4 !== 0),
      norms,
      headNorms: "together",
      ropes: { whole: ropeOfLayers(config, "full_attention"), window: ropeOfLayers(config, "sliding_attention") },
    });
  },
};

/** Returns the rotation of a kind of layer; transformers 4 scales those without a window alone. */
function ropeOfLayers(config: Config, kind: "full_attention" | "sliding_attention"): Rope {
  const { max_position_embeddings, rope_parameters: byKind, rope_scaling: older } = config;
  const scaling = byKind?.[kind] ?? (kind === "full_attention" ? older : undefined);
  // transformers looks for `truncate` beside the kinds of layers, where it never is.
  const rope_parameters = { ...scaling, truncate: true };
  return ropeOf("olmo3", { max_position_embeddings, rope_parameters }, headDimOf(config), theta);
}
