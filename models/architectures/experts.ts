import { activateByName } from "../graph/activations.ts";
import { fullPrecision, type GraphBuilder } from "../graph/builder.ts";
import { project, projectBy } from "../graph/layers.ts";
import { rowsOf } from "../repository/safetensors.ts";
import type { Weights } from "../repository/weights.ts";

/** Feed-forward layers, of which each token goes through the few that a router chooses. */
export interface Experts {
  readonly hidden: number;
  /** Width within each of them. */
  readonly inner: number;
  readonly count: number;
  /** Number that a token goes through. */
  readonly chosen: number;
  readonly activation: string;
}

/**
 * Applies the experts stored under `name` to x, [batch, tokens, hidden], as Nomic Embed v2 does (Nussbaum and Duderstadt
 * 2025): of the router's softmax over all experts a token takes the largest shares as they are, which sum to less than 1.
 * Each expert computes the rows of its own tokens only.
 */
export function addExperts(graph: GraphBuilder, weights: Weights, name: string, x: string, shape: Experts): string {
  const { hidden, inner, count, chosen, activation } = shape;
  const rows = graph.op("Reshape", [x, graph.integers([-1, hidden])]);
  const { shares, experts } = route(graph, weights, name, rows, shape);
  const [first, second] = ["w1", "w2"].map((part) =>
    weights.tensor(`${name}.experts.mlp.${part}`, [count * inner, hidden]),
  );
  const computed = Array.from({ length: count }, (_, expert) => {
    const places = placesOf(graph, experts, expert);
    const tokens = graph.op("Div", [places, graph.integers([chosen])]);
    const weightOf = (tensor: typeof first): string => graph.weight(rowsOf(tensor, expert * inner, inner));
    // One row more, which is left out again: of no rows at all ONNX Runtime 1.30 reduces to a wrong shape.
    const input = graph.op("Gather", [rows, graph.op("Concat", [tokens, graph.integers([0])], { axis: 0 })]);
    const activated = activateByName(graph, activation, project(graph, input, { weight: weightOf(first) }));
    const output = projectBy(graph, activated, weightOf(second));
    return { places, output: graph.op("Slice", [output, graph.integers([0]), graph.integers([-1])]) };
  });
  // Row `token · chosen + rank` is what the expert of that rank makes of the token.
  const places = graph.op(
    "Concat",
    computed.map((one) => one.places),
    { axis: 0 },
  );
  const outputs = graph.op(
    "Concat",
    computed.map((one) => one.output),
    { axis: 0 },
  );
  const empty = graph.op("Expand", [graph.floats([0]), graph.op("Shape", [outputs])]);
  const placed = graph.op("ScatterND", [empty, graph.op("Unsqueeze", [places, graph.integers([1])]), outputs]);
  const byRank = graph.op("Reshape", [placed, graph.integers([-1, chosen, hidden])]);
  const weighted = graph.op("Mul", [byRank, graph.op("Unsqueeze", [shares, graph.integers([2])])]);
  const sum = graph.op("ReduceSum", [weighted, graph.integers([1])], { keepdims: 0 });
  const bias = graph.weight(weights.tensor(`${name}.experts.bias`, [hidden]));
  return graph.op("Add", [graph.op("Reshape", [sum, graph.op("Shape", [x])]), bias]);
}

/** Returns the largest shares of each token and the experts that they are of, [tokens, chosen] each. */
function route(
  graph: GraphBuilder,
  weights: Weights,
  name: string,
  rows: string,
  { hidden, count, chosen }: Experts,
): { readonly shares: string; readonly experts: string } {
  const weight = weights.tensor(`${name}.router.layer.weight`, [count, hidden]);
  // Which experts are chosen must not hang on 8 bits.
  const exact = graph.in({ ...graph.format, int8: false });
  const logits = graph.in(fullPrecision).asFloat(project(exact, rows, { weight: exact.weight(weight) }));
  const all = graph.op("Softmax", [logits], { axis: -1 });
  const [shares, experts] = graph.outputs("TopK", [all, graph.integers([chosen])], [0, 1], { axis: -1 });
  return { shares: graph.asFloat(shares), experts };
}

/** Returns the places, in the flattened table of chosen experts, that hold this one. */
function placesOf(graph: GraphBuilder, experts: string, expert: number): string {
  const flat = graph.op("Reshape", [experts, graph.integers([-1])]);
  const found = graph.op("NonZero", [graph.op("Equal", [flat, graph.integers([expert], [])])]);
  return graph.op("Squeeze", [found, graph.integers([0])]);
}
