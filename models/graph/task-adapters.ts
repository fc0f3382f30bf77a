import type { StoredTensor } from "../repository/safetensors.ts";
import type { StoredChoice, Weights } from "../repository/weights.ts";
import type { GraphBuilder } from "./builder.ts";

/** Name of the graph's input that holds the number of the adapter for a batch, an int32 without axes; -1 for none. */
export const adapterInput = "adapter";

/** Takes of values for all adapters, [adapters, ...], those of the batch's adapter. */
const pick = (graph: GraphBuilder, values: string): string =>
  graph.op("Gather", [values, graph.once(adapterInput, () => graph.input(adapterInput, "int32", []))], { axis: 0 });

/**
 * Returns the factor of the batch's adapter. Without one the number -1 takes the last adapter's values, and the factor 0,
 * which stands behind those of all adapters.
 */
const factorOf = (graph: GraphBuilder, scales: readonly number[]): string =>
  graph.once(`factor ${scales} ${graph.format.float}`, () => pick(graph, graph.floats([...scales, 0])));

/** Returns the matrices of all adapters as one value, [adapters, ...]. */
function stacked(graph: GraphBuilder, tensors: readonly StoredTensor[]): string {
  const [first] = tensors;
  if (first.dims.length === 3) return graph.weight(first);
  const apart = tensors.map((tensor) => graph.op("Unsqueeze", [graph.weight(tensor), graph.integers([0])]));
  return graph.op("Concat", apart, { axis: 0 });
}

/** Returns the matrices of the batch's adapter over a layer, a [rank, width] times its factor, and b [out, rank]. */
export function chosenMatrices(graph: GraphBuilder, { a, b, scales }: StoredChoice): { a: string; b: string } {
  const scaled = graph.op("Mul", [pick(graph, stacked(graph, a)), factorOf(graph, scales)]);
  return { a: scaled, b: pick(graph, stacked(graph, b)) };
}

/** Adapters as PyTorch stores a layer's parametrization by them. */
export interface AdapterLayout {
  /** Their number. */
  readonly adapters: number;
  readonly rank: number;
  readonly scale: number;
}

const original = (layer: string): string => `${layer}.parametrizations.weight.original`;
const part = (layer: string, which: "A" | "B"): string => `${layer}.parametrizations.weight.0.lora_${which}`;

/** Returns weights whose matrices are stored with adapters, [adapters, rank, width] and [adapters, out, rank]. */
export const parametrized = (weights: Weights, { adapters, rank, scale }: AdapterLayout): Weights => {
  const nameOf = (name: string): string => {
    const renamed = original(name.replace(/\.weight$/, ""));
    return name.endsWith(".weight") && weights.has(renamed) ? renamed : name;
  };
  return {
    ...weights,
    has: (name) => weights.has(nameOf(name)),
    tensor: (name, dims) => weights.tensor(nameOf(name), dims),
    lowRank: (name, [out, width]) => ({
      a: [weights.tensor(part(name, "A"), [adapters, rank, width])],
      b: [weights.tensor(part(name, "B"), [adapters, out, rank])],
      scales: Array(adapters).fill(scale),
    }),
  };
};

/**
 * Returns what the adapter of the batch adds to a table's rows, [...ids, width], from matrices [adapters, rows, rank] and
 * [adapters, rank, width].
 */
export function parametrizedRows(
  graph: GraphBuilder,
  weights: Weights,
  { adapters, rank, scale }: AdapterLayout,
  table: string,
  [rows, width]: readonly [number, number],
  ids: string,
): string {
  const a = graph.weight(weights.tensor(part(table, "A"), [adapters, rows, rank]));
  const b = graph.weight(weights.tensor(part(table, "B"), [adapters, rank, width]));
  const scaled = graph.op("Mul", [pick(graph, b), factorOf(graph, Array(adapters).fill(scale))]);
  return graph.op("MatMul", [graph.op("Gather", [pick(graph, a), ids]), scaled]);
}
