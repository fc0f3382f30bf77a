import type { EncoderInfo } from "../encoder.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";

/** What is said of a made-up model of letters. */
export const lettersInfo: EncoderInfo = {
  id: "test/letters",
  revision: "main",
  dims: 2,
  maxTokens: 100,
  parameters: 0,
  similarity: "dot",
  prompts: {},
  defaultPromptName: null,
  precision: "fp32",
  device: "cuda:0,1",
  threads: 1,
};

/** One token a letter. */
export const letters: Tokenizer = {
  maxTokens: 100,
  padId: 0,
  encode: async (rows) =>
    rows.map((input) => ({ ids: Int32Array.from([input].flat().join(""), (letter) => letter.charCodeAt(0)) })),
  promptLength: async (prompt) => prompt.length,
};
