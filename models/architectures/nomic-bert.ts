import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { plainFrequencies, ropeFields, ropeOf } from "../graph/rope.ts";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { gatedLayer } from "./blocks.ts";
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

/** Activations of the gated block by the published configs' names. */
const gates = { swiglu: "silu", geglu: "gelu" } as const;

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
    activation_function: z.enum(["swiglu", "geglu"]),
    layer_norm_epsilon: z.number().positive(),
    type_vocab_size: typeRows,
    qkv_proj_bias: z.boolean(),
    mlp_fc1_bias: z.boolean(),
    mlp_fc2_bias: z.boolean(),
    rotary_emb_base: z.number().positive(),
    rotary_emb_fraction: z.literal(1),
    rotary_emb_interleaved: z.literal(false).default(false),
    rotary_emb_scale_base: z.null().optional(),
    rotary_scaling_factor: z.null().optional(),
    causal: z.literal(false).default(false),
    prenorm: z.literal(false).default(false),
    parallel_block: z.literal(false).default(false),
    use_rms_norm: z.literal(false).nullish(),
    scale_attn_weights: z.literal(true).default(true),
    num_experts: z.literal(0).nullish(),
    moe_every_n_layers: z.union([z.literal(0), z.literal(-1)]).nullish(),
  })
  .refine((config) => config.mlp_fc1_bias === config.mlp_fc2_bias, {
    path: ["mlp_fc2_bias"],
    error: "must be what mlp_fc1_bias is",
  })
  .refine(({ n_embd: hidden, n_head: heads }) => hidden % heads === 0, {
    path: ["n_head"],
    error: "must divide n_embd",
  });

/** What both spellings say. */
interface Settings extends Omit<RotatedEncoder, "biases" | "names" | "feedForward"> {
  readonly inner: number;
  readonly activation: string;
  /** True where attention, and where the feed-forward block have biases. */
  readonly biases: { readonly attention: boolean; readonly feedForward: boolean };
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

/** Nomic BERT (Nussbaum et al. 2024; transformers' NomicBertModel): rotated positions, gated feed-forward blocks. */
export const nomicBert: Architecture = {
  modelTypes: ["nomic_bert"],
  build: (graph, rawConfig, weights, inputs) => {
    const settings = "n_embd" in rawConfig ? published(rawConfig) : current(rawConfig);
    const { hidden, inner, activation, biases } = settings;
    const gated = { hidden, inner, activation, bias: biases.feedForward, names: gatedNames };
    return addRotatedEncoder(graph, weights, inputs, {
      ...settings,
      biases: biases.attention,
      names,
      feedForward: (place, x) => gatedLayer(graph, weights, `${place}.mlp`, x, gated),
    });
  },
};

function current(rawConfig: Readonly<Record<string, unknown>>): Settings {
  const config = parseConfig("nomic_bert", configSchema, rawConfig);
  const sizes = sizesOf(config);
  const headDim = config.head_dim ?? sizes.headDim;
  return {
    ...sizes,
    headDim,
    inner: config.intermediate_size,
    activation: config.hidden_act,
    rope: ropeOf("nomic_bert", config, headDim, 1000),
    biases: { attention: false, feedForward: false },
  };
}

function published(rawConfig: Readonly<Record<string, unknown>>): Settings {
  const config = parseConfig("nomic_bert", publishedSchema, rawConfig);
  const { pad_vocab_size_multiple: multiple } = config;
  const headDim = config.n_embd / config.n_head;
  return {
    vocabulary: Math.ceil(config.vocab_size / multiple) * multiple,
    types: config.type_vocab_size,
    hidden: config.n_embd,
    heads: config.n_head,
    headDim,
    inner: config.n_inner,
    layers: config.n_layer,
    epsilon: config.layer_norm_epsilon,
    activation: gates[config.activation_function],
    rope: { frequencies: plainFrequencies(config.rotary_emb_base, headDim) },
    biases: { attention: config.qkv_proj_bias, feedForward: config.mlp_fc1_bias },
  };
}
