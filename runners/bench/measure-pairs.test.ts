import { describe, expect, it } from "vitest";
import type { CrossEncoder, Pair } from "../../models/cross-encoder.ts";
import { measureBench } from "./measure.ts";
import type { BenchSettings } from "./record.ts";
import { info } from "./testing/world.ts";

const settings: BenchSettings = {
  lengths: [16, 32, 128],
  batchSizes: [1, 8],
  repeats: 4,
  countedShare: 0.25,
  budgetSeconds: 0.1,
  longestCallSeconds: 100,
};

/** A cross-encoder that takes a millisecond for each pair, and a token for each word and three around a pair's texts. */
function fakeReranker() {
  let time = 0;
  const calls: (readonly Pair[])[] = [];
  const model: CrossEncoder = {
    kind: "cross-encoder",
    info: { ...info, maxTokens: 64, labels: ["LABEL_0"], prompts: { own: "ask: " }, defaultPromptName: "own" },
    score: async (pairs, { onProgress } = {}) => {
      calls.push(pairs);
      time += pairs.length / 1000;
      const tokens = pairs.reduce((sum, texts) => sum + 3 + texts.join(" ").split(" ").length, 0);
      onProgress?.({ done: pairs.length, total: pairs.length, encoded: pairs.length, tokens });
      return { data: new Float32Array(pairs.length), rows: pairs.length, dims: 1 };
    },
    close: async () => {},
  };
  const effects = {
    now: () => time,
    signal: new AbortController().signal,
    onProgress: () => {},
    afterRound: async () => {},
  };
  return { model, effects, calls };
}

describe("a reranker", () => {
  it("is timed by pairs: a query with its candidates, batches, and the corpus", async () => {
    const { model, effects, calls } = fakeReranker();
    const measures = await measureBench(model, ["a text", "another one"], settings, effects);
    expect(measures.candidates).toBe(100);
    expect(measures.latency.map(({ role, tokens, meanTokens }) => [role, tokens, meanTokens])).toEqual([
      ["query", 16, 16],
      ["query", 32, 32],
    ]);
    for (const { p50 } of measures.latency) expect(p50).toBeCloseTo(100, 6);
    expect(measures.throughput.map(({ batchSize }) => batchSize)).toEqual([1, 8, 1, 8]);
    for (const { textsPerSecond } of [...measures.throughput, ...measures.corpus]) {
      expect(textsPerSecond).toBeCloseTo(1000, 6);
    }
    expect(measures.prompts).toEqual({ query: "ask: ", document: "" });
    expect(measures.leftOut.map(({ tokens, reason }) => [tokens, reason])).toContainEqual([
      128,
      "the model takes at most 64 tokens",
    ]);
    expect(new Set(calls.flat().map(([query]) => query)).size).toBe(1);
    const whole = calls.filter(({ length }) => length === 100).map((pairs) => new Set(pairs.map(([, text]) => text)));
    expect(Math.min(...whole.map(({ size }) => size))).toBe(100);
  });

  it("says where no length is left beside the query", async () => {
    const { model, effects } = fakeReranker();
    const { latency, leftOut } = await measureBench(model, ["a"], { ...settings, lengths: [8] }, effects);
    expect(latency).toEqual([]);
    expect(leftOut.map(({ reason }) => reason)).toContain(
      "no text was found that takes so many tokens, prompt and special tokens counted",
    );
  });
});
