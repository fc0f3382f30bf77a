import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { attentionMask } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { linear, linearOf } from "../graph/layers.ts";
import { addRmsNorm, type RmsNorm, rmsNorm, rmsNormOf } from "../graph/rms-norm.ts";
import { ropeOf, ropeTables } from "../graph/rope.ts";
import { parseConfig } from "../repository/config.ts";
import type { Weights } from "../repository/weights.ts";
import type { Architecture } from "./architecture.ts";
import { embedTokens, gatedLayer, selfAttention, slidingProducts } from "./blocks.ts";
import { checkLayerTypes, commonFields, headDimOf, isCausal } from "./decoder.ts";

const configSchema = z.object({
  ...commonFields,
  model_type: z.string(),
  architectures: z.array(z.string()).nullish(),
  num_key_value_heads: z.int().positive().max(limits.width).default(8),
  /** The feed-forward width, by two names. */
  block_ff_dim: z.int().positive().max(limits.width).optional(),
  intermediate_size: z.int().positive().max(limits.width).default(12_288),
  block_auto_adjust_ff_dim: z.boolean().default(true),
  block_ffn_dim_multiplier: z.number().positive().nullable().default(1),
  block_multiple_of: z.int().positive().max(limits.width).default(256),
  norm_eps: z.number().positive().default(1e-5),
  conv_bias: z.boolean().default(false),
  conv_L_cache: z.int().positive().max(limits.layers).default(3),
  layer_types: z.array(z.enum(["full_attention", "conv"])).nullish(),
  full_attn_idxs: z.array(z.int().nonnegative()).nullish(),
  theta: z.number().positive().optional(),
});
type Config = z.infer<typeof configSchema>;

const gatedNames = { gate: "w1", up: "w3", down: "w2" } as const;

/**
 * LFM2 (Liquid AI 2025; transformers' Lfm2Model): short convolutions between layers of attention. In the variant of
 * `Lfm2BidirectionalModel` attention sees whole texts and the convolution is centred; otherwise the convolution looks
 * only back, also where attention was made to see all.
 */
export const lfm2: Architecture = {
  modelTypes: ["lfm2", "lfm2_bidirectional"],
  build: (graph, rawConfig, weights, { ids, mask }) => {
    const config = parseConfig("lfm2", configSchema, rawConfig);
    const { hidden_size: hidden, num_attention_heads: queries, norm_eps: epsilon } = config;
    const headDim = headDimOf(config);
    const centred = isCentred(config);
    const norm = (name: string, dims = hidden): RmsNorm => rmsNormOf(graph, weights, name, dims, epsilon);
    const tables = ropeTables(graph, ropeOf("lfm2", config, headDim, config.theta ?? 1_000_000), mask);
    const visible = attentionMask(graph, { causal: !centred && isCausal("lfm2", config) }, mask);
    const conv = { hidden, taps: config.conv_L_cache, bias: config.conv_bias, centred };
    const gated = { hidden, inner: feedForwardWidth(config), activation: "silu", bias: false, names: gatedNames };
    const kinds = layerKinds(config);
    const shape = {
      hidden,
      headDim,
      queries,
      keys: config.num_key_value_heads,
      scale: headDim ** -0.5,
      biases: { inputs: false, output: false },
      output: "out_proj",
    };
    const mix = (kind: string, block: string, x: string): string => {
      if (kind === "conv") return shortConvolution(graph, weights, `${block}.conv`, x, conv, mask);
      const name = `${block}.self_attn`;
      const norms = { query: norm(`${name}.q_layernorm`, headDim), key: norm(`${name}.k_layernorm`, headDim) };
      return selfAttention(graph, weights, name, x, { ...shape, norms }, tables, visible);
    };
    const inputNorm = (layer: number): RmsNorm =>
      norm(layer < kinds.length ? `layers.${layer}.operator_norm` : "embedding_norm");
    const embedded = embedTokens(graph, weights, [config.vocab_size, hidden], ids);
    let state = { sum: embedded, normed: rmsNorm(graph, embedded, inputNorm(0)) };
    for (const [i, kind] of kinds.entries()) {
      const block = `layers.${i}`;
      const mixed = mix(kind, block, state.normed);
      const middle = addRmsNorm(graph, mixed, state.sum, norm(`${block}.ffn_norm`));
      const fed = gatedLayer(graph, weights, `${block}.feed_forward`, middle.normed, gated);
      state = addRmsNorm(graph, fed, middle.sum, inputNorm(i + 1));
    }
    return { embeddings: state.normed, hidden };
  },
};

/** Tells whether the convolution sees both sides, as in Liquid's bidirectional class, by its name or `model_type`. */
const isCentred = ({ model_type: type, architectures }: Config): boolean =>
  type === "lfm2_bidirectional" || (architectures?.[0] ?? "").startsWith("Lfm2Bidirectional");

function layerKinds(config: Config): readonly ("full_attention" | "conv")[] {
  const { layer_types: types, full_attn_idxs: attention, num_hidden_layers: layers } = config;
  checkLayerTypes("lfm2", types, layers);
  return (
    types ?? Array.from({ length: layers }, (_, i) => (attention && !attention.includes(i) ? "conv" : "full_attention"))
  );
}

/** Returns two thirds of the config's width, scaled and rounded up to a multiple, or that width without adjustment. */
function feedForwardWidth(config: Config): number {
  const named = config.block_ff_dim ?? config.intermediate_size;
  if (!config.block_auto_adjust_ff_dim) return named;
  const width = Math.floor((2 * named) / 3);
  const { block_ffn_dim_multiplier: multiplier, block_multiple_of: multiple } = config;
  return multiplier === null ? width : Math.ceil(Math.floor(multiplier * width) / multiple) * multiple;
}

interface ShortConvolution {
  readonly hidden: number;
  /** Number of tokens that it sees. */
  readonly taps: number;
  readonly bias: boolean;
  readonly centred: boolean;
}

/**
 * Computes out(C · conv(B · x)) with B, C and x projected from the input. Padding counts as zero, so that a text's
 * vector does not depend on its company; a convolution that looks back never reaches it.
 */
function shortConvolution(
  graph: GraphBuilder,
  weights: Weights,
  name: string,
  x: string,
  { hidden, taps, bias, centred }: ShortConvolution,
  mask: string,
): string {
  const projected = linear(graph, x, linearOf(graph, weights, `${name}.in_proj`, [3 * hidden, hidden], bias));
  const [b, c, values] = graph.outputs("Split", [projected], [0, 1, 2], { axis: 2, num_outputs: 3 });
  const product = graph.op("Mul", [b, values]);
  const gated = centred
    ? graph.op("Mul", [product, graph.op("Unsqueeze", [graph.asFloat(mask), graph.integers([2])])])
    : product;
  const before = centred ? Math.floor(taps / 2) : taps - 1;
  const sum = slidingProducts(graph, weights, `${name}.conv`, gated, { width: hidden, taps, before }, mask);
  const convolved = bias ? graph.op("Add", [sum, graph.weight(weights.tensor(`${name}.conv.bias`, [hidden]))]) : sum;
  const output = linearOf(graph, weights, `${name}.out_proj`, [hidden, hidden], bias);
  return linear(graph, graph.op("Mul", [c, convolved]), output);
}
