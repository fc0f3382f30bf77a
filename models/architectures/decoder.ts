import { z } from "zod";
import { InputError } from "../../datasets/errors.ts";
import { limits } from "../../datasets/limits.ts";
import { type AttentionScope, attentionMask } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { addRmsNorm, type RmsNorm, rmsNorm, rmsNormOf } from "../graph/rms-norm.ts";
import { ropeFields, ropeOf, ropeTables } from "../graph/rope.ts";
import type { Weights } from "../repository/weights.ts";
import type { TokenEmbeddings, TokenInputs } from "./architecture.ts";
import { embedTokens, gatedLayer, gatedNames, type SelfAttention, selfAttention } from "./blocks.ts";

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
type DecoderConfig = z.infer<z.ZodObject<typeof decoderFields>>;

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

/** Properties in which a family differs from its relatives. */
interface DecoderTraits {
  readonly family: string;
  /** True where queries, keys and values, the output of attention, or the gated layer have biases. */
  readonly biases: { readonly inputs: boolean; readonly output: boolean; readonly gated: boolean };
  /** True where each head of queries and keys is normalized (`q_norm`, `k_norm`). */
  readonly headNorms?: boolean;
  /** Window of each layer, in tokens, the token itself counted; undefined where a layer has none. */
  readonly windows: readonly (number | undefined)[];
}

/** Returns the width of a head. */
export const headDimOf = (config: Pick<DecoderConfig, "head_dim" | "hidden_size" | "num_attention_heads">): number =>
  config.head_dim ?? Math.floor(config.hidden_size / config.num_attention_heads);

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
): TokenEmbeddings {
  const { hidden_size: hidden, rms_norm_eps: epsilon } = config;
  const { family, biases, windows } = traits;
  const headDim = headDimOf(config);
  const norm = (name: string, dims = hidden): RmsNorm => rmsNormOf(graph, weights, name, dims, epsilon);
  const shape = attentionShape(config, headDim, biases);
  const shapeOf = (name: string): SelfAttention =>
    traits.headNorms
      ? { ...shape, norms: { query: norm(`${name}.q_norm`, headDim), key: norm(`${name}.k_norm`, headDim) } }
      : shape;
  const { intermediate_size: inner, hidden_act: activation } = config;
  const gated = { hidden, inner, activation, bias: biases.gated, names: gatedNames };
  const tables = ropeTables(graph, ropeOf(family, config, headDim, 10_000), mask);
  const scopes = scopesOf(family, config, windows);
  const masks = scopes.map((scope) => attentionMask(graph, scope, mask));
  const embedded = embedTokens(graph, weights, [config.vocab_size, hidden], ids);
  const inputNorm = (layer: number): RmsNorm => norm(layer < masks.length ? `layers.${layer}.input_layernorm` : "norm");
  let state = { sum: embedded, normed: rmsNorm(graph, embedded, inputNorm(0)) };
  for (const [i, visible] of masks.entries()) {
    const name = `layers.${i}.self_attn`;
    const attended = selfAttention(graph, weights, name, state.normed, shapeOf(name), tables, visible);
    const middle = addRmsNorm(graph, attended, state.sum, norm(`layers.${i}.post_attention_layernorm`));
    const after = gatedLayer(graph, weights, `layers.${i}.mlp`, middle.normed, gated);
    state = addRmsNorm(graph, after, middle.sum, inputNorm(i + 1));
  }
  return { embeddings: state.normed, hidden };
}

function attentionShape(config: DecoderConfig, headDim: number, biases: SelfAttention["biases"]): SelfAttention {
  const { hidden_size: hidden, num_attention_heads: queries, num_key_value_heads: keys } = config;
  const scale = headDim ** -0.5;
  return { hidden, headDim, queries, keys: keys ?? queries, scale, biases, output: "o_proj" };
}

/**
 * Returns the scope of each layer. Where `is_causal` is false the window reaches as far to both sides, that distance
 * itself included (transformers 5, create_sliding_window_causal_mask).
 * @throws InputError for a window where only `use_bidirectional_attention` is set, which transformers does not read here
 */
function scopesOf(family: string, config: DecoderConfig, windows: DecoderTraits["windows"]): AttentionScope[] {
  const causal = isCausal(family, config);
  const window = windows.find((tokens) => tokens !== undefined);
  if (!causal && config.is_causal !== false && window !== undefined) {
    throw new InputError(
      `model: the ${family} config is not understood: use_bidirectional_attention is true and sliding_window is ${window}; where the window holds for both sides, set is_causal to false in its place, where the model was trained to see whole texts, set sliding_window to null`,
    );
  }
  const reach = causal ? 0 : 1;
  return windows.map((tokens) => (tokens === undefined ? { causal } : { causal, window: tokens + reach }));
}
