import type { GraphBuilder } from "./builder.ts";
import { elementTypes } from "./onnx.ts";

/** Largest magnitude of a quantized value around its zero point. */
const largest = 127;
/**
 * Byte that stands for a zero activation. Processors multiply unsigned by signed bytes, so activations are unsigned and
 * weights signed; with both signed ONNX Runtime 1.30 is eight times slower.
 */
const zeroPoint = 128;
/** Smallest magnitude that a row is divided by, so that zeros stay zeros. */
const smallest = 1e-30;
/** A block of QuantizeLinear that no row is longer than: each row is one block, with one scale. */
const wholeRow = 2 ** 20;

/**
 * Computes x · weightᵀ over 8-bit integers, [..., width] → [..., out]. Activations have a scale for each row, taken
 * from that row alone, so that a text's vector does not depend on the texts beside it; weights have one for each output
 * channel (Wu et al. 2020, "Integer Quantization for Deep Learning Inference", symmetric), and are quantized once, when
 * the graph is loaded.
 * @param channels the axis of the weight's output channels: 0 for one stored as [out, width], 1 for [width, out]
 */
export function projectInt8(graph: GraphBuilder, x: string, weight: string, channels: 0 | 1 = 0): string {
  const rowScale = graph.once(`scale of ${x}`, () => scaleAlong(graph, x, -1, 1));
  const bytes = graph.once(`bytes of ${x}`, () => quantizeRows(graph, x, rowScale));
  const weightScale = scaleAlong(graph, weight, 1 - channels, 0);
  const signed = graph.op("QuantizeLinear", [weight, weightScale], { axis: channels, output_dtype: elementTypes.int8 });
  const table = channels === 0 ? graph.op("Transpose", [signed], { perm: [1, 0] }) : signed;
  const one = graph.floats([1], []);
  const product = graph.op("MatMulIntegerToFloat", [bytes, table, one, weightScale, graph.bytes([zeroPoint], [])]);
  return graph.op("Mul", [product, rowScale]);
}

/** Turns x [..., width] into unsigned bytes of the same shape, by the scale of each row, [..., 1]. */
function quantizeRows(graph: GraphBuilder, x: string, rowScale: string): string {
  const zeroPoints = graph.op("Expand", [graph.bytes([zeroPoint], []), graph.op("Shape", [rowScale])]);
  return graph.op("QuantizeLinear", [x, rowScale, zeroPoints], { axis: -1, block_size: wholeRow });
}

/** Returns the step between two quantized values along an axis: its largest magnitude becomes the largest byte. */
function scaleAlong(graph: GraphBuilder, x: string, axis: number, keepdims: 0 | 1): string {
  const reduce = (type: string): string => graph.op(type, [x, graph.integers([axis])], { keepdims });
  // The two reductions read x and write next to nothing; Abs would write all of it.
  const ends = [reduce("ReduceMax"), graph.op("Neg", [reduce("ReduceMin")])];
  return graph.op("Mul", [graph.op("Max", [...ends, graph.floats([smallest], [])]), graph.floats([1 / largest], [])]);
}
