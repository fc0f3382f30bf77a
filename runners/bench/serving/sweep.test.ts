import { describe, expect, it } from "vitest";
import type { ServingSettings } from "./record.ts";
import type { Reply, Served } from "./served.ts";
import { measureServing, type SweepEffects } from "./sweep.ts";

const info = {
  id: "endpoint/host/m",
  revision: "external",
  device: "remote",
  precision: "unknown",
  threads: 0,
} as const;
const settings: ServingSettings = {
  batchSizes: [2],
  concurrency: [1],
  repeats: 2,
  budgetSeconds: 1,
  patienceSeconds: 30,
};

/** A server whose answers take made-up time: the clock goes on to the next of all that is waited for. */
function world(reply: (n: number, texts: readonly string[]) => Reply) {
  let time = 0;
  const due: { at: number; wake: () => void }[] = [];
  const waits: number[] = [];
  const sizes: number[] = [];
  const until = (at: number): Promise<void> =>
    new Promise((wake) => {
      due.push({ at, wake });
      setImmediate(() => {
        const next = due.sort((a, b) => a.at - b.at).shift();
        time = Math.max(time, next?.at ?? time);
        next?.wake();
      });
    });
  let sent = 0;
  const served: Served = {
    info,
    ask: async (texts) => {
      sizes.push(texts.length);
      const answer = reply(sent++, texts);
      await until(time + answer.seconds);
      return answer;
    },
    close: async () => {},
  };
  const effects: SweepEffects = {
    now: () => time,
    wait: (milliseconds) => {
      waits.push(milliseconds);
      return until(time + milliseconds / 1000);
    },
    signal: new AbortController().signal,
    onProgress: () => {},
    watchBusy: () => () => 0.25,
  };
  return { served, effects, waits, sizes, sent: () => sent };
}

const texts = (count: number): string[] => Array.from({ length: count }, () => "a text");

describe("measureServing", () => {
  it("sends one request after the other until the time is over, and gives the rates and percentiles", async () => {
    const { served, effects, sizes } = world((n) => ({ seconds: n % 2 === 0 ? 0.25 : 0.125, tokens: 10 }));
    const { cells, leftOut } = await measureServing(served, texts, settings, effects);
    expect(leftOut).toEqual([]);
    expect(cells).toHaveLength(1);
    // A request to warm up; then by turns 0.125 and 0.25 s: six are sent within a second, and end at 1.125 s.
    expect(sizes).toEqual(new Array(13).fill(2));
    expect(cells[0]).toMatchObject({ batchSize: 2, concurrency: 1, answered: 12, failed: [], clientBusy: 0.25 });
    expect(cells[0]?.p50).toBeCloseTo(187.5, 9);
    expect(cells[0]?.p99).toBeCloseTo(250, 9);
    expect(cells[0]?.requestsPerSecond).toBeCloseTo(6 / 1.125, 9);
    expect(cells[0]?.textsPerSecond).toBeCloseTo(12 / 1.125, 9);
    expect(cells[0]?.meanTokens).toBe(5);
    expect(cells[0]?.tokensPerSecond).toBeCloseTo(60 / 1.125, 9);
  });

  it("counts each lane by its own time, so that the end of a round does not make a server look slower", async () => {
    const { served, effects } = world((n) => ({ seconds: n % 3 === 0 ? 0.9 : 0.3, tokens: 0 }));
    const { cells } = await measureServing(served, texts, { ...settings, concurrency: [3] }, effects);
    const [cell] = cells;
    expect(cell?.tokensPerSecond).toBeNull();
    expect(cell?.meanTokens).toBeNull();
    // By the whole round, which lasts as long as its last answer, it would be less than four.
    expect(cell?.requestsPerSecond).toBeGreaterThan(5);
  });

  it("counts failures by kind, waits as the server asks, and lets them take part in no percentile", async () => {
    const kinds: Record<number, Reply> = {
      2: { seconds: 0.01, kind: "429", failure: "slow down", pause: 400 },
      3: { seconds: 0.01, kind: "time-out", failure: "no answer" },
      4: { seconds: 0.01, kind: "429", failure: "slow down again" },
    };
    const { served, effects, waits } = world((n) => kinds[n] ?? { seconds: 0.1, tokens: 1 });
    const { cells } = await measureServing(served, texts, { ...settings, repeats: 1 }, effects);
    expect(cells[0]?.failed).toEqual([
      { kind: "429", count: 2, example: "slow down", asksToWait: 0.4 },
      { kind: "time-out", count: 1, example: "no answer" },
    ]);
    expect(cells[0]?.p99).toBeCloseTo(100, 6);
    // As asked; a tenth of a second; a second, of which the round has only 0.37 s left.
    expect(waits.map((wait) => Math.round(wait))).toEqual([400, 100, 370]);
    expect(cells[0]?.requestsPerSecond).toBeCloseTo(1 / 1, 6);
  });

  it("leaves out what is refused and tells why, and measures the rest", async () => {
    const { served, effects } = world((_, { length }) =>
      length > 8
        ? { seconds: 0.01, kind: "422", failure: "at most 8 texts", final: true }
        : { seconds: 0.2, tokens: 0 },
    );
    const sizes = { ...settings, batchSizes: [8, 16], concurrency: [1, 2] };
    const { cells, leftOut } = await measureServing(served, texts, sizes, effects);
    expect(cells.map(({ batchSize, concurrency }) => [batchSize, concurrency])).toEqual([
      [8, 1],
      [8, 2],
    ]);
    const reason = "every request failed: at most 8 texts";
    expect(leftOut).toEqual([1, 2].map((concurrency) => ({ batchSize: 16, concurrency, reason })));
  });

  it("sends no more requests than it may", async () => {
    const { served, effects, sent } = world(() => ({ seconds: 0.01, tokens: 0 }));
    const limited = { ...settings, concurrency: [1, 2, 4], requests: 3 };
    const { cells, leftOut } = await measureServing(served, texts, limited, effects);
    expect(cells.map(({ answered }) => answered)).toEqual([6, 6]);
    expect(leftOut).toEqual([
      { batchSize: 2, concurrency: 4, reason: "no more than 3 requests may be sent in a round (--requests)" },
    ]);
    expect(sent()).toBe(1 + 2 + 2 * 2 * 3);
  });

  it("is an error where nothing is answered, and ends when it is stopped", async () => {
    const failing = world(() => ({ seconds: 0.01, kind: "500", failure: "boom" }));
    await expect(measureServing(failing.served, texts, settings, failing.effects)).rejects.toThrow(
      "bench: nothing of endpoint/host/m could be measured: every request failed: boom",
    );
    const { served, effects } = world(() => ({ seconds: 0.01, tokens: 0 }));
    const stopped = { ...effects, signal: AbortSignal.abort(new Error("stopped")) };
    await expect(measureServing(served, texts, settings, stopped)).rejects.toThrow("stopped");
  });
});
