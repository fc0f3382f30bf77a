import type { TypeRecord } from "./record.ts";
import { retrieval } from "./retrieval.ts";

export const instructionReranking = {
  ...retrieval,
  type: "InstructionReranking",
  heading: "Instruction reranking",
  short: "InstRerank",
  field: "instructionReranking",
} as const satisfies TypeRecord;
