import { attentionMask } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { type Affine, layerNorm, skipLayerNorm } from "../graph/layers.ts";
import { type Rope, ropeTables } from "../graph/rope.ts";
import type { Weights } from "../repository/weights.ts";
import type { TokenEmbeddings, TokenInputs } from "./architecture.ts";
import { type SelfAttention, selfAttention } from "./blocks.ts";
import { normOf } from "./post-norm.ts";

/** An encoder of BERT's order whose positions are rotations, and whose queries, keys and values are one projection. */
export interface RotatedEncoder {
  readonly vocabulary: number;
  /** Rows of the table of token types; 0 where there is none. */
  readonly types: number;
  readonly hidden: number;
  readonly heads: number;
  readonly headDim: number;
  readonly layers: number;
  readonly epsilon: number;
  /** True where the projections of attention have biases. */
  readonly biases: boolean;
  readonly rope: Rope;
  /** Names of its parts; those after `layers` stand under `layers.i`. */
  readonly names: {
    readonly embeddingNorm: string;
    readonly layers: string;
    readonly joined: string;
    readonly output: string;
    readonly attentionNorm: string;
    readonly outputNorm: string;
  };
  /** Returns what an adapter adds to a table's rows, [...ids, width], where one may. */
  readonly adapted?: (table: string, dims: readonly [number, number], ids: string) => string;
  /** Adds the feed-forward block of the layer stored under `place` to x, without what is added to it. */
  readonly feedForward: (place: string, x: string) => string;
}

/** Sizes by the keys that transformers has for them in encoders. */
interface EncoderSizes {
  readonly vocab_size: number;
  readonly type_vocab_size: number;
  readonly hidden_size: number;
  readonly num_attention_heads: number;
  readonly num_hidden_layers: number;
  readonly layer_norm_eps: number;
}

/** Returns what the keys of a config say of an encoder's shape. */
export const sizesOf = (config: EncoderSizes) => ({
  vocabulary: config.vocab_size,
  types: config.type_vocab_size,
  hidden: config.hidden_size,
  heads: config.num_attention_heads,
  headDim: config.hidden_size / config.num_attention_heads,
  layers: config.num_hidden_layers,
  epsilon: config.layer_norm_eps,
});

/** Adds embeddings and layers. */
export function addRotatedEncoder(
  graph: GraphBuilder,
  weights: Weights,
  inputs: TokenInputs,
  shape: RotatedEncoder,
): TokenEmbeddings {
  const { hidden, headDim, names, layers, epsilon, biases } = shape;
  const heads: SelfAttention = {
    ...{ hidden, headDim, queries: shape.heads, keys: shape.heads, scale: headDim ** -0.5 },
    ...{ biases: { inputs: biases, output: biases }, packed: names.joined, output: names.output },
  };
  const norm = (name: string): Affine => normOf(graph, weights, name, hidden, epsilon);
  const tables = ropeTables(graph, shape.rope, inputs.mask);
  const mask = attentionMask(graph, { causal: false }, inputs.mask);
  let x = layerNorm(graph, embed(graph, weights, inputs, shape), norm(names.embeddingNorm));
  for (let i = 0; i < layers; i++) {
    const place = `${names.layers}.${i}`;
    const attended = selfAttention(graph, weights, place, x, heads, tables, mask);
    const y = skipLayerNorm(graph, attended, x, norm(`${place}.${names.attentionNorm}`));
    x = skipLayerNorm(graph, shape.feedForward(place, y), y, norm(`${place}.${names.outputNorm}`));
  }
  return { embeddings: x, hidden };
}

/** Sums a token's word and type, [batch, tokens, hidden]. */
function embed(graph: GraphBuilder, weights: Weights, { ids, types }: TokenInputs, shape: RotatedEncoder): string {
  const rowsOf = (name: string, rows: number, ids: string): string => {
    const [table, dims] = [`embeddings.${name}`, [rows, shape.hidden] as const];
    const stored = graph.op("Gather", [graph.weight(weights.tensor(`${table}.weight`, dims)), ids]);
    return shape.adapted === undefined ? stored : graph.op("Add", [stored, shape.adapted(table, dims, ids)]);
  };
  const words = rowsOf("word_embeddings", shape.vocabulary, ids);
  if (shape.types === 0) return words;
  const typed = rowsOf("token_type_embeddings", shape.types, types ?? graph.integers([0]));
  return graph.op("Add", [words, typed]);
}
