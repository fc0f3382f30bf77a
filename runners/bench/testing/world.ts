import type { Encoder, EncoderInfo } from "../../../models/encoder.ts";
import { applyPrompt } from "../../../models/prompts/prompts.ts";
import { encoderInfo } from "../../../models/testing/encoder-info.ts";
import type { BenchEffects } from "../measure.ts";
import type { BenchRecord } from "../record.ts";
import type { ServingRecord } from "../serving/record.ts";

/** Durations of the fake encoder's calls. */
export interface Costs {
  /** Seconds of a call with so many tokens, which is the n-th. */
  readonly seconds: (tokens: number, n: number) => number;
  /** Tokens of a text with so many words. */
  readonly tokens?: (words: number) => number;
  /** Part of the seconds that goes into tokenizing; not told where absent. */
  readonly share?: number;
}

export const info = encoderInfo({ id: "test/fake", maxTokens: 64 });

/** Makes an encoder whose calls move a clock on; it keeps every call. */
export function fakeWorld(
  { seconds, tokens: tokensOf = (words) => words + 2, share }: Costs,
  facts: Partial<EncoderInfo> = {},
) {
  let time = 1000;
  const calls: { role: string | undefined; texts: readonly string[]; prompt: string }[] = [];
  const progress: [string, number, number][] = [];
  const encoder: Encoder = {
    kind: "vectors",
    info: { ...info, ...facts },
    encode: async (texts, { role, prompt = "", onProgress } = {}) => {
      calls.push({ role, texts, prompt });
      const counts = texts.map((text) => tokensOf(applyPrompt(prompt, text).split(" ").length));
      const tokens = counts.reduce((sum, count) => sum + count, 0);
      const spent = seconds(tokens, calls.length);
      time += spent;
      const told = share === undefined ? {} : { tokenizingSeconds: spent * share };
      onProgress?.({ done: texts.length, total: texts.length, encoded: texts.length, tokens, ...told });
      return { data: new Float32Array(texts.length), rows: texts.length, dims: 1 };
    },
    close: async () => {},
  };
  let rounds = 0;
  const effects: BenchEffects = {
    now: () => time,
    signal: new AbortController().signal,
    onProgress: (...told) => void progress.push(told),
    afterRound: async () => void rounds++,
  };
  return { encoder, effects, calls, progress, looks: () => rounds };
}

/** A record as `pramana bench` stores it. */
export const benchRecord: BenchRecord = {
  model: "acme/small",
  revision: "r1",
  date: 1_795_251_851,
  pramana: "0.1.0",
  node: "20.20.2",
  onnxruntime: "1.30.0",
  platform: "Linux 6 x64",
  cpu: "Some CPU, 2 threads",
  device: "cpu",
  precision: "fp32",
  threads: 2,
  settings: {
    lengths: [128, 512],
    batchSizes: [8],
    repeats: 2,
    countedShare: 0.25,
    budgetSeconds: 0.4,
    longestCallSeconds: 8,
  },
  corpusTexts: { kind: "made-up", seed: 42, count: 256, medianWords: 60, sigma: 0.6, leastWords: 3, mostWords: 300 },
  prompts: { query: "query: ", document: "" },
  loading: { seconds: 0.5, downloaded: false },
  memory: { bytes: 200 * 2 ** 20, source: "VmHWM of the process" },
  latency: [
    {
      role: "query",
      tokens: 128,
      meanTokens: 127.25,
      calls: 200,
      tokenizerShare: 0.025,
      p50: 12.345,
      p90: 20,
      p99: 123.4,
      rounds: [11.5, 13],
    },
  ],
  throughput: [
    {
      role: "document",
      tokens: 128,
      batchSize: 8,
      meanTokens: 127,
      calls: 10,
      tokenizerShare: null,
      textsPerSecond: 100,
      tokensPerSecond: 12_700,
      rounds: [90, 110],
    },
  ],
  corpus: [
    {
      role: "document",
      texts: 200,
      meanTokens: 75.5,
      calls: 4,
      tokenizerShare: 0.5,
      textsPerSecond: 150.4,
      tokensPerSecond: 11_355.2,
      rounds: [140, 160.8],
    },
  ],
  leftOut: [
    { role: "query", what: "latency", tokens: 512, reason: "the model takes at most 256 tokens" },
    { role: "document", what: "throughput", tokens: 512, batchSize: 8, reason: "the model takes at most 256 tokens" },
  ],
};

/** A server's record as `pramana bench` stores it. */
export const servingRecord: ServingRecord = {
  kind: "serving",
  model: "endpoint/host:8080/acme/m",
  revision: "external",
  date: 1_795_251_851,
  pramana: "0.1.0",
  node: "20.20.2",
  onnxruntime: "1.30.0",
  platform: "Linux 6 x64",
  cpu: "Some CPU, 2 threads",
  device: "remote",
  precision: "unknown",
  threads: 0,
  settings: { batchSizes: [1, 32, 64], concurrency: [1, 8], repeats: 5, budgetSeconds: 1, patienceSeconds: 30 },
  corpusTexts: benchRecord.corpusTexts,
  opening: { seconds: 0.25 },
  cells: [
    {
      batchSize: 1,
      concurrency: 1,
      answered: 500,
      failed: [],
      p50: 10,
      p95: 20.5,
      p99: 31.25,
      requestsPerSecond: 100,
      textsPerSecond: 100,
      tokensPerSecond: 8000,
      meanTokens: 80,
      rounds: [90, 100, 110],
      clientBusy: 0.05,
    },
    {
      batchSize: 32,
      concurrency: 8,
      answered: 95,
      failed: [
        { kind: "429", count: 4, example: 'it answered 429, too many requests ("slow")', asksToWait: 2 },
        { kind: "time-out", count: 1, example: "no answer in 30 s" },
      ],
      p50: 400,
      p95: 800,
      p99: 900,
      requestsPerSecond: 20,
      textsPerSecond: 640,
      tokensPerSecond: null,
      meanTokens: null,
      rounds: [600, 640, 650],
      clientBusy: 0.75,
    },
  ],
  leftOut: [
    { batchSize: 64, concurrency: 1, reason: "every request failed: too large" },
    { batchSize: 64, concurrency: 8, reason: "every request failed: too large" },
  ],
};
