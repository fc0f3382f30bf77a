import { z } from "zod";
import type { Zod } from "./record.ts";

/** The part of the library that schemas are made with: were it handed over whole, the bundle would hold all of it. */
export const zod: Zod = {
  array: z.array,
  boolean: z.boolean,
  discriminatedUnion: z.discriminatedUnion,
  enum: z.enum,
  int: z.int,
  literal: z.literal,
  null: z.null,
  number: z.number,
  record: z.record,
  strictObject: z.strictObject,
  string: z.string,
  tuple: z.tuple,
  union: z.union,
};
