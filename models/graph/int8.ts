import type { GraphBuilder } from "./builder.ts";
import { elementTypes } from "./onnx.ts";

/** Largest magnitude of a quantized value around its zero point. */
const largest = 127;
/**
 * Byte that stands for a zero activation. Processors multiply unsigned by signed bytes, so activations are unsigned and
 * weights signed; with both signed ONNX Runtime 1.30 is eight times slower.
 */
const zeroPoint = 128;
/** Smallest divisor, so that zeros stay zeros. */
const smallest = 1e-30;

/**
 * Computes x · weightᵀ over 8-bit integers, [..., width] → [..., out]. Activations have a scale for each row, taken
 * from that row alone, so that a text's vector does not depend on the texts beside it; weights [out, width] have one
 * for each output channel (Wu et al. 2020, "Integer Quantization for Deep Learning Inference", symmetric), and are
 * quantized once, when the graph is loaded.
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

/** Turns x [..., width] into unsigned bytes of the same shape, after dividing each row by its largest magnitude. */
function quantizeRows(graph: GraphBuilder, x: string, largestOfRow: string): string {
  const even = graph.op("Div", [x, largestOfRow]);
  return graph.op("QuantizeLinear", [even, graph.floats([1 / largest], []), graph.bytes([zeroPoint], [])]);
}

/** Returns the largest magnitude along the last axis. */
function magnitude(graph: GraphBuilder, x: string, keepdims: 0 | 1): string {
  const reduce = (type: string): string => graph.op(type, [x, graph.integers([-1])], { keepdims });
  // The two reductions read x and write next to nothing; Abs would write all of it.
  return graph.op("Max", [reduce("ReduceMax"), graph.op("Neg", [reduce("ReduceMin")]), graph.floats([smallest], [])]);
}
