import { z } from "zod";
import type { NumericClass } from "../numeric-class.ts";

// Pieces of the schemas of stored results and units.

/** Schemas of all keys of a type: one that is forgotten would be dropped in silence where the value is read. */
export type AllKeys<Value> = { readonly [Key in keyof Required<Value>]: z.ZodType };

/** Any number of Python's JSON: NaN and the infinities too. */
export const anyNumber = z.custom<number>((value) => typeof value === "number", "expected number");

/** `ReadFiles` */
export const filesSchema = z.record(z.string(), z.record(z.string(), z.string()));

/** A class of numbers, in files of results and of unfinished work alike. */
export const numericClassSchema = z.object({
  onnxruntime: z.string(),
  processor: z.string(),
  accelerator: z.string().exactOptional(),
  precision: z.string(),
  batch: z.string().exactOptional(),
} satisfies AllKeys<NumericClass>);
