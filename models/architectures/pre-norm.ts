import { activate } from "../graph/activations.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { affineOf, layerNorm, linear, linearOf, project } from "../graph/layers.ts";
import type { Weights } from "../repository/weights.ts";
import type { TokenEmbeddings } from "./architecture.ts";

/** Layers that normalize what they read, by mean and deviation, as GPT-2 and its kin have them. */
export interface PreNormLayers {
  readonly hidden: number;
  /** Width between the two linear layers of a feed-forward block. */
  readonly inner: number;
  /** transformers' name of the activation. */
  readonly activation: string;
  readonly epsilon: number;
  /** Number of layers. */
  readonly layers: number;
  /** Names of the parts of layer i, which stand under `prefix.i`, and of the last normalization. */
  readonly names: {
    readonly prefix: string;
    readonly attentionNorm: string;
    readonly feedForwardNorm: string;
    readonly up: string;
    readonly down: string;
    readonly last: string;
  };
  /** True where the feed-forward block reads what the layer reads, not what attention added to it. */
  readonly parallel: boolean;
  /** Adds attention of x, [batch, tokens, hidden], in the layer of this index. */
  readonly attention: (x: string, layer: number) => string;
}

/**
 * Adds the layers over embedded tokens, [batch, tokens, hidden].
 * @returns normalized token embeddings, of the same shape
 */
export function addPreNormLayers(
  graph: GraphBuilder,
  weights: Weights,
  embedded: string,
  { hidden, inner, activation, epsilon, layers, names, parallel, attention }: PreNormLayers,
): TokenEmbeddings {
  const norm = (x: string, name: string): string =>
    layerNorm(graph, x, affineOf(graph, weights, name, hidden, epsilon));
  const feedForward = (x: string, block: string): string => {
    const up = linearOf(graph, weights, `${block}.${names.up}`, [inner, hidden]);
    const down = linearOf(graph, weights, `${block}.${names.down}`, [hidden, inner]);
    return linear(graph, activate(graph, activation, project(graph, x, up), up.bias), down);
  };
  let sum = embedded;
  for (let i = 0; i < layers; i++) {
    const block = `${names.prefix}.${i}`;
    const attended = attention(norm(sum, `${block}.${names.attentionNorm}`), i);
    const middle = graph.op("Add", [attended, sum]);
    const fed = feedForward(norm(parallel ? sum : middle, `${block}.${names.feedForwardNorm}`), block);
    sum = graph.op("Add", [fed, middle]);
  }
  return { embeddings: norm(sum, names.last), hidden };
}
