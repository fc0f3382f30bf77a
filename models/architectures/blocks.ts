import { activateByName } from "../graph/activations.ts";
import { type AttentionHeads, type AttentionMask, attend } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { type Linear, linear, linearOf } from "../graph/layers.ts";
import { type RmsNorm, rmsNorm } from "../graph/rms-norm.ts";
import { type RopeTables, rotate } from "../graph/rope.ts";
import type { Weights } from "../repository/weights.ts";

/** Takes the tokens' rows of the embedding table, [batch, tokens, hidden]. */
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
  /** True for `inputs` where queries, keys and values have biases, for `output` where it has one. */
  readonly biases: { readonly inputs: boolean; readonly output: boolean };
  /** Name of the output projection. */
  readonly output: string;
  /** Normalizations of queries and of keys, where there are any: of each head by itself, or of all heads together. */
  readonly norms?: { readonly query: RmsNorm; readonly key: RmsNorm; readonly together?: boolean };
  /** Name of the layer that makes queries, keys and values in this order, where one does. */
  readonly packed?: string | undefined;
  /** Factors of rotated queries by position, [1, tokens, 1], where there are any. */
  readonly queryFactors?: string | undefined;
}

/** Adds attention of x, [batch, tokens, hidden], over itself with rotated positions. */
export function selfAttention(
  graph: GraphBuilder,
  weights: Weights,
  name: string,
  x: string,
  shape: SelfAttention,
  tables: RopeTables,
  mask: AttentionMask,
): string {
  const { hidden, headDim, biases, norms, queryFactors } = shape;
  const [q, k, v] = projections(graph, weights, name, x, shape);
  const rotated = (projected: string, heads: number, norm: RmsNorm | undefined): string => {
    const normHeadsOf = norms?.together ? rmsNorm : normHeads(heads, headDim);
    return rotate(graph, norm === undefined ? projected : normHeadsOf(graph, projected, norm), tables, heads);
  };
  const turned = rotated(q, shape.queries, norms?.query);
  const queries = queryFactors === undefined ? turned : graph.op("Mul", [turned, queryFactors]);
  const attended = attend(graph, [queries, rotated(k, shape.keys, norms?.key), v], shape, mask);
  const output = [hidden, shape.queries * headDim] as const;
  return linear(graph, attended, linearOf(graph, weights, `${name}.${shape.output}`, output, biases.output));
}

/** Returns queries, keys and values, [batch, tokens, heads · headDim] each. */
function projections(
  graph: GraphBuilder,
  weights: Weights,
  name: string,
  x: string,
  { hidden, headDim, queries, keys, biases, packed }: SelfAttention,
): string[] {
  const widths = [queries, keys, keys].map((heads) => heads * headDim);
  const part = (which: string, width: number): string =>
    linear(graph, x, linearOf(graph, weights, `${name}.${which}`, [width, hidden], biases.inputs));
  if (packed === undefined) return ["q_proj", "k_proj", "v_proj"].map((which, i) => part(which, widths[i]));
  const all = part(packed, (queries + 2 * keys) * headDim);
  return graph.outputs("Split", [all, graph.integers(widths)], [0, 1, 2], { axis: 2 });
}

/** Normalizes each head of x, [batch, tokens, heads · headDim], by itself. */
export const normHeads =
  (heads: number, headDim: number) =>
  (graph: GraphBuilder, x: string, norm: RmsNorm): string => {
    const apart = graph.op("Reshape", [x, graph.integers([0, 0, heads, headDim])]);
    return graph.op("Reshape", [rmsNorm(graph, apart, norm), graph.integers([0, 0, heads * headDim])]);
  };

/** A gated feed-forward layer (Shazeer 2020): down(activation(gate(x)) · up(x)). */
interface GatedLayer {
  readonly hidden: number;
  readonly inner: number;
  readonly activation: string;
  readonly bias: boolean;
  /** Names of its three layers, or of its two where the first makes the gate and what it opens, in this order. */
  readonly names: GatedNames;
}

export type GatedNames =
  | { readonly gate: string; readonly up: string; readonly down: string }
  | { readonly packed: string; readonly down: string };

/** Names in most families. */
export const gatedNames = { gate: "gate_proj", up: "up_proj", down: "down_proj" } as const;

/** Applies the gated feed-forward layer stored under `name` to x. */
export function gatedLayer(graph: GraphBuilder, weights: Weights, name: string, x: string, shape: GatedLayer): string {
  const { hidden, inner, activation, bias, names } = shape;
  const layer = (part: string, out: number, width: number): Linear =>
    linearOf(graph, weights, `${name}.${part}`, [out, width], bias);
  const [gate, up] =
    "packed" in names
      ? graph.outputs("Split", [linear(graph, x, layer(names.packed, 2 * inner, hidden))], [0, 1], {
          axis: 2,
          num_outputs: 2,
        })
      : [names.gate, names.up].map((name) => linear(graph, x, layer(name, inner, hidden)));
  const opened = graph.op("Mul", [activateByName(graph, activation, gate), up]);
  return linear(graph, opened, layer(names.down, hidden, inner));
}

/** A convolution over tokens that works on each value by itself. */
interface SlidingProducts {
  /** Number of values of a token. */
  readonly width: number;
  /** Number of tokens that it sees, and how many of them come before the token. */
  readonly taps: number;
  readonly before: number;
}

/**
 * Computes the convolution stored under `name`, without its bias, over x, [batch, tokens, width]. It is written as shifts
 * and products, which are faster than Conv on short texts.
 */
export function slidingProducts(
  graph: GraphBuilder,
  weights: Weights,
  name: string,
  x: string,
  { width, taps, before }: SlidingProducts,
  mask: string,
): string {
  const zeros = (count: number): string[] => {
    if (count === 0) return [];
    const texts = graph.op("Shape", [mask], { start: 0, end: 1 });
    const size = graph.op("Concat", [texts, graph.integers([count, width])], { axis: 0 });
    return [graph.op("Expand", [graph.floats([0], [1, 1, 1]), size])];
  };
  const padded = graph.op("Concat", [...zeros(before), x, ...zeros(taps - 1 - before)], { axis: 1 });
  const kernel = graph.weight(weights.tensor(`${name}.weight`, [width, 1, taps]));
  const length = graph.op("Shape", [mask], { start: 1, end: 2 });
  const terms = Array.from({ length: taps }, (_, tap) => {
    const start = graph.integers([tap]);
    const shifted = graph.op("Slice", [padded, start, graph.op("Add", [length, start]), graph.integers([1])]);
    const squeezed = graph.op("Squeeze", [kernel, graph.integers([1])]);
    const weight = graph.op("Gather", [squeezed, graph.integers([tap], [])], { axis: 1 });
    return graph.op("Mul", [shifted, weight]);
  });
  return terms.reduce((total, term) => graph.op("Add", [total, term]));
}
