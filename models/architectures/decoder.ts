import { z } from "zod";
import { InputError } from "../../datasets/errors.ts";
import { limits } from "../../datasets/limits.ts";
import { type AttentionMask, attentionMask, type Sight } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { addRmsNorm, type RmsNorm, rmsNorm, rmsNormOf } from "../graph/rms-norm.ts";
import { ropeFields, ropeOf, ropeTables } from "../graph/rope.ts";
import type { Weights } from "../repository/weights.ts";
import type { TokenInputs } from "./architecture.ts";
import { embedTokens, gatedLayer, gatedNames, type SelfAttention, selfAttention } from "./blocks.ts";

/** The keys of a config that every decoder has. */
export const commonFields = {
  vocab_size: z.int().positive().max(limits.tableRows),
  hidden_size: z.int().positive().max(limits.width),
  num_hidden_layers: z.int().nonnegative().max(limits.layers),
  num_attention_heads: z.int().positive().max(limits.width),
  num_key_value_heads: z.int().positive().max(limits.width).nullish(),
  head_dim: z.int().positive().max(limits.width).nullish(),
  max_position_embeddings: z.int().positive().max(limits.tableRows),
  is_causal: z.boolean().nullish(),
  use_bidirectional_attention: z.boolean().nullish(),
  quantization_config: z.null().optional(),
  ...ropeFields,
};

/** The keys of a config of Llama and its descendants. */
export const decoderFields = {
  ...commonFields,
  intermediate_size: z.int().positive().max(limits.width),
  hidden_act: z.string().default("silu"),
  rms_norm_eps: z.number().positive().default(1e-6),
};
const decoderSchema = z.object(decoderFields);
export type DecoderConfig = z.infer<typeof decoderSchema>;

/** Keys that decide which layers of Qwen see a window only. */
export const windowFields = {
  use_sliding_window: z.boolean().default(false),
  sliding_window: z.int().positive().nullish(),
  max_window_layers: z.int().nonnegative().max(limits.layers).default(28),
  layer_types: z.array(z.enum(["full_attention", "sliding_attention"])).nullish(),
};
const windowSchema = z.object(windowFields);

/** The window of each layer of a Qwen model: none, or as many tokens as a token sees, itself counted. */
export function qwenWindows(
  family: string,
  config: z.infer<typeof windowSchema> & { readonly num_hidden_layers: number },
): (number | undefined)[] {
  const { num_hidden_layers: layers, max_window_layers: first, layer_types: types } = config;
  const window = config.use_sliding_window ? (config.sliding_window ?? undefined) : undefined;
  const sliding = Array.from({ length: layers }, (_, i) =>
    types ? types[i] === "sliding_attention" : window !== undefined && i >= first,
  );
  checkLayerTypes(family, types, layers);
  if (window === undefined && sliding.includes(true)) {
    throw new InputError(
      `model: the ${family} config is not understood: layer_types has sliding_attention, but there is no window (use_sliding_window is ${config.use_sliding_window}, sliding_window ${config.sliding_window})`,
    );
  }
  return sliding.map((slides) => (slides ? window : undefined));
}

/** @throws InputError when a config lists more or fewer kinds of layers than it has layers */
export function checkLayerTypes(family: string, types: readonly string[] | null | undefined, layers: number): void {
  if (!types || types.length === layers) return;
  throw new InputError(
    `model: the ${family} config is not understood: layer_types has ${types.length} entries for ${layers} layers`,
  );
}

/**
 * Whether a token sees only what stands before it: in a decoder it does, unless the config says otherwise.
 * @throws InputError when `is_causal` and `use_bidirectional_attention` disagree
 */
export function isCausal(
  family: string,
  config: Pick<DecoderConfig, "is_causal" | "use_bidirectional_attention">,
): boolean {
  const { is_causal: causal, use_bidirectional_attention: bidirectional } = config;
  if (typeof causal === "boolean" && causal === bidirectional) {
    throw new InputError(
      `model: the ${family} config is not understood: is_causal is ${causal} and use_bidirectional_attention is ${bidirectional}; leave one of them out`,
    );
  }
  return causal ?? bidirectional !== true;
}

/** What sets a family apart from its relatives. */
export interface DecoderTraits {
  readonly family: string;
  /** Which layers have biases. */
  readonly biases: { readonly inputs: boolean; readonly output: boolean; readonly gated: boolean };
  /** Whether each head of queries and keys is normalized (`q_norm`, `k_norm`). */
  readonly headNorms: boolean;
  /** Width of a head. */
  readonly headDim: number;
  /** Window of each layer, in tokens, the token itself counted; undefined where a layer has none. */
  readonly windows: readonly (number | undefined)[];
}

/**
 * Adds a decoder whose layers are a normalization, attention, a normalization, a gated layer.
 * @returns normalized token embeddings, [batch, tokens, hidden]
 */
export function addDecoder(
  graph: GraphBuilder,
  weights: Weights,
  { ids, mask }: TokenInputs,
  config: DecoderConfig,
  traits: DecoderTraits,
): { embeddings: string; hidden: number } {
  const { hidden_size: hidden, rms_norm_eps: epsilon } = config;
  const { family, headDim, windows } = traits;
  const norm = (name: string, dims = hidden): RmsNorm => rmsNormOf(graph, weights, name, dims, epsilon);
  const shape = attentionShape(config, traits);
  const shapeOf = (name: string): SelfAttention =>
    traits.headNorms
      ? { ...shape, norms: { query: norm(`${name}.q_norm`, headDim), key: norm(`${name}.k_norm`, headDim) } }
      : shape;
  const gated = { hidden, inner: config.intermediate_size, activation: config.hidden_act, names: gatedNames };
  const tables = ropeTables(graph, ropeOf(family, config, headDim, 10_000), mask);
  const sights = sightsOf(family, isCausal(family, config), windows);
  const masks = masksOf(graph, sights, mask);
  const embedded = embedTokens(graph, weights, [config.vocab_size, hidden], ids);
  const inputNorm = (layer: number): RmsNorm =>
    norm(layer < sights.length ? `layers.${layer}.input_layernorm` : "norm");
  let state = { sum: embedded, normed: rmsNorm(graph, embedded, inputNorm(0)) };
  for (const [i, sight] of sights.entries()) {
    const name = `layers.${i}.self_attn`;
    const attended = selfAttention(graph, weights, name, state.normed, shapeOf(name), tables, masks(sight));
    const middle = addRmsNorm(graph, attended, state.sum, norm(`layers.${i}.post_attention_layernorm`));
    const bias = traits.biases.gated;
    const after = gatedLayer(graph, weights, `layers.${i}.mlp`, middle.normed, { ...gated, bias });
    state = addRmsNorm(graph, after, middle.sum, inputNorm(i + 1));
  }
  return { embeddings: state.normed, hidden };
}

function attentionShape(config: DecoderConfig, { headDim, biases }: DecoderTraits): SelfAttention {
  const { hidden_size: hidden, num_attention_heads: queries, num_key_value_heads: keys } = config;
  const scale = headDim ** -0.5;
  return { hidden, headDim, queries, keys: keys ?? queries, scale, biases, output: "o_proj" };
}

/** Bidirectional attention in a window has no agreed meaning for these families: checkpoints of the kind ignore it. */
function sightsOf(family: string, causal: boolean, windows: readonly (number | undefined)[]): Sight[] {
  const window = windows.find((tokens) => tokens !== undefined);
  if (!causal && window !== undefined) {
    throw new InputError(
      `model: the ${family} config is not understood: it is not causal and sliding_window is ${window}; where the model was trained to see whole texts, set sliding_window to null`,
    );
  }
  return windows.map((tokens) => (tokens === undefined ? { causal } : { causal, window: tokens }));
}

/** The mask of each sight, written once for all layers that share it. */
export function masksOf(graph: GraphBuilder, sights: readonly Sight[], mask: string): (sight: Sight) => AttentionMask {
  const key = ({ causal, window }: Sight): string => `${causal} ${window}`;
  const kinds = new Map(sights.map((sight) => [key(sight), sight]));
  const masks = new Map([...kinds].map(([name, sight]) => [name, attentionMask(graph, sight, mask)]));
  return (sight) => masks.get(key(sight)) as AttentionMask;
}
