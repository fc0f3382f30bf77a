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
  /** Normalizations of each head of queries and of keys, where there are any. */
  readonly norms?: { readonly query: RmsNorm; readonly key: RmsNorm };
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
  const { hidden, headDim, biases, norms } = shape;
  const part = (which: string, heads: number): string =>
    linear(graph, x, linearOf(graph, weights, `${name}.${which}`, [heads * headDim, hidden], biases.inputs));
  const rotated = (which: string, heads: number, norm: RmsNorm | undefined): string => {
    const projected = part(which, heads);
    const normed = norm === undefined ? projected : normHeads(graph, projected, norm, heads, headDim);
    return rotate(graph, normed, tables, heads);
  };
  const queries = rotated("q_proj", shape.queries, norms?.query);
  const keys = rotated("k_proj", shape.keys, norms?.key);
  const attended = attend(graph, [queries, keys, part("v_proj", shape.keys)], shape, mask);
  const output = [hidden, shape.queries * headDim] as const;
  return linear(graph, attended, linearOf(graph, weights, `${name}.${shape.output}`, output, biases.output));
}

/** Normalizes each head of x, [batch, tokens, heads · headDim], by itself. */
function normHeads(graph: GraphBuilder, x: string, norm: RmsNorm, heads: number, headDim: number): string {
  const apart = graph.op("Reshape", [x, graph.integers([0, 0, heads, headDim])]);
  return graph.op("Reshape", [rmsNorm(graph, apart, norm), graph.integers([0, 0, heads * headDim])]);
}

/** A gated feed-forward layer (Shazeer 2020): down(activation(gate(x)) · up(x)). */
interface GatedLayer {
  readonly hidden: number;
  readonly inner: number;
  readonly activation: string;
  readonly bias: boolean;
  /** Names of its three layers. */
  readonly names: { readonly gate: string; readonly up: string; readonly down: string };
}

/** Names in all families but LFM2. */
export const gatedNames = { gate: "gate_proj", up: "up_proj", down: "down_proj" } as const;

/** Applies the gated feed-forward layer stored under `name` to x. */
export function gatedLayer(graph: GraphBuilder, weights: Weights, name: string, x: string, shape: GatedLayer): string {
  const { hidden, inner, activation, bias, names } = shape;
  const layer = (part: string, out: number, width: number): Linear =>
    linearOf(graph, weights, `${name}.${part}`, [out, width], bias);
  const gate = activateByName(graph, activation, linear(graph, x, layer(names.gate, inner, hidden)));
  const up = linear(graph, x, layer(names.up, inner, hidden));
  return linear(graph, graph.op("Mul", [gate, up]), layer(names.down, hidden, inner));
}
