import { z } from "zod";
import { InputError } from "../../datasets/errors.ts";
import { limits } from "../../datasets/limits.ts";
import { type AttentionMask, type AttentionScope, attentionMask } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { addRmsNorm, type RmsNorm, rmsNorm, rmsNormOf, shiftedRmsNormOf } from "../graph/rms-norm.ts";
import { type Rope, type RopeTables, ropeFields, ropeOf, ropeTables } from "../graph/rope.ts";
import type { Weights } from "../repository/weights.ts";
import type { TokenEmbeddings, TokenInputs } from "./architecture.ts";
import { embedTokens, type GatedNames, gatedLayer, gatedNames, type SelfAttention, selfAttention } from "./blocks.ts";

/** Keys of a config that every decoder has. */
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

/** Keys of a config of Llama and its descendants. */
export const decoderFields = {
  ...commonFields,
  intermediate_size: z.int().positive().max(limits.width),
  hidden_act: z.string().default("silu"),
  rms_norm_eps: z.number().positive().default(1e-6),
};
type DecoderConfig = z.infer<z.ZodObject<Omit<typeof decoderFields, "partial_rotary_factor">>> & {
  readonly partial_rotary_factor?: number;
};

/** What the tokens of each layer see: the whole text, or a window. */
export const layerTypes = z.array(z.enum(["full_attention", "sliding_attention"])).nullish();
export type LayerType = NonNullable<z.infer<typeof layerTypes>>[number];

/** Keys that decide which layers of Qwen have a window. */
export const windowFields = {
  use_sliding_window: z.boolean().default(false),
  sliding_window: z.int().positive().nullish(),
  max_window_layers: z.int().nonnegative().max(limits.layers).default(28),
  layer_types: layerTypes,
};

/** Returns the window of each layer of a Qwen model, in tokens, the token itself counted; undefined without one. */
export function qwenWindows(
  family: string,
  config: z.infer<z.ZodObject<typeof windowFields>> & { readonly num_hidden_layers: number },
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

/**
 * Checks that `layer_types` has an entry for each layer.
 * @throws InputError when it has more or fewer
 */
export function checkLayerTypes(family: string, types: readonly string[] | null | undefined, layers: number): void {
  if (!types || types.length === layers) return;
  throw new InputError(
    `model: the ${family} config is not understood: layer_types has ${types.length} entries for ${layers} layers`,
  );
}

/** Keys that decide which layers of Gemma 2 and OLMo 3 have a window. */
export const layerTypeFields = {
  sliding_window: z.int().positive().nullable().default(4096),
  layer_types: layerTypes,
};

/**
 * Returns the window of each layer, by its type or, for a config that names none, by its index.
 * @throws InputError when a layer is to have a window, and the config has none
 */
export function windowsByType(
  family: string,
  config: z.infer<z.ZodObject<typeof layerTypeFields>> & { readonly num_hidden_layers: number },
  slidesUnsaid: (layer: number) => boolean,
): (number | undefined)[] {
  const { layer_types: types, num_hidden_layers: layers, sliding_window: window } = config;
  checkLayerTypes(family, types, layers);
  return Array.from({ length: layers }, (_, i) => {
    if (!(types ? types[i] === "sliding_attention" : slidesUnsaid(i))) return undefined;
    if (window !== null) return window;
    throw new InputError(
      `model: the ${family} config is not understood: layer ${i} is one of sliding_attention, and sliding_window is null; give it a window, or name only full_attention in layer_types`,
    );
  });
}

/**
 * Tells whether a token sees only those before it: in a decoder it does, unless the config says otherwise.
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

/** Returns the config, which is not causal where it is of this `model_type` and does not say otherwise. */
export const withDirection = <Config extends Pick<DecoderConfig, "is_causal" | "use_bidirectional_attention">>(
  bidirectionalType: string,
  type: unknown,
  config: Config,
): Config =>
  type === bidirectionalType
    ? { ...config, is_causal: config.is_causal ?? config.use_bidirectional_attention === false }
    : config;

/** Names of a layer's normalizations; absent where a family has none in that place. */
export interface LayerNorms {
  readonly beforeAttention?: string;
  /** Of what attention adds, before it is added. */
  readonly afterAttention?: string;
  readonly beforeFeedForward?: string;
  readonly afterFeedForward?: string;
}

const llamaNorms: LayerNorms = { beforeAttention: "input_layernorm", beforeFeedForward: "post_attention_layernorm" };

/** Properties in which a family differs from its relatives; those that may be left out are Llama's. */
interface DecoderTraits {
  readonly family: string;
  /** True where queries, keys and values, the output of attention, or the gated layer have biases. */
  readonly biases: { readonly inputs: boolean; readonly output: boolean; readonly gated: boolean };
  /** What `q_norm` and `k_norm` normalize, where there are any: each head, or all together. */
  readonly headNorms?: "each" | "together";
  /** Window of each layer, in tokens, the token itself counted; undefined where a layer has none. */
  readonly windows: readonly (number | undefined)[];
  /** True where transformers reads `use_bidirectional_attention`, so that a window holds under it, too. */
  readonly readsBidirectional?: boolean;
  readonly norms?: LayerNorms;
  /** True where normalizations are stored as their distance from 1. */
  readonly shiftedNorms?: boolean;
  /** Factors of embeddings, and of what attention and the gated layer add. */
  readonly embeddingScale?: number;
  readonly residualScale?: number;
  /** Factor of a product of query and key; where there is none, headDim^(−1/2). */
  readonly attentionScale?: number;
  /** As in `AttentionHeads`. */
  readonly softCap?: number;
  /** Rotations of layers without and with a window. */
  readonly ropes?: { readonly whole: Rope; readonly window: Rope };
  /** Makes factors of queries by position, [1, tokens, 1], of the mask, [batch, tokens]. */
  readonly queryFactors?: (graph: GraphBuilder, mask: string) => string;
  /** Adds what a layer does in place of Llama's attention. */
  readonly mix?: (x: string, layer: number, tables: RopeTables, visible: AttentionMask) => string;
  /** Names of the layer that makes queries, keys and values, and of the gated layer's. */
  readonly packed?: string;
  readonly gatedNames?: GatedNames;
}

/** Returns a head's width. */
export const headDimOf = (config: Pick<DecoderConfig, "head_dim" | "hidden_size" | "num_attention_heads">): number =>
  config.head_dim ?? Math.floor(config.hidden_size / config.num_attention_heads);

/** Adds a decoder of attention and gated layers; returns normalized token embeddings, [batch, tokens, hidden]. */
export function addDecoder(
  graph: GraphBuilder,
  weights: Weights,
  { ids, mask }: TokenInputs,
  config: DecoderConfig,
  traits: DecoderTraits,
): TokenEmbeddings {
  const { hidden_size: hidden, rms_norm_eps: epsilon, intermediate_size: inner, hidden_act: activation } = config;
  const { windows, norms = llamaNorms, residualScale = 1 } = traits;
  const normOf = traits.shiftedNorms ? shiftedRmsNormOf : rmsNormOf;
  const norm = (name: string, dims = hidden): RmsNorm => normOf(graph, weights, name, dims, epsilon);
  const shapeOf = attentionShapes(config, traits, norm, traits.queryFactors?.(graph, mask));
  const gated = { hidden, inner, activation, bias: traits.biases.gated, names: traits.gatedNames ?? gatedNames };
  const tables = tablesOf(graph, config, traits, mask);
  const masks = scopesOf(config, traits).map((scope) => attentionMask(graph, scope, mask));
  const embedded = scale(
    graph,
    embedTokens(graph, weights, [config.vocab_size, hidden], ids),
    traits.embeddingScale ?? 1,
  );
  const inLayer = (layer: number, name: string | undefined): RmsNorm | undefined =>
    name === undefined ? undefined : norm(`layers.${layer}.${name}`);
  const inputNorm = (layer: number): RmsNorm | undefined =>
    layer < masks.length ? inLayer(layer, norms.beforeAttention) : norm("norm");
  const add = (x: string, sum: string, after: RmsNorm | undefined, next: RmsNorm | undefined): State => {
    const added = scale(graph, after === undefined ? x : rmsNorm(graph, x, after), residualScale);
    if (next !== undefined) return addRmsNorm(graph, added, sum, next);
    const both = graph.op("Add", [added, sum]);
    return { sum: both, normed: both };
  };
  const first = inputNorm(0);
  let state = { sum: embedded, normed: first === undefined ? embedded : rmsNorm(graph, embedded, first) };
  for (const [i, visible] of masks.entries()) {
    const name = `layers.${i}.self_attn`;
    const rotation = tables(windows[i] !== undefined);
    const attended =
      traits.mix?.(state.normed, i, rotation, visible) ??
      selfAttention(graph, weights, name, state.normed, shapeOf(name), rotation, visible);
    const { sum, normed } = add(
      attended,
      state.sum,
      inLayer(i, norms.afterAttention),
      inLayer(i, norms.beforeFeedForward),
    );
    const fed = gatedLayer(graph, weights, `layers.${i}.mlp`, normed, gated);
    state = add(fed, sum, inLayer(i, norms.afterFeedForward), inputNorm(i + 1));
  }
  return { embeddings: state.normed, hidden };
}

/** What the layers have added up, and its normalization, which the next one reads; [batch, tokens, hidden] each. */
interface State {
  readonly sum: string;
  readonly normed: string;
}

const scale = (graph: GraphBuilder, x: string, factor: number): string =>
  factor === 1 ? x : graph.op("Mul", [x, graph.floats([factor])]);

/** Returns the shape of the attention stored under a name. */
function attentionShapes(
  config: DecoderConfig,
  traits: DecoderTraits,
  norm: (name: string, dims: number) => RmsNorm,
  queryFactors: string | undefined,
): (name: string) => SelfAttention {
  const { hidden_size: hidden, num_attention_heads: queries } = config;
  const { biases, packed, headNorms, softCap } = traits;
  const headDim = headDimOf(config);
  const keys = config.num_key_value_heads ?? queries;
  const factor = traits.attentionScale ?? headDim ** -0.5;
  const shape = {
    hidden,
    headDim,
    queries,
    keys,
    scale: factor,
    biases,
    output: "o_proj",
    packed,
    queryFactors,
    softCap,
  };
  if (headNorms === undefined) return () => shape;
  const together = headNorms === "together";
  const width = (heads: number): number => (together ? heads : 1) * headDim;
  return (name) => {
    const [query, key] = [norm(`${name}.q_norm`, width(queries)), norm(`${name}.k_norm`, width(keys))];
    return { ...shape, norms: { query, key, together } };
  };
}

/** Computes the tables of layers without and with a window. */
function tablesOf(
  graph: GraphBuilder,
  config: DecoderConfig,
  { family, ropes }: DecoderTraits,
  mask: string,
): (windowed: boolean) => RopeTables {
  const whole = ropeTables(graph, ropes?.whole ?? ropeOf(family, config, headDimOf(config), 10_000), mask);
  const near = ropes === undefined ? whole : ropeTables(graph, ropes.window, mask);
  return (windowed) => (windowed ? near : whole);
}

/**
 * Returns what each layer sees; where `is_causal` is false, a window's distance to both sides, itself included.
 * @throws InputError for a window under `use_bidirectional_attention` where transformers does not read that
 */
function scopesOf(config: DecoderConfig, { family, windows, readsBidirectional }: DecoderTraits): AttentionScope[] {
  const causal = isCausal(family, config);
  const window = windows.find((tokens) => tokens !== undefined);
  if (!causal && config.is_causal !== false && window !== undefined && !readsBidirectional) {
    throw new InputError(
      `model: the ${family} config is not understood: use_bidirectional_attention is true and sliding_window is ${window}; where the window holds for both sides, set is_causal to false in its place, where the model was trained to see whole texts, set sliding_window to null`,
    );
  }
  return windows.map((tokens) => (tokens === undefined ? { causal } : { causal, window: tokens + (causal ? 0 : 1) }));
}
