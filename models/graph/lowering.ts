import { causalBias } from "./attention.ts";
import type { GraphBuilder, Lowering, Lowerings } from "./builder.ts";
import type { Attribute } from "./onnx.ts";

/** alpha · x · weightᵀ for a weight of two dimensions, which ONNX Runtime transposes once, when it loads the graph. */
const lowerFusedMatMul: Lowering = (graph, [x = "", weight = ""], { transB, alpha }) => {
  if (transB !== 1) throw new Error("graph: FusedMatMul has another form here than x · weightᵀ");
  const transposed = graph.once(`${weight} transposed`, () => graph.op("Transpose", [weight], { perm: [1, 0] }));
  const product = graph.op("MatMul", [x, transposed]);
  return [isFloat(alpha) ? graph.op("Mul", [product, graph.floats([alpha.float], [])]) : product];
};

const isFloat = (value: Attribute | undefined): value is { readonly float: number } =>
  typeof value === "object" && "float" in value;

const lowerSum: Lowering = (graph, inputs) => [inputs.reduce((a, b) => graph.op("Add", [a, b]))];

const lowerBiasGelu: Lowering = (graph, inputs) => [graph.op("Gelu", [graph.op("Add", inputs)])];

/**
 * Attention by products and softmax, with keys and values repeated for the queries of their group. Masks are numbers
 * to add (`attend` writes them so for devices that lower Attention). ONNX Runtime's MultiHeadAttention, which WebGPU
 * has, is no way to it: 1.30 computes 32 and more tokens wrong where the GPU's subgroups are narrow (SwiftShader's, by
 * 0.06 on values of 1).
 */
const lowerAttention: Lowering = (graph, [q = "", k = "", v = "", mask = ""], attributes) => {
  const { q_num_heads: heads, kv_num_heads: groups, scale, softcap, is_causal: causal } = attributes;
  const apart = graph.integers([0, 0, Number(heads), -1]);
  const byHead = (x: string, perm: readonly number[]): string =>
    graph.op("Transpose", [graph.op("Reshape", [repeated(graph, x, Number(heads), Number(groups)), apart])], { perm });
  const queries = graph.op("Transpose", [graph.op("Reshape", [q, apart])], { perm: [0, 2, 1, 3] });
  const products = graph.op("MatMul", [queries, byHead(k, [0, 2, 3, 1])]);
  const scaled = isFloat(scale)
    ? graph.op("Mul", [products, graph.floats([scale.float], [])])
    : graph.op("Div", [products, rootOfWidth(graph, queries)]);
  const capped = isFloat(softcap) ? softCapped(graph, scaled, softcap.float) : scaled;
  const biases = [mask, causal === 1 ? causalBias(graph, q) : ""].filter((bias) => bias !== "");
  const sum = biases.reduce((total, bias) => graph.op("Add", [total, bias]), capped);
  const mixed = graph.op("MatMul", [graph.op("Softmax", [sum], { axis: -1 }), byHead(v, [0, 2, 1, 3])]);
  const together = graph.op("Transpose", [mixed], { perm: [0, 2, 1, 3] });
  return [graph.op("Reshape", [together, graph.integers([0, 0, -1])])];
};

/** Repeats each group's part of x, [batch, tokens, groups · width], for its heads: [batch, tokens, heads · width]. */
function repeated(graph: GraphBuilder, x: string, heads: number, groups: number): string {
  if (heads === groups) return x;
  const apart = graph.op("Reshape", [x, graph.integers([0, 0, groups, 1, -1])]);
  const all = graph.op("Expand", [apart, graph.integers([1, 1, 1, heads / groups, 1])]);
  return graph.op("Reshape", [all, graph.integers([0, 0, -1])]);
}

/** Returns the square root of x's last dimension, for x of four. */
const rootOfWidth = (graph: GraphBuilder, x: string): string =>
  graph.op("Sqrt", [graph.asFloat(graph.op("Shape", [x], { start: 3 }))]);

function softCapped(graph: GraphBuilder, x: string, cap: number): string {
  const bound = graph.floats([cap], []);
  return graph.op("Mul", [graph.op("Tanh", [graph.op("Div", [x, bound])]), bound]);
}

/** The operators that ONNX Runtime 1.30 has no WebGPU kernels of. */
export const webgpuLowerings: Lowerings = {
  Attention: lowerAttention,
  BiasGelu: lowerBiasGelu,
  FusedMatMul: lowerFusedMatMul,
  Sum: lowerSum,
};

/** Normalizes x + skip; gives the normalized sum and the sum. */
const lowerSkipRmsNorm: Lowering = (graph, [x = "", skip = "", scale = ""], { epsilon = { float: 0 } }) => {
  const sum = graph.op("Add", [x, skip]);
  return [graph.op("SimplifiedLayerNormalization", [sum, scale], { axis: -1, epsilon }), sum];
};

/** Values of a row after which the next one falls on the same places of a processor's first cache: 4 KiB of floats. */
const sameSet = 1024;
/** Rows that the kernel of a product reads side by side. */
const rowsRead = 12;
/** Values of one line of that cache. */
const line = 16;
/** Most values of a weight that is copied a line longer: loading Mistral's, of 17 million and more, took twice as long. */
const mostCopied = 2 ** 23;

/**
 * x · weightᵀ over a line of zeros more, where the rows of x would drive each other out of a first cache that has fewer
 * places for each set than the kernel reads rows. The sums keep their bits.
 */
const lowerAliasedProduct: Lowering = (graph, [x = "", weight = ""], attributes) => {
  const [out = 0, width = 0] = graph.sizesOf(weight) ?? [];
  const isAliased = width > 0 && width % sameSet === 0 && attributes["transB"] === 1;
  if (!isAliased || out * width > mostCopied) return undefined;
  const last = graph.integers([-1]);
  const longer = (value: string): string =>
    graph.once(`${value} and a line`, () => graph.op("Pad", [value, graph.integers([0, line]), "", last]));
  return [graph.op("FusedMatMul", [longer(x), longer(weight)], attributes)];
};

/**
 * The operators whose kernels for processors take longer in ONNX Runtime 1.30 than others in their place do: three times
 * as long the fused normalization, a tenth longer BiasGelu, a Sum, which has one thread, and the product of rows of
 * whole pages. Sessions on processors keep ONNX Runtime from making the first two again (`session.worker.cjs`).
 * @param ways places of a set of the processor's first cache for data: 8 or 12 as a rule
 */
export const processorLowerings = (ways: number): Lowerings => ({
  BiasGelu: lowerBiasGelu,
  ...(ways < rowsRead ? { FusedMatMul: lowerAliasedProduct } : {}),
  SkipSimplifiedLayerNormalization: lowerSkipRmsNorm,
  Sum: lowerSum,
});
