import { InputError } from "../../datasets/errors.ts";
import { type Format, fullPrecision } from "../graph/format.ts";
import type { ElementType } from "../graph/onnx.ts";
import type { Device } from "./device.ts";

/** In what a model's Transformer computes; pooling and what follows it are always in fp32. */
export const precisions = ["fp32", "fp16", "bf16", "int8"] as const;

export type Precision = (typeof precisions)[number];

const halves = { fp16: "float16", bf16: "bfloat16" } as const;

/** The precision of a run that names none: single on a CPU, on a GPU the type that the weights are stored in. */
export function defaultPrecision(device: Device, stored: ElementType): Precision {
  if (device === "cpu") return "fp32";
  return stored === "bfloat16" ? "bf16" : stored === "float16" ? "fp16" : "fp32";
}

/**
 * How a Transformer is written for that precision. CPUs multiply no 16-bit floats (ONNX Runtime has no kernels for them):
 * there the weights are rounded, and the arithmetic is single.
 * @throws InputError for int8 on a GPU
 */
export function formatOf(precision: Precision, device: Device): Format {
  switch (precision) {
    case "fp32":
      return fullPrecision;
    case "fp16":
    case "bf16":
      return device === "cpu"
        ? { ...fullPrecision, weights: halves[precision] }
        : { ...fullPrecision, float: halves[precision] };
    case "int8":
      if (device === "cpu") return { ...fullPrecision, int8: true };
      throw new InputError(`precision: int8 is for CPUs, the device is ${device}; take fp16 or bf16 there`);
  }
}
