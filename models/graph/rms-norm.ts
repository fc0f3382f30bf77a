import type { Weights } from "../repository/weights.ts";
import { fullPrecision, type GraphBuilder } from "./builder.ts";

/** A root-mean-square normalization's scale, [dims]. */
export interface RmsNorm {
  readonly scale: string;
  readonly epsilon: number;
}

/** Returns a stored root-mean-square normalization, `name.weight` over `dims` values. */
export function rmsNormOf(graph: GraphBuilder, weights: Weights, name: string, dims: number, epsilon: number): RmsNorm {
  return { scale: graph.weight(weights.tensor(`${name}.weight`, [dims])), epsilon };
}

/** As `rmsNormOf`, for weights stored as their distance from 1 (Gemma), which is added in full precision. */
export function shiftedRmsNormOf(
  graph: GraphBuilder,
  weights: Weights,
  name: string,
  dims: number,
  epsilon: number,
): RmsNorm {
  const exact = graph.in(fullPrecision);
  const scale = exact.op("Add", [exact.weight(weights.tensor(`${name}.weight`, [dims])), exact.floats([1])]);
  return { scale: graph.format.float === "float" ? scale : graph.asFloat(scale), epsilon };
}

/** Computes x / √(mean of x² + ε) · scale over the last axis (Zhang and Sennrich 2019). */
export const rmsNorm = (graph: GraphBuilder, x: string, { scale, epsilon }: RmsNorm): string =>
  graph.op("SimplifiedLayerNormalization", [x, scale], { axis: -1, epsilon: { float: epsilon } });

/** Computes x + skip and its normalization in one operator. */
export function addRmsNorm(
  graph: GraphBuilder,
  x: string,
  skip: string,
  { scale, epsilon }: RmsNorm,
): { sum: string; normed: string } {
  const attributes = { epsilon: { float: epsilon } };
  const [normed, sum] = graph.outputs("SkipSimplifiedLayerNormalization", [x, skip, scale], [0, 3], attributes);
  return { normed, sum };
}
