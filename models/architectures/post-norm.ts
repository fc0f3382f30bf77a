import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { activate } from "../graph/activations.ts";
import { paddingBias } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { type Affine, affineOf, linear, linearOf, project, skipLayerNorm } from "../graph/layers.ts";
import { elementTypes } from "../graph/onnx.ts";
import type { Weights } from "../repository/weights.ts";

/** Sizes and settings that all layers of an encoder share. */
export interface EncoderShape {
  readonly hidden: number;
  /** Width between the two linear layers of a feed-forward block. */
  readonly inner: number;
  readonly heads: number;
  /** transformers' name of the activation. */
  readonly activation: string;
  readonly epsilon: number;
}

/** Names of a layer's parts, as a family's checkpoints call them. */
export interface LayerNames {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly attended: string;
  readonly attentionNorm: string;
  readonly up: string;
  readonly down: string;
  readonly outputNorm: string;
}

/** BERT's names, which most families kept. */
export const bertNames: LayerNames = Object.freeze({
  query: "attention.self.query",
  key: "attention.self.key",
  value: "attention.self.value",
  attended: "attention.output.dense",
  attentionNorm: "attention.output.LayerNorm",
  up: "intermediate.dense",
  down: "output.dense",
  outputNorm: "output.LayerNorm",
});

/** What attention leaves out and adds. */
export interface Sight {
  /** [batch, tokens] int32, 0 for padding. */
  readonly mask: string;
  /** Added to the products of queries and keys, [1, heads, tokens, tokens]. */
  readonly bias?: string;
}

/**
 * A layer of an encoder that normalizes after each block (Vaswani et al. 2017; transformers' BertLayer and its kin).
 * @param prefix what stands before the names of the layer's tensors
 * @param x [batch, tokens, hidden]
 * @param bias added to the products of queries and keys, [batch, 1 or heads, tokens, tokens]
 */
function postNormLayer(
  graph: GraphBuilder,
  weights: Weights,
  { hidden, inner, heads, activation, epsilon }: EncoderShape,
  names: LayerNames,
  prefix: string,
  x: string,
  bias: string,
): string {
  const layer = (part: keyof LayerNames, out: number, width: number) =>
    linearOf(graph, weights, `${prefix}.${names[part]}`, out, width);
  const norm = (part: keyof LayerNames) => affineOf(graph, weights, `${prefix}.${names[part]}`, hidden, epsilon);
  const part = (which: "query" | "key" | "value"): string => linear(graph, x, layer(which, hidden, hidden));
  const attended = graph.op("Attention", [part("query"), part("key"), part("value"), bias], {
    q_num_heads: heads,
    kv_num_heads: heads,
  });
  const mixed = layer("attended", hidden, hidden);
  const attentionNorm = norm("attentionNorm");
  const y = skipLayerNorm(graph, project(graph, attended, mixed), x, attentionNorm, mixed.bias);
  const up = layer("up", inner, hidden);
  const down = layer("down", hidden, inner);
  const activated = activate(graph, activation, project(graph, y, up), up.bias);
  return skipLayerNorm(graph, project(graph, activated, down), y, norm("outputNorm"), down.bias);
}

/**
 * Rows of a position table as RoBERTa counts: from `padId + 1` on, over the tokens that are not padding. A padding token,
 * one that stands in the text itself included, has the row `padId` (transformers' create_position_ids_from_input_ids).
 * @returns [batch, tokens, hidden]
 */
export function placesAfterPadding(graph: GraphBuilder, table: string, ids: string, padId: number): string {
  const toInt32 = (value: string): string => graph.op("Cast", [value], { to: elementTypes.int32 });
  const pad = toInt32(graph.integers([padId], []));
  const counts = toInt32(graph.op("Not", [graph.op("Equal", [ids, pad])]));
  const counted = graph.op("Mul", [graph.op("CumSum", [counts, graph.integers([1], [])]), counts]);
  return graph.op("Gather", [table, graph.op("Add", [counted, pad])]);
}

/** What the embeddings of a text are made of. */
export interface EmbeddingParts {
  /** Rows of the word table, [batch, tokens, hidden]. */
  readonly words: string;
  /** Another table by its name, [rows, hidden]. */
  readonly table: (name: string, rows: number) => string;
  readonly norm: Affine;
}

/** The words of a text, and what is to be added to them, under BERT's names. */
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
  return { words, table, norm: affineOf(graph, weights, "embeddings.LayerNorm", hidden, epsilon) };
}

/** A family's layers: `prefix.0` to `prefix.(count − 1)`. */
export interface Layers {
  readonly prefix: string;
  readonly count: number;
  readonly names: LayerNames;
}

/** All layers, one after the other. */
export function addPostNormLayers(
  graph: GraphBuilder,
  weights: Weights,
  shape: EncoderShape,
  { prefix, count, names }: Layers,
  embedded: string,
  { mask, bias }: Sight,
): string {
  const hidden = paddingBias(graph, mask);
  const added = bias === undefined ? hidden : graph.op("Add", [hidden, bias]);
  let x = embedded;
  for (let layer = 0; layer < count; layer++)
    x = postNormLayer(graph, weights, shape, names, `${prefix}.${layer}`, x, added);
  return x;
}

/** Keys by which a config, or a user, may ask for attention of another kind than an encoder's. */
export const everyTokenSeesAll = {
  is_causal: z.literal(false).nullish(),
  use_bidirectional_attention: z.literal(true).nullish(),
  sliding_window: z.null().optional(),
};

/** Keys of a config that BERT and its near kin share. */
export const encoderFields = {
  ...everyTokenSeesAll,
  vocab_size: z.int().positive().max(limits.tableRows),
  hidden_size: z.int().positive().max(limits.width),
  num_hidden_layers: z.int().nonnegative().max(limits.layers),
  num_attention_heads: z.int().positive().max(limits.width),
  intermediate_size: z.int().positive().max(limits.width),
  hidden_act: z.string().default("gelu"),
  layer_norm_eps: z.number().positive().default(1e-12),
  max_position_embeddings: z.int().positive().max(limits.positions),
};

type EncoderConfig = Readonly<z.infer<z.ZodObject<typeof encoderFields>>>;

/** The shape that those keys describe. */
export const encoderShape = (config: EncoderConfig): EncoderShape => ({
  hidden: config.hidden_size,
  inner: config.intermediate_size,
  heads: config.num_attention_heads,
  activation: config.hidden_act,
  epsilon: config.layer_norm_eps,
});

/** The layers of an encoder whose config has those keys, after its embeddings. */
export function addEncoder(
  graph: GraphBuilder,
  weights: Weights,
  config: EncoderConfig,
  names: LayerNames,
  embedded: string,
  sight: Sight,
): { embeddings: string; hidden: number } {
  const layers = { prefix: "encoder.layer", count: config.num_hidden_layers, names };
  const embeddings = addPostNormLayers(graph, weights, encoderShape(config), layers, embedded, sight);
  return { embeddings, hidden: config.hidden_size };
}

/** Says of a config that its heads share the hidden values evenly. */
export const evenHeads = {
  check: (config: { readonly hidden_size: number; readonly num_attention_heads: number }): boolean =>
    config.hidden_size % config.num_attention_heads === 0,
  fault: { path: ["num_attention_heads"], error: "must divide hidden_size" },
};
