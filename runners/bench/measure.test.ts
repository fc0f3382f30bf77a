import { describe, expect, it } from "vitest";
import { makeCorpus } from "./made-up-texts.ts";
import { measureBench, roundsOf } from "./measure.ts";
import { fitWords, planBench } from "./plan.ts";
import type { BenchSettings } from "./record.ts";
import { fakeWorld, info } from "./testing/world.ts";

const settings: BenchSettings = {
  lengths: [8, 32],
  batchSizes: [1, 4],
  repeats: 3,
  countedShare: 0.5,
  budgetSeconds: 1,
  longestCallSeconds: 20,
};
const corpus = makeCorpus({ medianWords: 6, sigma: 0.5, leastWords: 2, mostWords: 20 }, 40, 1);

describe("planBench", () => {
  it("measures latency as queries, throughput as documents, in order of the tokens of a call", () => {
    const { cells, corpus: roles, leftOut } = planBench(info, settings);
    expect(cells.map(({ kind, role, tokens, batchSize }) => `${kind} ${role} ${tokens}×${batchSize}`)).toEqual([
      "latency query 8×1",
      "throughput document 8×1",
      "throughput document 8×4",
      "latency query 32×1",
      "throughput document 32×1",
      "throughput document 32×4",
    ]);
    expect([roles, leftOut]).toEqual([["document"], []]);
  });

  it("measures both sides of a pair, each to its own limit", () => {
    const sides = { query: { ...info, maxTokens: 16 }, document: info };
    const { cells, corpus: roles, leftOut } = planBench({ ...info, maxTokens: 16, sides }, settings);
    expect(roles).toEqual(["query", "document"]);
    expect(cells.filter(({ tokens }) => tokens === 8)).toHaveLength(6);
    expect(new Set(cells.filter(({ tokens }) => tokens === 32).map(({ role }) => role))).toEqual(new Set(["document"]));
    expect(leftOut[0]).toEqual({
      role: "query",
      what: "latency",
      tokens: 32,
      reason: "the model takes at most 16 tokens",
    });
    expect(leftOut).toHaveLength(3);
  });
});

describe("fitWords", () => {
  it.each([8, 32, 128, 512])("finds the words of texts of %i tokens, within a tenth", async (target) => {
    for (const [perWord, around] of [
      [1, 2],
      [1.3, 2],
      [2.7, 0],
      [0.8, 3],
    ] as const) {
      const tokens = async (words: number): Promise<number> => words * perWord + around;
      const words = (await fitWords(target, tokens)) as number;
      expect(Math.abs((await tokens(words)) - target)).toBeLessThanOrEqual(target / 10);
    }
  });

  it("gives up where one word is too long already, or no number of words will do", async () => {
    expect(await fitWords(8, async (words) => words + 12)).toBeUndefined();
    expect(await fitWords(32, async () => 5)).toBeUndefined();
    expect(await fitWords(8, async (words) => 5 * words)).toBeUndefined();
  });
});

describe("roundsOf", () => {
  it.each([
    [0.01, 20],
    [1, 20],
    [1.4, 15],
    [4, 5],
    [100, 5],
  ])("lets a cell whose call takes %d s take part in %i of 20 rounds of 0.1 s", (seconds, rounds) => {
    expect(roundsOf(seconds, { ...settings, repeats: 20, budgetSeconds: 0.1 })).toBe(rounds);
  });

  it("is one round at least, and all where the time is long", () => {
    expect(roundsOf(1000, { ...settings, repeats: 1 })).toBe(1);
    expect(roundsOf(9, { ...settings, repeats: 3, budgetSeconds: 60 })).toBe(3);
  });
});

describe("measureBench", () => {
  it("times each cell until its budget is spent, and tells latency in milliseconds", async () => {
    const { encoder, effects, looks } = fakeWorld({ seconds: (tokens) => tokens / 80, share: 0.25 });
    const { latency, throughput, corpus: whole, leftOut } = await measureBench(encoder, corpus, settings, effects);
    // Eight tokens take 0.1 s; ten or, by rounding of the sum, eleven calls fill a second.
    const [short, long] = latency;
    expect(latency.map(({ tokens, meanTokens }) => [tokens, meanTokens])).toEqual([
      [8, 8],
      [32, 32],
    ]);
    for (const value of [short?.p50, short?.p90, short?.p99, ...(short?.rounds ?? [])])
      expect(value).toBeCloseTo(100, 6);
    expect([30, 31, 32, 33]).toContain(short?.calls);
    expect(long?.p50).toBeCloseTo(400, 6);
    expect(long?.calls).toBe(9);
    expect(short?.tokenizerShare).toBeCloseTo(0.25, 9);
    expect(throughput.map(({ tokens, batchSize }) => [tokens, batchSize])).toEqual([
      [8, 1],
      [8, 4],
      [32, 1],
      [32, 4],
    ]);
    for (const cell of throughput) {
      expect(cell.textsPerSecond).toBeCloseTo(80 / cell.tokens, 6);
      expect(cell.tokensPerSecond).toBeCloseTo(80, 6);
    }
    expect(whole[0]).toMatchObject({ role: "document", texts: 40 });
    expect(whole[0]?.tokensPerSecond).toBeCloseTo(80, 6);
    expect(leftOut).toEqual([]);
    expect(looks()).toBe(1 + settings.repeats);
  });

  it("makes one call at least where one takes longer than the budget", async () => {
    const { encoder, effects } = fakeWorld({ seconds: () => 3 });
    const { latency, corpus: whole } = await measureBench(encoder, corpus, settings, effects);
    expect(latency.map(({ calls }) => calls)).toEqual([3, 3]);
    expect(whole[0]?.calls).toBe(3);
  });

  it("shows the spread of the rounds, and counts the fastest of them", async () => {
    let call = 0;
    const world = fakeWorld({ seconds: () => 2 });
    const paces = [1, 4, 2];
    const round = (): number => Math.max(0, world.looks() - 1);
    const now = (): number => (call += paces[round()]);
    const { latency, throughput } = await measureBench(world.encoder, corpus, settings, { ...world.effects, now });
    expect(latency[0]?.rounds).toEqual([1000, 4000, 2000]);
    // One call in each round, of which 1 s and 2 s count; numpy.percentile([1000, 4000, 2000], 90) is 3600.
    expect(latency[0]?.p50).toBe(1500);
    expect(latency[0]?.p90).toBeCloseTo(3600, 9);
    expect(throughput[1]).toMatchObject({ batchSize: 4, rounds: [4, 1, 2], textsPerSecond: 4 / 1.5 });
  });

  it("calls what takes long in fewer rounds, evenly spaced", async () => {
    const long = { ...settings, lengths: [8], batchSizes: [40], repeats: 8, longestCallSeconds: 100 };
    // Eighty seconds for each cell: the batch takes 40 s a call, and a quarter of the rounds is two.
    const { encoder, effects, progress } = fakeWorld({ seconds: (tokens) => tokens / 8 });
    const { throughput, latency } = await measureBench(encoder, corpus, long, effects);
    expect([latency[0]?.rounds, throughput[0]?.rounds].map((rounds) => rounds?.length)).toEqual([8, 2]);
    expect(throughput[0]?.calls).toBe(2);
    const rounds = progress.filter(([what]) => what.includes("throughput")).map(([what]) => what.split(":")[0]);
    expect(rounds).toEqual(["round 4 of 8", "round 8 of 8"]);
    const [, done, total] = progress.at(-1) as [string, number, number];
    expect(done).toBeLessThan(total);
  });

  it("takes the texts in turn, and all rounds go through all cells", async () => {
    const { encoder, effects, calls, progress } = fakeWorld({ seconds: () => 0.5 });
    await measureBench(encoder, corpus, { ...settings, lengths: [8], batchSizes: [4] }, effects);
    const timed = calls.slice(-3 * 2 * 3);
    expect(timed.map(({ texts }) => texts.length)).toEqual([
      1, 1, 4, 4, 40, 40, 1, 1, 4, 4, 40, 40, 1, 1, 4, 4, 40, 40,
    ]);
    const batches = timed.filter(({ texts }) => texts.length === 4).map(({ texts }) => texts);
    expect(new Set(batches.flat()).size).toBe(24);
    expect(progress.map(([what]) => what)).toEqual([
      "warming up",
      ...[1, 2, 3].flatMap((round) =>
        ["latency, 8 tokens", "throughput, 8 tokens × 4", "corpus"].map((name) => `round ${round} of 3: ${name}`),
      ),
    ]);
    expect(progress.slice(1).map(([, done, total]) => [done, total])).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7, 8].map((done) => [done, 9]),
    );
  });

  it("leaves out what would take too long, before it is tried, and takes a part of the corpus", async () => {
    const { encoder, effects, calls } = fakeWorld({ seconds: (tokens) => tokens / 10 });
    const short = { ...settings, lengths: [8, 60], batchSizes: [1, 4], longestCallSeconds: 7 };
    const { leftOut, throughput, corpus: whole } = await measureBench(encoder, corpus, short, effects);
    expect(leftOut).toEqual([
      { role: "document", what: "throughput", tokens: 60, batchSize: 4, reason: "one call would take about 24 s" },
    ]);
    expect(throughput.map(({ tokens, batchSize }) => [tokens, batchSize])).toEqual([
      [8, 1],
      [8, 4],
      [60, 1],
    ]);
    expect(whole[0]?.texts).toBe(16);
    expect(Math.max(...calls.map(({ texts }) => texts.length))).toBeLessThan(40);
  });

  it("leaves out a length that the prompt alone exceeds, and counts the prompt's tokens", async () => {
    const prompts = { query: "one two three four five six seven eight nine ten ", document: "passage: " };
    const { encoder, effects, calls } = fakeWorld({ seconds: () => 0.6 }, { prompts });
    const measures = await measureBench(encoder, corpus, settings, effects);
    expect(measures.leftOut).toEqual([
      {
        role: "query",
        what: "latency",
        tokens: 8,
        reason: "no text was found that takes so many tokens, prompt and special tokens counted",
      },
    ]);
    expect(measures.latency.map(({ meanTokens }) => meanTokens)).toEqual([32]);
    expect(measures.prompts).toEqual(prompts);
    expect(new Set(calls.map(({ role, prompt }) => `${role} ${prompt}`))).toEqual(
      new Set([`query ${prompts.query}`, `document ${prompts.document}`]),
    );
  });

  it("does not know the tokenizer's share where it is not told", async () => {
    const { encoder, effects } = fakeWorld({ seconds: () => 2 });
    const { latency } = await measureBench(encoder, corpus, settings, effects);
    expect(latency[0]?.tokenizerShare).toBeNull();
  });

  it("refuses lengths that are all too long, and models that count no tokens", async () => {
    const { encoder, effects } = fakeWorld({ seconds: () => 2, tokens: () => 0 });
    await expect(measureBench(encoder, corpus, { ...settings, lengths: [65, 128] }, effects)).rejects.toThrow(
      "bench: none of the lengths 65, 128 can be measured: test/fake takes at most 64 tokens; choose shorter ones with --lengths",
    );
    await expect(measureBench(encoder, corpus, settings, effects)).rejects.toThrow(
      "bench: test/fake does not say how many tokens it takes; expected a model that counts them",
    );
  });

  it("stops between two calls", async () => {
    const { encoder, effects, calls } = fakeWorld({ seconds: () => 0.01 });
    const controller = new AbortController();
    const stopping = (what: string): void => {
      if (what.startsWith("round 2")) controller.abort(new Error("stopped"));
    };
    const run = measureBench(encoder, corpus, settings, {
      ...effects,
      signal: controller.signal,
      onProgress: stopping,
    });
    await expect(run).rejects.toThrow("stopped");
    expect(calls.length).toBeGreaterThan(100);
  });
});
