import type { GraphBuilder } from "./builder.ts";
import { elementTypes } from "./onnx.ts";

/** Largest magnitude of a quantized value around its zero point. */
const largest = 127;
/**
 * Zero of the activations: processors multiply unsigned by signed bytes, so activations are unsigned, weights signed. (Both
 * signed: eight times slower in ONNX Runtime 1.30.)
 */
const zeroPoint = 128;
/** Smallest scale, so that zeros stay zeros. */
const smallestScale = 1e-30;

/**
 * x · weightᵀ over 8-bit integers, [..., width] → [..., out]. Activations have a scale for each row, taken from the row at
 * hand, so that a text's vector does not depend on the texts beside it; weights [out, width] have one for each output
 * channel (Wu et al. 2020, "Integer Quantization for Deep Learning Inference", symmetric). What concerns the weight alone
 * is computed once, when the graph is loaded.
 */
export function projectInt8(graph: GraphBuilder, x: string, weight: string): string {
  const activations = graph.once(`bytes of ${x}`, () => quantizeRows(graph, x));
  const scale = graph.once(`scale of ${x}`, () => scaleOf(graph, x, 1));
  const weightScale = scaleOf(graph, weight, 0);
  const signed = graph.op("QuantizeLinear", [weight, weightScale], { axis: 0, output_dtype: elementTypes.int8 });
  const table = graph.op("Transpose", [signed], { perm: [1, 0] });
  const inputs = [activations, table, graph.floats([1], []), weightScale, graph.bytes([zeroPoint], [])];
  return graph.op("Mul", [graph.op("MatMulIntegerToFloat", inputs), scale]);
}

/** x [..., width] as unsigned bytes, each row by its own scale. */
function quantizeRows(graph: GraphBuilder, x: string): string {
  const scale = graph.once(`scale of ${x}`, () => scaleOf(graph, x, 1));
  const scales = graph.op("Reshape", [scale, graph.integers([-1])]);
  const zeros = graph.op("Expand", [graph.bytes([zeroPoint]), graph.op("Shape", [scales])]);
  // Scales by row are scales along the first axis of a matrix, the one form that takes a row at a time.
  const bytes = graph.op("QuantizeLinear", [graph.op("Flatten", [x], { axis: -1 }), scales, zeros], { axis: 0 });
  return graph.op("Reshape", [bytes, graph.op("Shape", [x])]);
}

/** What a unit of each row of bytes is worth: the largest magnitude along the last axis ÷ 127. */
function scaleOf(graph: GraphBuilder, x: string, keepdims: 0 | 1): string {
  const reduce = (type: string): string => graph.op(type, [x, graph.integers([-1])], { keepdims });
  // Two reductions read x and write next to nothing; Abs would write all of it.
  const magnitude = graph.op("Max", [reduce("ReduceMax"), graph.op("Neg", [reduce("ReduceMin")])]);
  const scale = graph.op("Mul", [magnitude, graph.floats([1 / largest], [])]);
  return graph.op("Max", [scale, graph.floats([smallestScale], [])]);
}
