import { activateByName } from "../graph/activations.ts";
import { type AttentionHeads, type AttentionMask, attend } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { type Linear, linear } from "../graph/layers.ts";
import { type RmsNorm, rmsNorm } from "../graph/rms-norm.ts";
import { type RopeTables, rotate } from "../graph/rope.ts";
import type { Weights } from "../repository/weights.ts";

/** Rows of the embedding table. */
export function embedTokens(
  graph: GraphBuilder,
  weights: Weights,
  dims: readonly [number, number],
  ids: string,
): string {
  return graph.op("Gather", [graph.weight(weights.tensor("embed_tokens.weight", dims)), ids]);
}

/** Self-attention as a decoder stores it. */
export interface SelfAttention extends AttentionHeads {
  readonly hidden: number;
  readonly headDim: number;
  /** Whether queries, keys and values have biases, and whether the output has one. */
  readonly biases: { readonly inputs: boolean; readonly output: boolean };
  /** Name of the output projection. */
  readonly output: string;
  /** Normalizations of each head of queries and of keys, where there are any. */
  readonly norms?: { readonly query: RmsNorm; readonly key: RmsNorm };
}

/** A stored linear layer, its bias where it has one. */
export function layerOf(
  graph: GraphBuilder,
  weights: Weights,
  name: string,
  [out, width]: readonly [number, number],
  bias: boolean,
): Linear {
  const weight = graph.weight(weights.tensor(`${name}.weight`, [out, width]));
  return bias ? { weight, bias: graph.weight(weights.tensor(`${name}.bias`, [out])) } : { weight };
}

/** Attention of x, [batch, tokens, hidden], over itself with rotated positions. */
export function selfAttention(
  graph: GraphBuilder,
  weights: Weights,
  name: string,
  x: string,
  shape: SelfAttention,
  tables: RopeTables,
  mask: AttentionMask,
): string {
  const { hidden, headDim, biases, norms } = shape;
  const part = (which: string, heads: number): string =>
    linear(graph, x, layerOf(graph, weights, `${name}.${which}`, [heads * headDim, hidden], biases.inputs));
  const placed = (which: string, heads: number, norm: RmsNorm | undefined): string => {
    const projected = part(which, heads);
    const normed = norm === undefined ? projected : normHeads(graph, projected, norm, heads, headDim);
    return rotate(graph, normed, tables, heads);
  };
  const queries = placed("q_proj", shape.queries, norms?.query);
  const keys = placed("k_proj", shape.keys, norms?.key);
  const attended = attend(graph, [queries, keys, part("v_proj", shape.keys)], shape, mask);
  const output = [hidden, shape.queries * headDim] as const;
  return linear(graph, attended, layerOf(graph, weights, `${name}.${shape.output}`, output, biases.output));
}

/** Normalizes each head of x, [batch, tokens, heads · headDim], by itself. */
function normHeads(graph: GraphBuilder, x: string, norm: RmsNorm, heads: number, headDim: number): string {
  const apart = graph.op("Reshape", [x, graph.integers([0, 0, heads, headDim])]);
  return graph.op("Reshape", [rmsNorm(graph, apart, norm), graph.integers([0, 0, heads * headDim])]);
}

/** A gated feed-forward layer (Shazeer 2020): down(activation(gate(x)) · up(x)). */
export interface GatedLayer {
  readonly hidden: number;
  readonly inner: number;
  readonly activation: string;
  readonly bias: boolean;
  /** Names of its three layers. */
  readonly names: { readonly gate: string; readonly up: string; readonly down: string };
}

/** The names that all families but LFM2 use. */
export const gatedNames = { gate: "gate_proj", up: "up_proj", down: "down_proj" } as const;

/** The gated feed-forward layer stored under `name`, applied to x. */
export function gatedLayer(graph: GraphBuilder, weights: Weights, name: string, x: string, shape: GatedLayer): string {
  const { hidden, inner, activation, bias, names } = shape;
  const layer = (part: string, out: number, width: number): Linear =>
    layerOf(graph, weights, `${name}.${part}`, [out, width], bias);
  const gate = activateByName(graph, activation, linear(graph, x, layer(names.gate, inner, hidden)));
  const up = linear(graph, x, layer(names.up, inner, hidden));
  return linear(graph, graph.op("Mul", [gate, up]), layer(names.down, hidden, inner));
}
