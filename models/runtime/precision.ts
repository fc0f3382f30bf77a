import type { ElementType } from "../graph/onnx.ts";

/** Number formats in which a model's Transformer can compute; pooling and all that follows it are always in fp32. */
export const precisions = ["fp32", "fp16", "bf16", "int8"] as const;

export type Precision = (typeof precisions)[number];

/** Returns the precision of weights that are used as they are stored. */
export function storedPrecision(stored: ElementType): Precision {
  return stored === "bfloat16" ? "bf16" : stored === "float16" ? "fp16" : "fp32";
}
