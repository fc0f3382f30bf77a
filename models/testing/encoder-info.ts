import type { EncoderInfo } from "../encoder.ts";

/** Makes up facts about a model on the processor, without prompts. */
export const encoderInfo = (facts: Partial<EncoderInfo> = {}): EncoderInfo => ({
  id: "test/model",
  revision: "r",
  dims: 1,
  maxTokens: 8,
  parameters: 10,
  similarity: "cosine",
  prompts: {},
  defaultPromptName: null,
  precision: "fp32",
  device: "cpu",
  threads: 1,
  ...facts,
});
