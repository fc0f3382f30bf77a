import type { TypeRecord } from "./record.ts";
import { retrieval } from "./retrieval.ts";

export const instructionRetrieval = {
  ...retrieval,
  type: "InstructionRetrieval",
  heading: "Instruction retrieval",
  short: "InstRetr",
  field: "instructionRetrieval",
} as const satisfies TypeRecord;
