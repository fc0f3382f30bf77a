/** Modules of sparse encoders. Source: sentence-transformers 6.2, `sparse_encoder/modules/`. */
import { InputError } from "../../datasets/errors.ts";
import type { Weights } from "../repository/weights.ts";
import type { GraphBuilder } from "./builder.ts";
import { elementTypes } from "./onnx.ts";

/** What the logits of a vocabulary are made of, one for each token and entry. */
export interface Vocabulary {
  /** [batch, tokens, hidden] */
  readonly tokens: string;
  /** [size, hidden] */
  readonly table: string;
  /** [size]; absent where there is none. */
  readonly bias?: string;
  /** Number of entries. */
  readonly size: number;
}

/** What is made of a text's logits. */
export interface Splade {
  readonly strategy: "max" | "sum";
  readonly activation: "relu" | "log1p_relu";
}

/** Entries whose logits are held at once: those of a text of 8,192 tokens then take 128 MiB. */
const entriesAtOnce = 4096;

/**
 * Pools the logits log(1 + relu(x)) over a text's tokens, [batch, size]. Those of all tokens are made and let go for a part
 * of the vocabulary after the other, for together they are by far the largest values of the graph.
 * @param mask [batch, tokens]
 */
export function addSplade(
  graph: GraphBuilder,
  vocabulary: Vocabulary,
  mask: string,
  splade: Splade,
): { sentence: string; width: number } {
  const { tokens, table, bias, size } = vocabulary;
  const isToken = graph.op("Unsqueeze", [graph.op("Cast", [mask], { to: elementTypes.bool }), graph.integers([2])]);
  const parts: string[] = [];
  for (let start = 0; start < size; start += entriesAtOnce) {
    const end = Math.min(size, start + entriesAtOnce);
    const part = (values: string): string =>
      size <= entriesAtOnce
        ? values
        : graph.op("Slice", [values, ...[start, end, 0].map((value) => graph.integers([value]))]);
    const logits = graph.op("FusedMatMul", [tokens, part(table)], { transB: 1 });
    parts.push(poolLogits(graph, logits, bias === undefined ? undefined : part(bias), isToken, splade));
  }
  return { sentence: parts.length === 1 ? parts[0] : graph.op("Concat", parts, { axis: 1 }), width: size };
}

function poolLogits(
  graph: GraphBuilder,
  logits: string,
  bias: string | undefined,
  isToken: string,
  { strategy, activation }: Splade,
): string {
  const biased = (x: string): string => (bias === undefined ? x : graph.op("Add", [x, bias]));
  const activated = (x: string): string => {
    const once = logOfOneMore(graph, graph.op("Relu", [biased(x)]));
    return activation === "log1p_relu" ? logOfOneMore(graph, once) : once;
  };
  const over = [graph.integers([1])];
  // What is done to each logit keeps their order, so that it can be done to the largest alone.
  if (strategy === "max") {
    const known = graph.op("Where", [isToken, logits, graph.floats([Number.NEGATIVE_INFINITY])]);
    return activated(graph.op("ReduceMax", [known, ...over], { keepdims: 0 }));
  }
  const known = graph.op("Where", [isToken, activated(logits), graph.floats([0])]);
  return graph.op("ReduceSum", [known, ...over], { keepdims: 0 });
}

/** Computes log(1 + x) for x ≥ 0, corrected for what 1 + x loses of a small x, which else became 0. */
function logOfOneMore(graph: GraphBuilder, x: string): string {
  const one = graph.floats([1]);
  const sum = graph.op("Add", [x, one]);
  const excess = graph.op("Sub", [graph.op("Sub", [sum, one]), x]);
  return graph.op("Sub", [graph.op("Log", [sum]), graph.op("Div", [excess, sum])]);
}

/** What a module with weights adds to a graph. */
interface Made {
  /** [batch, width] */
  readonly sentence: string;
  readonly width: number;
  /** Number of its weights. */
  readonly parameters: number;
}

/**
 * Adds a table of one weight for each entry of the vocabulary: a text has those of its tokens, each once
 * (SparseStaticEmbedding).
 * @param ids [batch, tokens]
 * @param mask [batch, tokens]
 */
export function addSparseStatic(graph: GraphBuilder, weights: Weights, id: string, ids: string, mask: string): Made {
  const table = weights.tensor("weight");
  weights.check();
  const [width] = table.dims;
  if (table.dims.length !== 1) {
    throw new InputError(
      `model: ${id} has static weights of the shape [${table.dims}] (SparseStaticEmbedding); expected one for each entry of the vocabulary`,
    );
  }
  const rows = graph.op("Shape", [ids], { start: 0, end: 1 });
  const shape = graph.op("Concat", [rows, graph.integers([width])], { axis: 0 });
  const none = graph.op("Expand", [graph.floats([0]), shape]);
  // Padding may have the id of a token that is there.
  const isThere = graph.op("ScatterElements", [none, ids, graph.asFloat(mask)], { axis: 1, reduction: "max" });
  const { parameters } = weights;
  return { sentence: graph.op("Mul", [isThere, graph.weight(table)]), width, parameters };
}

/** Smallest summand of the divisor in SparseAutoEncoder's normalization. */
const smallest = 1e-5;

/**
 * Adds the first half of an autoencoder, whose largest values are the vector (SparseAutoEncoder); those below 0 become 0.
 * @param x [batch, inputs]
 */
export function addAutoEncoder(
  graph: GraphBuilder,
  weights: Weights,
  { inputs, outputs, normalize }: { readonly inputs: number; readonly outputs: number; readonly normalize: boolean },
  x: string,
): Made {
  // The two are one tensor, stored under either name or both.
  const tied = ["encoder.weight", "decoder.linear.weight"].filter((name) => weights.has(name));
  const [matrix] = (tied.length > 0 ? tied : ["encoder.weight"]).map((name) => weights.tensor(name, [outputs, inputs]));
  const [before, after] = [weights.tensor("pre_bias", [inputs]), weights.tensor("latent_bias", [outputs])];
  // A count of training.
  if (weights.has("stats_last_nonzero")) weights.tensor("stats_last_nonzero", [outputs]);
  weights.check();
  const centred = graph.op("Sub", [normalize ? standardized(graph, x, inputs) : x, graph.weight(before)]);
  const product = graph.op("FusedMatMul", [centred, graph.weight(matrix)], { transB: 1 });
  const sentence = graph.op("Relu", [graph.op("Add", [product, graph.weight(after)])]);
  return { sentence, width: outputs, parameters: weights.parameters };
}

/** Divides the distances from a row's mean by their deviation over n − 1. */
function standardized(graph: GraphBuilder, x: string, width: number): string {
  const last = graph.integers([-1]);
  const distance = graph.op("Sub", [x, graph.op("ReduceMean", [x, last], { keepdims: 1 })]);
  const squares = graph.op("ReduceSum", [graph.op("Mul", [distance, distance]), last], { keepdims: 1 });
  const deviation = graph.op("Sqrt", [graph.op("Div", [squares, graph.floats([width - 1])])]);
  return graph.op("Div", [distance, graph.op("Add", [deviation, graph.floats([smallest])])]);
}
