import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { activateByName } from "../graph/activations.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { linear, linearOf } from "../graph/layers.ts";
import { plainFrequencies, type Rope, ropeFields, ropeOf, statedTheta } from "../graph/rope.ts";
import { parseConfig } from "../repository/config.ts";
import type { Weights } from "../repository/weights.ts";
import type { Architecture } from "./architecture.ts";
import { encoderSizeFields, evenHeads } from "./post-norm.ts";
import { addRotatedEncoder, sizesOf } from "./rotated-encoder.ts";

const configSchema = z
  .object({
    ...encoderSizeFields,
    ...ropeFields,
    hidden_act: z.string().default("gelu"),
    layer_norm_eps: z.number().positive().default(1e-12),
    max_position_embeddings: z.int().positive().max(limits.tableRows),
    type_vocab_size: z.int().nonnegative().max(limits.tableRows).default(1),
    // Keys of the published configs.
    position_embedding_type: z.literal("rope").optional(),
    layer_norm_type: z.literal("layer_norm").optional(),
    pack_qkv: z.literal(true).optional(),
    logn_attention_scale: z.literal(false).optional(),
  })
  .refine(evenHeads.check, evenHeads.fault)
  .refine(statedTheta.check, statedTheta.fault);
type Config = z.infer<typeof configSchema>;

/** The published code's own scaling, of all texts whatever their length. */
const ntkSchema = z.object({ type: z.literal("ntk"), factor: z.number().min(1), mixed_b: z.null().optional() });

const names = {
  embeddingNorm: "embeddings.LayerNorm",
  layers: "encoder.layer",
  joined: "attention.qkv_proj",
  output: "attention.o_proj",
  attentionNorm: "attn_ln",
  outputNorm: "mlp_ln",
};

/**
 * GTE (Zhang et al. 2024, mGTE; transformers' GteModel, and NewModel of the published repositories): rotated positions,
 * gated feed-forward blocks.
 */
export const gte: Architecture = {
  modelTypes: ["gte", "new"],
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("gte", configSchema, rawConfig);
    const sizes = sizesOf(config);
    return addRotatedEncoder(graph, weights, inputs, {
      ...sizes,
      biases: true,
      rope: ropeOfGte(config, sizes.headDim),
      names,
      feedForward: (place, x) => feedForward(graph, config, weights, `${place}.mlp`, x),
    });
  },
};

/** Returns the angles; with `ntk` the base is stretched by the factor, and the angles are shrunk by its 2/headDim-th power. */
function ropeOfGte(config: Config, headDim: number): Rope {
  const { rope_theta: theta, rope_scaling: scaling } = config;
  if (theta === undefined || scaling?.["type"] !== "ntk") return ropeOf("gte", config, headDim, 10_000);
  const { factor } = parseConfig("gte rope_scaling", ntkSchema, scaling);
  const shrink = Math.fround(factor ** (2 / headDim));
  return { frequencies: plainFrequencies(theta * factor, headDim).map((angle) => Math.fround(angle / shrink)) };
}

function feedForward(graph: GraphBuilder, config: Config, weights: Weights, name: string, x: string): string {
  const { hidden_size: hidden, intermediate_size: inner } = config;
  const joined = linear(graph, x, linearOf(graph, weights, `${name}.up_gate_proj`, [2 * inner, hidden], false));
  const [up, gate] = graph.outputs("Split", [joined], [0, 1], { axis: -1, num_outputs: 2 });
  const gated = graph.op("Mul", [activateByName(graph, config.hidden_act, gate), up]);
  return linear(graph, gated, linearOf(graph, weights, `${name}.down_proj`, [hidden, inner]));
}
