import type { StoredChoice, StoredLowRank, Tensors } from "../repository/weights.ts";
import type { GraphBuilder } from "./builder.ts";
import { projectInt8 } from "./int8.ts";
import { elementTypes } from "./onnx.ts";
import { chosenMatrices } from "./task-adapters.ts";

/** A linear layer's weight [out, in] and bias [out], as values of the graph. */
export interface Linear {
  readonly weight: string;
  /** Empty where there is none. */
  readonly bias: string;
  readonly lowRank?: LowRank;
}

/** What an adapter adds to a linear layer's product (Hu et al. 2021): scale · (x · aᵀ) · bᵀ. */
export interface LowRank {
  /** [rank, in] */
  readonly a: string;
  /** [out, rank] */
  readonly b: string;
  readonly scale: number;
}

/** A normalization's scale and shift, [dims] each. */
export interface Affine {
  readonly scale: string;
  /** Empty where there is none. */
  readonly shift: string;
  readonly epsilon: number;
}

/**
 * Returns a stored linear layer, `name.weight` [out, width] and where it has one `name.bias` [out], with what an adapter
 * beside the weights adds to it.
 */
export function linearOf(
  graph: GraphBuilder,
  weights: Tensors,
  name: string,
  [out, width]: readonly [number, number],
  hasBias = true,
): Linear {
  const adapter = weights.lowRank(name, [out, width]);
  return {
    weight: graph.weight(weights.tensor(`${name}.weight`, [out, width])),
    bias: hasBias ? graph.weight(weights.tensor(`${name}.bias`, [out])) : "",
    ...(adapter && { lowRank: lowRankOf(graph, adapter) }),
  };
}

const lowRankOf = (graph: GraphBuilder, adapter: StoredLowRank | StoredChoice): LowRank =>
  "scales" in adapter
    ? { ...chosenMatrices(graph, adapter), scale: 1 }
    : { ...adapter, a: graph.weight(adapter.a), b: graph.weight(adapter.b) };

/**
 * Returns a stored normalization over `dims` values.
 * @param parts Names of the scale and, where there is one, of the shift.
 */
export function affineOf(
  graph: GraphBuilder,
  weights: Tensors,
  name: string,
  dims: number,
  epsilon: number,
  [scale, shift]: readonly string[] = ["weight", "bias"],
): Affine {
  const part = (one: string): string => graph.weight(weights.tensor(`${name}.${one}`, [dims]));
  return { scale: part(scale), shift: shift === undefined ? "" : part(shift), epsilon };
}

const times = (graph: GraphBuilder, x: string, matrix: string, scaled: { alpha?: { float: number } } = {}): string =>
  graph.op("FusedMatMul", [x, matrix], { transB: 1, ...scaled });

/**
 * Computes x · weightᵀ without the bias, [..., in] → [..., out], from the weight as it is stored, and adds what the
 * adapter makes of x, in floats also where the weight is multiplied in 8-bit integers.
 */
export function project(graph: GraphBuilder, x: string, { weight, lowRank }: Omit<Linear, "bias">): string {
  const product = graph.format.int8 ? projectInt8(graph, x, weight) : times(graph, x, weight);
  if (lowRank === undefined) return product;
  const { a, b, scale } = lowRank;
  return graph.op("Add", [product, times(graph, times(graph, x, a), b, { alpha: { float: scale } })]);
}

/** Computes x · weight for a weight that is stored [in, out]. */
export const projectBy = (graph: GraphBuilder, x: string, weight: string): string =>
  graph.format.int8 ? projectInt8(graph, x, weight, 1) : graph.op("MatMul", [x, weight]);

/** Computes x · weightᵀ + bias. */
export const linear = (graph: GraphBuilder, x: string, layer: Linear): string => {
  const product = project(graph, x, layer);
  return layer.bias === "" ? product : graph.op("Add", [product, layer.bias]);
};

/** Normalizes x over its last axis. */
export const layerNorm = (graph: GraphBuilder, x: string, { scale, shift, epsilon }: Affine): string =>
  // ONNX Runtime 1.30 crashes over an empty name in the last place.
  graph.op("LayerNormalization", shift === "" ? [x, scale] : [x, scale, shift], {
    axis: -1,
    epsilon: { float: epsilon },
  });

/** Normalizes x + skip + bias, in two operators: ONNX Runtime 1.30's single one takes five times as long on CPUs. */
export const skipLayerNorm = (graph: GraphBuilder, x: string, skip: string, norm: Affine, bias = ""): string =>
  layerNorm(graph, graph.op("Sum", [x, skip, ...(bias === "" ? [] : [bias])]), norm);

/** Returns the number of tokens of a batch [batch, tokens], as a vector of one element. */
export const sequenceLength = (graph: GraphBuilder, ids: string): string =>
  graph.op("Shape", [ids], { start: 1, end: 2 });

/** Counts positions from 0 on, [tokens] int32, for `ids` or a mask, [batch, tokens]. */
export function positionsOf(graph: GraphBuilder, ids: string): string {
  const length = graph.op("Squeeze", [sequenceLength(graph, ids), graph.integers([0])]);
  const end = graph.op("Cast", [length], { to: elementTypes.int32 });
  return graph.op("Range", [graph.counts([0], []), end, graph.counts([1], [])]);
}

/** Takes the first `length` rows of a table. */
export const firstRows = (graph: GraphBuilder, table: string, length: string): string =>
  graph.op("Slice", [table, graph.integers([0]), length, graph.integers([0])]);
