import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { activateByName } from "../graph/activations.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { linear, linearOf } from "../graph/layers.ts";
import { plainFrequencies, type Rope, ropeFields, ropeOf } from "../graph/rope.ts";
import { parseConfig } from "../repository/config.ts";
import type { Weights } from "../repository/weights.ts";
import type { Architecture } from "./architecture.ts";
import { gatedLayer } from "./blocks.ts";
import { addExperts } from "./experts.ts";
import { encoderSizeFields, evenHeads, fullAttentionFields } from "./post-norm.ts";
import { addRotatedEncoder, type RotatedEncoder, sizesOf } from "./rotated-encoder.ts";

const size = z.int().positive().max(limits.width);
const rows = z.int().positive().max(limits.tableRows);
const typeRows = z.int().nonnegative().max(limits.tableRows);

/** Keys of transformers 5. */
const configSchema = z
  .object({
    ...encoderSizeFields,
    ...ropeFields,
    head_dim: size.nullish(),
    hidden_act: z.string().default("silu"),
    layer_norm_eps: z.number().positive().default(1e-12),
    max_position_embeddings: rows.default(2048),
    type_vocab_size: typeRows.default(2),
    num_experts: z.literal(0).nullish(),
  })
  .refine(evenHeads.check, evenHeads.fault);

/** Feed-forward blocks by the published configs' names. */
const blocks = {
  swiglu: { activation: "silu", gated: true },
  geglu: { activation: "gelu", gated: true },
  gelu: { activation: "gelu", gated: false },
} as const;

/** Tells whether some layers have experts: a config of a model without any may still say every how many. */
const hasExperts = (config: {
  readonly num_experts?: number | null | undefined;
  readonly moe_every_n_layers?: number | null | undefined;
}): boolean => Number(config.num_experts ?? 0) > 0 && Number(config.moe_every_n_layers ?? 0) > 0;

/** Keys of the published configs, those of GPT-2 and more. */
const publishedSchema = z
  .object({
    ...fullAttentionFields,
    vocab_size: rows,
    pad_vocab_size_multiple: rows.default(1),
    n_embd: size,
    n_head: size,
    n_inner: size,
    n_layer: z.int().nonnegative().max(limits.layers),
    activation_function: z.enum(["swiglu", "geglu", "gelu"]),
    layer_norm_epsilon: z.number().positive(),
    type_vocab_size: typeRows,
    qkv_proj_bias: z.boolean(),
    mlp_fc1_bias: z.boolean(),
    mlp_fc2_bias: z.boolean(),
    rotary_emb_base: z.number().positive(),
    rotary_emb_fraction: z.literal(1),
    rotary_emb_interleaved: z.literal(false).default(false),
    rotary_emb_scale_base: z.null().optional(),
    rotary_scaling_factor: z.number().min(1).nullish(),
    max_trained_positions: z.int().positive().max(limits.positions).default(2048),
    causal: z.literal(false).default(false),
    prenorm: z.literal(false).default(false),
    parallel_block: z.literal(false).default(false),
    use_rms_norm: z.literal(false).nullish(),
    scale_attn_weights: z.literal(true).default(true),
    norm_mlp: z.literal(false).nullish(),
    num_experts: z.int().nonnegative().max(limits.layers).nullish(),
    moe_every_n_layers: z.int().min(-1).nullish(),
    moe_top_k: z.int().positive().max(limits.layers).optional(),
    moe_normalize_expert_weights: z.literal(false).nullish(),
    num_shared_experts: z.literal(0).nullish(),
    expert_choice_router: z.literal(false).nullish(),
    ffn_div: z.literal(1).nullish(),
  })
  .refine((config) => config.mlp_fc1_bias === config.mlp_fc2_bias, {
    path: ["mlp_fc2_bias"],
    error: "must be what mlp_fc1_bias is",
  })
  .refine((config) => !hasExperts(config) || config.activation_function === "gelu", {
    path: ["activation_function"],
    error: "must be gelu with experts",
  })
  .refine((config) => !hasExperts(config) || Number(config.moe_top_k) <= Number(config.num_experts), {
    path: ["moe_top_k"],
    error: "must be at most num_experts",
  })
  .refine((config) => Number(config.num_experts ?? 0) * config.n_layer <= limits.layers, {
    path: ["num_experts"],
    error: `times n_layer must be at most ${limits.layers}`,
  })
  .refine(({ n_embd: hidden, n_head: heads }) => hidden % heads === 0, {
    path: ["n_head"],
    error: "must divide n_embd",
  });

type Published = z.infer<typeof publishedSchema>;

/** What both spellings say. */
interface Settings extends Omit<RotatedEncoder, "biases" | "names" | "feedForward"> {
  readonly inner: number;
  readonly activation: string;
  readonly gated: boolean;
  /** True where attention, and where the feed-forward block have biases. */
  readonly biases: { readonly attention: boolean; readonly feedForward: boolean };
  /** Experts in place of the block in each layer i for which i mod `every` is 1. */
  readonly experts?: { readonly count: number; readonly chosen: number; readonly every: number };
}

const names = {
  embeddingNorm: "emb_ln",
  layers: "encoder.layers",
  joined: "attn.Wqkv",
  output: "attn.out_proj",
  attentionNorm: "norm1",
  outputNorm: "norm2",
};
const gatedNames = { gate: "fc12", up: "fc11", down: "fc2" };

/**
 * Nomic BERT (Nussbaum et al. 2024; transformers' NomicBertModel): rotated positions, gated feed-forward blocks; and the
 * second version (Nussbaum and Duderstadt 2025), whose blocks are plain, and experts in every other layer.
 */
export const nomicBert: Architecture = {
  modelTypes: ["nomic_bert"],
  build: (graph, rawConfig, weights, inputs) => {
    const settings = "n_embd" in rawConfig ? published(rawConfig) : current(rawConfig);
    return addRotatedEncoder(graph, weights, inputs, {
      ...settings,
      biases: settings.biases.attention,
      names,
      feedForward: (place, x) => feedForward(graph, settings, weights, place, x),
    });
  },
};

function feedForward(graph: GraphBuilder, settings: Settings, weights: Weights, place: string, x: string): string {
  const { hidden, inner, activation, biases, gated, experts } = settings;
  const name = `${place}.mlp`;
  const index = Number(place.slice(`${names.layers}.`.length));
  if (experts && index % experts.every === 1) {
    return addExperts(graph, weights, name, x, { hidden, inner, activation, ...experts });
  }
  if (gated) {
    return gatedLayer(graph, weights, name, x, {
      hidden,
      inner,
      activation,
      bias: biases.feedForward,
      names: gatedNames,
    });
  }
  const layer = (part: string, dims: readonly [number, number]) =>
    linearOf(graph, weights, `${name}.${part}`, dims, biases.feedForward);
  const activated = activateByName(graph, activation, linear(graph, x, layer("fc1", [inner, hidden])));
  return linear(graph, activated, layer("fc2", [hidden, inner]));
}

function current(rawConfig: Readonly<Record<string, unknown>>): Settings {
  const config = parseConfig("nomic_bert", configSchema, rawConfig);
  const sizes = sizesOf(config);
  const headDim = config.head_dim ?? sizes.headDim;
  return {
    ...sizes,
    headDim,
    inner: config.intermediate_size,
    activation: config.hidden_act,
    gated: true,
    rope: ropeOf("nomic_bert", config, headDim, 1000),
    biases: { attention: false, feedForward: false },
  };
}

function published(rawConfig: Readonly<Record<string, unknown>>): Settings {
  const config = parseConfig("nomic_bert", publishedSchema, rawConfig);
  const { pad_vocab_size_multiple: multiple, moe_every_n_layers: every, num_experts: count } = config;
  return {
    vocabulary: Math.ceil(config.vocab_size / multiple) * multiple,
    types: config.type_vocab_size,
    hidden: config.n_embd,
    heads: config.n_head,
    headDim: config.n_embd / config.n_head,
    inner: config.n_inner,
    layers: config.n_layer,
    epsilon: config.layer_norm_epsilon,
    ...blocks[config.activation_function],
    rope: publishedRope(config),
    biases: { attention: config.qkv_proj_bias, feedForward: config.mlp_fc1_bias },
    ...(hasExperts(config)
      ? { experts: { count: Number(count), chosen: Number(config.moe_top_k), every: Number(every) } }
      : {}),
  };
}

/** Returns the angles. With a factor the base grows with a text that is longer than those of training. */
function publishedRope(config: Published): Rope {
  const { rotary_emb_base: theta, rotary_scaling_factor: factor, max_trained_positions: trained } = config;
  const frequencies = plainFrequencies(theta, config.n_embd / config.n_head);
  return factor ? { frequencies, growth: { theta, factor, trained } } : { frequencies };
}
