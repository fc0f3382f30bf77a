import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { activate } from "../graph/activations.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { type Affine, affineOf, linear, linearOf, project, skipLayerNorm } from "../graph/layers.ts";
import { elementTypes } from "../graph/onnx.ts";
import type { Tensors, Weights } from "../repository/weights.ts";
import type { TokenEmbeddings } from "./architecture.ts";

/** Sizes and settings that all layers of an encoder share. */
export interface EncoderShape {
  readonly hidden: number;
  /** Width between the two linear layers of a feed-forward block. */
  readonly inner: number;
  readonly heads: number;
  /** transformers' name of the activation. */
  readonly activation: string;
  readonly epsilon: number;
  /** Number of layers. */
  readonly layers: number;
}

/** Names that a family's checkpoints give to the parts of layer i, which stand under `prefix.i`. */
export interface LayerNames {
  readonly prefix: string;
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly attended: string;
  readonly attentionNorm: string;
  readonly up: string;
  readonly down: string;
  readonly outputNorm: string;
}

/** BERT's names, which most families keep. */
export const bertNames: LayerNames = Object.freeze({
  prefix: "encoder.layer",
  query: "attention.self.query",
  key: "attention.self.key",
  value: "attention.self.value",
  attended: "attention.output.dense",
  attentionNorm: "attention.output.LayerNorm",
  up: "intermediate.dense",
  down: "output.dense",
  outputNorm: "output.LayerNorm",
});

/** Mixes values by the products of queries and keys, [batch, tokens, hidden] each. */
type Attend = (query: string, key: string, value: string) => string;

/**
 * Returns attention under a bias that is added to the products, [batch, 1 or heads, tokens, tokens].
 * @param scale factor of the products before that; by default the width of a head to the power of -1/2
 */
export const attendWith =
  (graph: GraphBuilder, heads: number, bias: string, scale?: number): Attend =>
  (query, key, value) =>
    graph.op("Attention", [query, key, value, bias], {
      q_num_heads: heads,
      kv_num_heads: heads,
      ...(scale === undefined ? {} : { scale: { float: scale } }),
    });

/** Adds the layer stored under `place`, whose input x is [batch, tokens, hidden]. */
export function postNormLayer(
  graph: GraphBuilder,
  weights: Weights,
  shape: EncoderShape,
  names: LayerNames,
  place: string,
  x: string,
  attend: Attend,
): string {
  const { hidden } = shape;
  const part = (which: "query" | "key" | "value"): string =>
    linear(graph, x, linearOf(graph, weights, `${place}.${names[which]}`, [hidden, hidden]));
  return afterAttention(graph, weights, shape, names, place, x, attend(part("query"), part("key"), part("value")));
}

/** Adds what follows the attention of that layer: its output, the feed-forward block, and the normalization of both. */
export function afterAttention(
  graph: GraphBuilder,
  weights: Weights,
  { hidden, inner, activation, epsilon }: EncoderShape,
  names: LayerNames,
  place: string,
  x: string,
  attended: string,
): string {
  const nameOf = (part: keyof LayerNames): string => `${place}.${names[part]}`;
  const layer = (part: keyof LayerNames, out: number, width: number) =>
    linearOf(graph, weights, nameOf(part), [out, width]);
  const norm = (part: keyof LayerNames) => normOf(graph, weights, nameOf(part), hidden, epsilon);
  const mixed = layer("attended", hidden, hidden);
  const attentionNorm = norm("attentionNorm");
  const y = skipLayerNorm(graph, project(graph, attended, mixed), x, attentionNorm, mixed.bias);
  const up = layer("up", inner, hidden);
  const down = layer("down", hidden, inner);
  const activated = activate(graph, activation, project(graph, y, up), up.bias);
  return skipLayerNorm(graph, project(graph, activated, down), y, norm("outputNorm"), down.bias);
}

/**
 * Takes the rows of a position table as RoBERTa counts: from `padId + 1` on, over the tokens that are not padding. A
 * padding token, also one in the text itself, has the row `padId` (transformers' create_position_ids_from_input_ids).
 * @returns [batch, tokens, hidden]
 */
export function positionsAfterPadding(graph: GraphBuilder, table: string, ids: string, padId: number): string {
  const toInt32 = (value: string): string => graph.op("Cast", [value], { to: elementTypes.int32 });
  const pad = toInt32(graph.integers([padId], []));
  const counts = toInt32(graph.op("Not", [graph.op("Equal", [ids, pad])]));
  const counted = graph.op("Mul", [graph.op("CumSum", [counts, graph.integers([1], [])]), counts]);
  return graph.op("Gather", [table, graph.op("Add", [counted, pad])]);
}

/** Parts of a text's embeddings. */
interface EmbeddingParts {
  /** Rows of the word table, [batch, tokens, hidden]. */
  readonly words: string;
  /** Returns another table by its name, [rows, hidden]. */
  readonly table: (name: string, rows: number) => string;
  readonly norm: Affine;
}

/** Embeds the words of a text, and returns the means to add positions and more to them, under BERT's names. */
export function embeddingParts(
  graph: GraphBuilder,
  weights: Weights,
  { hidden, epsilon }: Pick<EncoderShape, "hidden" | "epsilon">,
  vocabulary: number,
  ids: string,
): EmbeddingParts {
  const table = (name: string, rows: number): string =>
    graph.weight(weights.tensor(`embeddings.${name}.weight`, [rows, hidden]));
  const words = graph.op("Gather", [table("word_embeddings", vocabulary), ids]);
  return { words, table, norm: normOf(graph, weights, "embeddings.LayerNorm", hidden, epsilon) };
}

/**
 * Adds all layers of an encoder that normalizes after each block (Vaswani et al. 2017; transformers' BertLayer).
 * @param embedded [batch, tokens, hidden]
 * @param bias added to the products of queries and keys, [batch, 1 or heads, tokens, tokens]
 */
export function addPostNormLayers(
  graph: GraphBuilder,
  weights: Weights,
  shape: EncoderShape,
  names: LayerNames,
  embedded: string,
  bias: string,
): TokenEmbeddings {
  const attend = attendWith(graph, shape.heads, bias);
  const layers = [embedded];
  for (let i = 0; i < shape.layers; i++)
    layers.push(postNormLayer(graph, weights, shape, names, `${names.prefix}.${i}`, layers[i], attend));
  return { embeddings: layers[shape.layers], hidden: shape.hidden, layers };
}

/** Keys by which a config, or a user, may ask for attention of another kind than an encoder's. */
export const fullAttentionFields = {
  is_causal: z.literal(false).nullish(),
  use_bidirectional_attention: z.literal(true).nullish(),
  sliding_window: z.null().optional(),
};

/** Keys of a config that encoders share. */
export const encoderSizeFields = {
  ...fullAttentionFields,
  vocab_size: z.int().positive().max(limits.tableRows),
  hidden_size: z.int().positive().max(limits.width),
  num_hidden_layers: z.int().nonnegative().max(limits.layers),
  num_attention_heads: z.int().positive().max(limits.width),
  intermediate_size: z.int().positive().max(limits.width),
};

/** Keys of a config that BERT and its near kin share. */
export const encoderFields = {
  ...encoderSizeFields,
  hidden_act: z.string().default("gelu"),
  layer_norm_eps: z.number().positive().default(1e-12),
  max_position_embeddings: z.int().positive().max(limits.positions),
};

/** Returns the shape that those keys describe. */
export const encoderShape = (config: z.infer<z.ZodObject<typeof encoderFields>>): EncoderShape => ({
  hidden: config.hidden_size,
  inner: config.intermediate_size,
  heads: config.num_attention_heads,
  activation: config.hidden_act,
  epsilon: config.layer_norm_eps,
  layers: config.num_hidden_layers,
});

/** Checks of a config that its heads share the hidden values evenly. */
export const evenHeads = {
  check: (config: { readonly hidden_size: number; readonly num_attention_heads: number }): boolean =>
    config.hidden_size % config.num_attention_heads === 0,
  fault: { path: ["num_attention_heads"], error: "must divide hidden_size" },
};

/** Returns a stored normalization; checkpoints converted from TensorFlow call its two parts gamma and beta. */
export const normOf = (graph: GraphBuilder, weights: Tensors, name: string, dims: number, epsilon: number): Affine =>
  affineOf(graph, weights, name, dims, epsilon, weights.has(`${name}.gamma`) ? ["gamma", "beta"] : ["weight", "bias"]);
