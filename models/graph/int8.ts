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
 * from that row alone, so that a text's vector does not depend on the texts beside it; weights have one for each output
 * channel (Wu et al. 2020, "Integer Quantization for Deep Learning Inference", symmetric), and are quantized once, when
 * the graph is loaded.
 * @param channels the axis of the weight's output channels: 0 for one stored as [out, width], 1 for [width, out]
 */
export function projectInt8(graph: GraphBuilder, x: string, weight: string, channels: 0 | 1 = 0): string {
  const largestOfRow = graph.once(`magnitude of ${x}`, () => magnitude(graph, x, -1, 1));
  const bytes = graph.once(`bytes of ${x}`, () => quantizeRows(graph, x, largestOfRow));
  const unit = graph.floats([1 / largest], []);
  const weightScale = graph.op("Mul", [magnitude(graph, weight, 1 - channels, 0), unit]);
  const signed = graph.op("QuantizeLinear", [weight, weightScale], { axis: channels, output_dtype: elementTypes.int8 });
  const table = channels === 0 ? graph.op("Transpose", [signed], { perm: [1, 0] }) : signed;
  const product = graph.op("MatMulIntegerToFloat", [bytes, table, unit, weightScale, graph.bytes([zeroPoint], [])]);
  return graph.op("Mul", [product, largestOfRow]);
}

/** Turns x [..., width] into unsigned bytes of the same shape, after dividing each row by its largest magnitude. */
function quantizeRows(graph: GraphBuilder, x: string, largestOfRow: string): string {
  const even = graph.op("Div", [x, largestOfRow]);
  return graph.op("QuantizeLinear", [even, graph.floats([1 / largest], []), graph.bytes([zeroPoint], [])]);
}

/** Returns the largest magnitude along an axis. */
function magnitude(graph: GraphBuilder, x: string, axis: number, keepdims: 0 | 1): string {
  const reduce = (type: string): string => graph.op(type, [x, graph.integers([axis])], { keepdims });
  // The two reductions read x and write next to nothing; Abs would write all of it.
  return graph.op("Max", [reduce("ReduceMax"), graph.op("Neg", [reduce("ReduceMin")]), graph.floats([smallest], [])]);
}
