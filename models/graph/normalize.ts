import type { GraphBuilder } from "./builder.ts";

/** Smallest divisor of torch.nn.functional.normalize. */
const smallestLength = 1e-12;
/** Numbers that torch adds side by side in a norm on a CPU. */
const lanes = 8;

/**
 * Scales vectors [batch, width] to length 1; zeros stay zeros. Squares are added in the order of torch 2.13's
 * `vector_norm` (eight lanes, then the lanes, then the rest, each one after the other), so that equal vectors stay
 * equal to the last bit, and pairs of near-equal texts tie exactly where the reference's do.
 */
export function normalize(graph: GraphBuilder, x: string, width: number): string {
  const squares = graph.op("Mul", [x, x]);
  const whole = width - (width % lanes);
  const part = (from: number, to: number): string =>
    graph.op("Slice", [squares, graph.integers([from]), graph.integers([to]), graph.integers([1])]);
  const inLanes = (): string => graph.op("Reshape", [part(0, whole), graph.integers([-1, whole / lanes, lanes])]);
  const parts = [...(whole > 0 ? [lastSum(graph, inLanes())] : []), ...(whole < width ? [part(whole, width)] : [])];
  const row = parts.length === 1 ? parts[0] : graph.op("Concat", parts, { axis: 1 });
  const length = graph.op("Sqrt", [graph.op("Unsqueeze", [lastSum(graph, row), graph.integers([1])])]);
  return graph.op("Div", [x, graph.op("Max", [length, graph.floats([smallestLength])])]);
}

/** Sums over the second axis, one term after the other: a running sum has a fixed order, ReduceSum has none. */
function lastSum(graph: GraphBuilder, x: string): string {
  const running = graph.op("CumSum", [x, graph.integers([1], [])]);
  return graph.op("Gather", [running, graph.integers([-1], [])], { axis: 1 });
}
