import type { ElementType } from "../graph/onnx.ts";

/** In what a model's Transformer computes; pooling and what follows it are always in fp32. */
export const precisions = ["fp32", "fp16", "bf16", "int8"] as const;

export type Precision = (typeof precisions)[number];

/** The precision of weights that are computed with as they are stored. */
export function storedPrecision(stored: ElementType): Precision {
  return stored === "bfloat16" ? "bf16" : stored === "float16" ? "fp16" : "fp32";
}
