import { describe, expect, it } from "vitest";
import type { CrossEncoder } from "../models/cross-encoder.ts";
import type { Encoder, EncoderInfo } from "../models/encoder.ts";
import { createBm25 } from "../models/lexical/index.ts";
import { plainKernels } from "../models/testing/plain-kernels.ts";
import { scoreInput } from "./score.ts";

const settings = { kernels: plainKernels, signal: new AbortController().signal };
const facts = { id: "own/model", revision: "1", maxTokens: 8, parameters: 0, device: "cpu", threads: 1 } as const;

/** Vectors of a text's letters a and b, the prompt's among them. */
const letters: Encoder = {
  kind: "vectors",
  info: {
    ...facts,
    precision: "fp32",
    dims: 2,
    similarity: "dot",
    prompts: { query: "a" },
    defaultPromptName: null,
  } satisfies EncoderInfo,
  encode: async (texts, { prompt = "" } = {}) => {
    const count = (text: string, letter: string) => text.split(letter).length - 1;
    const rows = texts.map((text) => ["a", "b"].map((letter) => count(prompt + text, letter)));
    return { data: Float32Array.from(rows.flat()), rows: rows.length, dims: 2 };
  },
  close: async () => {},
};

/** Scores a pair by the lengths of its texts, with one label or more. */
const lengths = (...labels: string[]): CrossEncoder => ({
  kind: "cross-encoder",
  info: { ...facts, precision: "fp32", prompts: {}, defaultPromptName: null, labels },
  score: async (pairs, { prompt = "" } = {}) => ({
    data: Float32Array.from(
      pairs.flatMap(([query, text]) => labels.map((_, i) => (prompt + query).length + 10 * text.length + 100 * i)),
    ),
    rows: pairs.length,
    dims: labels.length,
  }),
  close: async () => {},
});

describe("scores", () => {
  const pairs = [
    ["b", "aab"],
    ["bb", "b"],
  ] as const;

  it("of a model with vectors are its own similarity, with its prompts for queries", async () => {
    expect(await scoreInput(letters, { pairs }, settings)).toEqual([3, 2]);
    expect(await scoreInput(letters, { pairs }, { ...settings, prompt: "" })).toEqual([1, 2]);
    expect(await scoreInput(letters, { queries: ["b", "bb"], documents: ["aab", "b", ""] }, settings)).toEqual([
      [3, 1, 0],
      [4, 2, 0],
    ]);
    const many = Array.from({ length: 150 }, (_, i) => ["b", "b".repeat(i)] as const);
    expect(await scoreInput(letters, { pairs: many }, settings)).toEqual(many.map((_, i) => i));
  });

  it("of a cross-encoder are those of the pairs", async () => {
    expect(await scoreInput(lengths("score"), { pairs }, { ...settings, prompt: "xx" })).toEqual([33, 14]);
    expect(await scoreInput(lengths("score"), { queries: ["b", "bb"], documents: ["aab", ""] }, settings)).toEqual([
      [31, 1],
      [32, 2],
    ]);
  });

  it("of several labels are rows of logits, of pairs alone", async () => {
    expect(await scoreInput(lengths("no", "yes"), { pairs }, settings)).toEqual([
      [31, 131],
      [12, 112],
    ]);
    await expect(scoreInput(lengths("no", "yes"), { queries: ["b"], documents: ["a"] }, settings)).rejects.toThrow(
      "score: own/model gives a pair 2 logits (no, yes), and no row of scores for a query; expected pairs",
    );
  });

  it("of nothing are none", async () => {
    expect(await scoreInput(letters, { pairs: [] }, settings)).toEqual([]);
    expect(await scoreInput(letters, { queries: ["b"], documents: [] }, settings)).toEqual([[]]);
    expect(await scoreInput(lengths("score"), { pairs: [] }, settings)).toEqual([]);
  });

  it("of a model that weighs words by a corpus are refused", async () => {
    await expect(scoreInput(createBm25(), { pairs }, settings)).rejects.toThrow(
      "its scores depend on the whole corpus; pairs are scored by models of other kinds",
    );
  });
});
