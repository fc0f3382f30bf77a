import type { EncoderInfo } from "./encoder.ts";

/** What there is to say of a model that runs, or ran, somewhere else. */
export const externalFacts = {
  maxTokens: Number.POSITIVE_INFINITY,
  parameters: Number.NaN,
  prompts: {},
  defaultPromptName: null,
  precision: "unknown",
  threads: 0,
} as const satisfies Partial<EncoderInfo>;
