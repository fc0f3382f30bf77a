import type { Precision } from "../../models/runtime/precision.ts";

/** How far numbers of one run may be off those of another that did the same. */
export interface Tolerance {
  /** Of an outcome such as a similarity: this, times the outcome where it is larger than 1. */
  readonly outcome: number;
  /** Of a value of a vector, in terms of the vector's root mean square. */
  readonly vector: number;
}

/**
 * By the precision that a model computes in. In fp32, kernels for other instruction sets move a value of a vector by at most
 * 1.5e-7, three millionths of its size, in int8 by 1.7e-2, a third of it (docs/decisions/017); other batches and GPUs move
 * them too. fp16 has steps of a thousandth, bf16 of a hundredth. What is allowed is wider than that, and still far from what
 * would help anyone who altered an outcome.
 */
export const tolerances: Readonly<Record<Precision | "unknown", Tolerance>> = {
  fp32: { outcome: 1e-4, vector: 3e-5 },
  fp16: { outcome: 5e-3, vector: 2e-3 },
  bf16: { outcome: 2e-2, vector: 1e-2 },
  int8: { outcome: 2e-2, vector: 2e-2 },
  unknown: { outcome: 1e-3, vector: 1e-4 },
};

/** Returns the tolerance of a recorded precision. */
export const toleranceOf = (precision: string): Tolerance =>
  Object.hasOwn(tolerances, precision) ? tolerances[precision as Precision] : tolerances.unknown;

/** Tells whether two outcomes are one, but for rounding. */
export function isSame(a: number | string, b: number | string, { outcome }: Pick<Tolerance, "outcome">): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  return Object.is(a, b) || Math.abs(a - b) <= outcome * Math.max(1, Math.abs(b));
}
