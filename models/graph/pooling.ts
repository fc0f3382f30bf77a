import { fullPrecision, type GraphBuilder } from "./builder.ts";
import { sequenceLength } from "./layers.ts";

/** sentence-transformers' names of the ways to make one vector of a text's token embeddings. */
export const poolingModes = ["cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"] as const;

export type PoolingMode = (typeof poolingModes)[number];

/** Divisor below which sentence-transformers' Pooling does not go. */
const smallestCount = 1e-9;

/**
 * Pools token embeddings [batch, tokens, hidden] under a mask [batch, tokens] int32 into [batch, modes · hidden]; several
 * modes are joined in their order. As sentence-transformers' Pooling.
 */
export function pool(graph: GraphBuilder, modes: readonly PoolingMode[], embeddings: string, mask: string): string {
  const pooled = modes.map((mode) => poolers[mode](graph, embeddings, mask));
  return pooled.length === 1 ? pooled[0] : graph.op("Concat", pooled, { axis: -1 });
}

type Pooler = (graph: GraphBuilder, embeddings: string, mask: string) => string;

/** Σ weight · embedding over the tokens, and Σ weight, [batch, hidden] and [batch, 1]. A product, so that no masked copy is made. */
function weightedSum(graph: GraphBuilder, embeddings: string, weights: string): { sum: string; total: string } {
  const row = graph.op("Unsqueeze", [weights, graph.integers([1])]);
  const sum = graph.op("Squeeze", [graph.op("MatMul", [row, embeddings]), graph.integers([1])]);
  const total = graph.op("ReduceSum", [weights, graph.integers([1])], { keepdims: 1 });
  return { sum, total: graph.op("Max", [total, graph.floats([smallestCount])]) };
}

const mean: Pooler = (graph, embeddings, mask) => {
  const { sum, total } = weightedSum(graph, embeddings, graph.asFloat(mask));
  return graph.op("Div", [sum, total]);
};

const meanSqrtLength: Pooler = (graph, embeddings, mask) => {
  const { sum, total } = weightedSum(graph, embeddings, graph.asFloat(mask));
  return graph.op("Div", [sum, graph.op("Sqrt", [total])]);
};

/** Later tokens weigh more: the n-th of the padded row weighs n. */
const weightedMean: Pooler = (graph, embeddings, mask) => {
  const length = graph.op("Squeeze", [sequenceLength(graph, mask), graph.integers([0])]);
  const end = graph.op("Add", [length, graph.integers([1], [])]);
  const places = graph.op("Range", [graph.integers([1], []), end, graph.integers([1], [])]);
  const weights = graph.op("Mul", [graph.asFloat(mask), graph.asFloat(places)]);
  const { sum, total } = weightedSum(graph, embeddings, weights);
  return graph.op("Div", [sum, total]);
};

const max: Pooler = (graph, embeddings, mask) => {
  const isToken = graph.op("Unsqueeze", [graph.op("Cast", [mask], { to: 9 }), graph.integers([2])]);
  const masked = graph.op("Where", [isToken, embeddings, graph.floats([Number.NEGATIVE_INFINITY])]);
  return graph.op("ReduceMax", [masked, graph.integers([1])], { keepdims: 0 });
};

/** The embedding at the first or the last place of the mask; zeros where the mask is empty and the last is asked for. */
const atEdge =
  (last: boolean): Pooler =>
  (graph, embeddings, mask) => {
    // What the CUDA provider can do: ArgMax of floats, the first of equals. The sum so far is largest from the last on.
    const marks = graph.in(fullPrecision).asFloat(mask);
    const ranked = last ? graph.op("CumSum", [marks, graph.integers([1], [])]) : marks;
    const place = graph.op("ArgMax", [ranked], { axis: 1, keepdims: 1 });
    const edge = graph.op("GatherND", [embeddings, place], { batch_dims: 1 });
    if (!last) return edge;
    return graph.op("Mul", [edge, graph.op("GatherElements", [graph.asFloat(mask), place], { axis: 1 })]);
  };

const poolers: Readonly<Record<PoolingMode, Pooler>> = {
  cls: atEdge(false),
  max,
  mean,
  mean_sqrt_len_tokens: meanSqrtLength,
  weightedmean: weightedMean,
  lasttoken: atEdge(true),
};
