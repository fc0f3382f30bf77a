import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { encoderInfo } from "./encoder-info.ts";

/** Facts about a made-up model of letters. */
export const lettersInfo = encoderInfo({
  id: "test/letters",
  revision: "main",
  dims: 2,
  maxTokens: 100,
  parameters: 0,
  similarity: "dot",
  device: "cuda:0,1",
});

/** Turns each letter into a token. */
export const letters: Tokenizer = {
  maxTokens: 100,
  padId: 0,
  encode: async (rows) =>
    rows.map((input) => ({ ids: Int32Array.from([input].flat().join(""), (letter) => letter.charCodeAt(0)) })),
  promptLength: async (prompt) => prompt.length,
};
