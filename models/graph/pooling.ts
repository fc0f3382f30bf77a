import { fullPrecision, type GraphBuilder } from "./builder.ts";
import { sequenceLength } from "./layers.ts";
import { elementTypes } from "./onnx.ts";

/** Ways to make one vector of a text's token embeddings, by sentence-transformers' names. */
export const poolingModes = ["cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"] as const;

export type PoolingMode = (typeof poolingModes)[number];

/** Smallest divisor in sentence-transformers' Pooling. */
const smallestCount = 1e-9;

/**
 * Pools token embeddings [batch, tokens, hidden] under a mask [batch, tokens] int32 into [batch, modes · hidden], as
 * sentence-transformers' Pooling does; several modes are joined in their order.
 */
export function pool(graph: GraphBuilder, modes: readonly PoolingMode[], embeddings: string, mask: string): string {
  const pooled = modes.map((mode) => poolers[mode](graph, embeddings, mask));
  return pooled.length === 1 ? pooled[0] : graph.op("Concat", pooled, { axis: -1 });
}

type Pooler = (graph: GraphBuilder, embeddings: string, mask: string) => string;

/** Sums weight · embedding and weight over the tokens, [batch, hidden] and [batch, 1], without a masked copy. */
function weightedSum(graph: GraphBuilder, embeddings: string, weights: string): { sum: string; total: string } {
  const row = graph.op("Unsqueeze", [weights, graph.integers([1])]);
  const sum = graph.op("Squeeze", [graph.op("MatMul", [row, embeddings]), graph.integers([1])]);
  const total = graph.op("ReduceSum", [weights, graph.integers([1])], { keepdims: 1 });
  return { sum, total: graph.op("Max", [total, graph.floats([smallestCount])]) };
}

const meanBy = (graph: GraphBuilder, embeddings: string, weights: string): string => {
  const { sum, total } = weightedSum(graph, embeddings, weights);
  return graph.op("Div", [sum, total]);
};

const meanSqrtLength: Pooler = (graph, embeddings, mask) => {
  const { sum, total } = weightedSum(graph, embeddings, graph.asFloat(mask));
  return graph.op("Div", [sum, graph.op("Sqrt", [total])]);
};

/** Weighs the n-th token of the padded row by n. */
const weightedMean: Pooler = (graph, embeddings, mask) => {
  const length = graph.op("Squeeze", [sequenceLength(graph, mask), graph.integers([0])]);
  const end = graph.op("Cast", [graph.op("Add", [length, graph.integers([1], [])])], { to: elementTypes.int32 });
  const positions = graph.op("Range", [graph.counts([1], []), end, graph.counts([1], [])]);
  return meanBy(graph, embeddings, graph.op("Mul", [graph.asFloat(mask), graph.asFloat(positions)]));
};

const max: Pooler = (graph, embeddings, mask) => {
  const isToken = graph.op("Unsqueeze", [graph.op("Cast", [mask], { to: elementTypes.bool }), graph.integers([2])]);
  const masked = graph.op("Where", [isToken, embeddings, graph.floats([Number.NEGATIVE_INFINITY])]);
  return graph.op("ReduceMax", [masked, graph.integers([1])], { keepdims: 0 });
};

/** Finds the first or the last token under a mask, [batch, 1]; the first of all where there is none. */
function edgeOf(graph: GraphBuilder, mask: string, last: boolean): string {
  // The CUDA provider has ArgMax of floats only, which takes the first of equals; a running sum grows up to the last.
  const present = graph.in(fullPrecision).asFloat(mask);
  const ranked = last ? graph.op("CumSum", [present, graph.integers([1], [])]) : present;
  return graph.op("ArgMax", [ranked], { axis: 1, keepdims: 1 });
}

/** Takes the embedding of the last token under the mask, [batch, hidden]; that of the first token where there is none. */
export const lastOf: Pooler = (graph, embeddings, mask) =>
  graph.op("GatherND", [embeddings, edgeOf(graph, mask, true)], { batch_dims: 1 });

const cls: Pooler = (graph, embeddings, mask) =>
  graph.op("GatherND", [embeddings, edgeOf(graph, mask, false)], { batch_dims: 1 });

/** Zeros for an empty mask. */
const lastToken: Pooler = (graph, embeddings, mask) => {
  const position = edgeOf(graph, mask, true);
  const edge = graph.op("GatherND", [embeddings, position], { batch_dims: 1 });
  return graph.op("Mul", [edge, graph.op("GatherElements", [graph.asFloat(mask), position], { axis: 1 })]);
};

const poolers: Readonly<Record<PoolingMode, Pooler>> = {
  cls,
  max,
  mean: (graph, embeddings, mask) => meanBy(graph, embeddings, graph.asFloat(mask)),
  mean_sqrt_len_tokens: meanSqrtLength,
  weightedmean: weightedMean,
  lasttoken: lastToken,
};
