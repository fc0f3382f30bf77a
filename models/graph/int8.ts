import type { GraphBuilder } from "./builder.ts";
import { elementTypes } from "./onnx.ts";

/** Largest magnitude of a quantized value around its zero point. */
const largest = 127;
/**
 * Zero of the activations: processors multiply unsigned by signed bytes, so activations are unsigned, weights signed. (Both
 * signed: eight times slower in ONNX Runtime 1.30.)
 */
const zeroPoint = 128;
/** Smallest magnitude that is divided by, so that zeros stay zeros. */
const smallest = 1e-30;

/**
 * x · weightᵀ over 8-bit integers, [..., width] → [..., out]. Activations have a scale for each row, taken from the row at
 * hand, so that a text's vector does not depend on the texts beside it; weights [out, width] have one for each output
 * channel (Wu et al. 2020, "Integer Quantization for Deep Learning Inference", symmetric). What concerns the weight alone
 * is computed once, when the graph is loaded.
 */
export function projectInt8(graph: GraphBuilder, x: string, weight: string): string {
  const largestOfRow = graph.once(`magnitude of ${x}`, () => magnitude(graph, x, 1));
  const bytes = graph.once(`bytes of ${x}`, () => quantizeRows(graph, x, largestOfRow));
  const unit = graph.floats([1 / largest], []);
  const weightScale = graph.op("Mul", [magnitude(graph, weight, 0), unit]);
  const signed = graph.op("QuantizeLinear", [weight, weightScale], { axis: 0, output_dtype: elementTypes.int8 });
  const table = graph.op("Transpose", [signed], { perm: [1, 0] });
  const product = graph.op("MatMulIntegerToFloat", [bytes, table, unit, weightScale, graph.bytes([zeroPoint], [])]);
  return graph.op("Mul", [product, largestOfRow]);
}

/** x [..., width] as unsigned bytes of the same shape: rows of length 1 in their largest value, all at one scale. */
function quantizeRows(graph: GraphBuilder, x: string, largestOfRow: string): string {
  const even = graph.op("Div", [x, largestOfRow]);
  return graph.op("QuantizeLinear", [even, graph.floats([1 / largest], []), graph.bytes([zeroPoint], [])]);
}

/** The largest magnitude along the last axis. */
function magnitude(graph: GraphBuilder, x: string, keepdims: 0 | 1): string {
  const reduce = (type: string): string => graph.op(type, [x, graph.integers([-1])], { keepdims });
  // Two reductions read x and write next to nothing; Abs would write all of it.
  return graph.op("Max", [reduce("ReduceMax"), graph.op("Neg", [reduce("ReduceMin")]), graph.floats([smallest], [])]);
}
