import { cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { EncodeProgress } from "../encoder.ts";
import { createEncoder } from "../onnx-encoder.ts";
import type { RunBatch } from "../run-inputs.ts";
import { letters, lettersInfo } from "../testing/letters.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { identityOf } from "./folder.ts";
import { keysOf, type VectorCache } from "./lookup.ts";
import { openStore } from "./store.ts";

const dims = 3;
const info = { ...lettersInfo, dims };
/** A tokenizer of letters that loses their case. */
const caseless: Tokenizer = {
  ...letters,
  encode: (rows) => letters.encode(rows.map((text) => String(text).toLowerCase())),
};
const newFolder = (): string => mkdtempSync(join(tmpdir(), "pramana-lookup-"));
/** Makes texts of different lengths; two parts of the range have none in common. */
const texts = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => "x".repeat(1 + (((from + i) * 7) % 13)) + String(from + i));

/** Makes up a model: a text's vector is the sum of its letters, and the shape of the batch that it was in. */
function shapedModel(): { run: RunBatch; runs: () => number; seconds: () => number } {
  let [runs, seconds] = [0, 0];
  let earlier: Promise<unknown> = Promise.resolve();
  const run: RunBatch = async ({ ids, members, width }, promptTokens) => {
    runs++;
    // As a session, it runs one batch after the other.
    earlier = earlier.then(async () => {
      const began = performance.now();
      await new Promise((resolve) => setTimeout(resolve, 1));
      seconds += (performance.now() - began) / 1000;
    });
    await earlier;
    return Float32Array.from(
      members.flatMap((_, row) => [
        ids.subarray(row * width, (row + 1) * width).reduce((sum, id) => sum + id, 0),
        members.length + width / 1000,
        promptTokens,
      ]),
    );
  };
  return { run, runs: () => runs, seconds: () => seconds };
}

interface Call {
  readonly prompt?: string;
  readonly budget?: number;
  readonly sessions?: number;
  readonly byBatch?: boolean;
  /** Batches after which the process is killed. */
  readonly killedAfter?: number;
  /** Another model where it is given. */
  readonly id?: string;
}

/** Embeds texts in a process of its own, over a folder; nothing is closed where it is killed. */
async function embed(folder: string | undefined, wanted: readonly string[], call: Call = {}) {
  const { prompt = "", budget = 64, sessions = 1, byBatch = false, killedAfter, id = "one" } = call;
  const model = { model: id, revision: "main", device: "cpu", dims };
  const identity = identityOf({ id });
  const settings = { limit: 1e9, now: () => 0, identity, model, warn: () => {} };
  const cache: VectorCache | undefined =
    folder === undefined ? undefined : { store: await openStore({ ...settings, folder }), identity, byBatch };
  const { run, runs, seconds } = shapedModel();
  const dying: RunBatch = async (batch, promptTokens) => {
    if (runs() === killedAfter) throw new Error("killed");
    return run(batch, promptTokens);
  };
  const models = Array.from({ length: sessions }, () => dying);
  const encoder = createEncoder(info, caseless, budget, models, async () => cache?.store.close(), cache);
  const told: EncodeProgress[] = [];
  try {
    const { data } = await encoder.encode(wanted, { prompt, onProgress: (progress) => void told.push(progress) });
    return { data: [...data], runs: runs(), seconds: seconds(), told };
  } catch (error) {
    if (killedAfter === undefined) throw error;
    // The list is copied at the kill; a batch at work may still be told.
    return { data: [], runs: runs(), seconds: seconds(), told: [...told] };
  } finally {
    await encoder.close();
  }
}

describe("a run that was killed and continued", () => {
  it.each([1, 3])("gives the bits of an undisturbed one, wherever it was killed, in %i sessions", async (sessions) => {
    const wanted = texts(0, 60);
    // An earlier task has left some of the texts, embedded in batches of other shapes.
    const before = newFolder();
    await embed(before, [...texts(40, 50), ...texts(55, 90)], { budget: 200 });
    const copyOf = (folder: string): string => {
      const copy = newFolder();
      cpSync(folder, copy, { recursive: true });
      return copy;
    };
    const undisturbed = await embed(copyOf(before), wanted, { sessions });
    expect(undisturbed.runs).toBeGreaterThan(6);
    for (let killedAfter = 0; killedAfter <= undisturbed.runs; killedAfter++) {
      const folder = copyOf(before);
      const killed = await embed(folder, wanted, { sessions, killedAfter });
      const continued = await embed(folder, wanted, { sessions });
      expect(continued.data).toEqual(undisturbed.data);
      // All that was told as done is in the cache; the batch at work may be, or not.
      expect(continued.runs).toBeLessThanOrEqual(undisturbed.told.length - killed.told.length);
      expect(continued.runs).toBeGreaterThanOrEqual(undisturbed.runs - killed.runs);
    }
    // The earlier task matters: without its vectors the others differ.
    const fresh = await embed(newFolder(), wanted, { sessions });
    expect(fresh.data).toEqual((await embed(undefined, wanted)).data);
    expect(fresh.data).not.toEqual(undisturbed.data);
  });

  it("keeps two texts of the same tokens apart, of which only one was embedded before", async () => {
    const wanted = [...texts(0, 20), ...texts(0, 20).map((text) => text.toUpperCase())];
    const undisturbed = await embed(newFolder(), wanted);
    const folder = newFolder();
    for (const killedAfter of [1, 1, 1]) await embed(folder, wanted, { killedAfter });
    expect((await embed(folder, wanted)).data).toEqual(undisturbed.data);
  });

  it("through a batch of which only a part is kept: that is run whole, and what was kept stays", async () => {
    const folder = newFolder();
    const [alone] = [await embed(folder, ["aaa"])];
    const { data, runs } = await embed(folder, ["aaa", "bbb"]);
    expect(runs).toBe(1);
    expect(data.slice(0, 3)).toEqual(alone.data);
    expect(data.slice(3)).toEqual((await embed(undefined, ["aaa", "bbb"])).data.slice(3));
    expect(await embed(folder, ["bbb", "aaa"])).toMatchObject({
      runs: 0,
      data: [...data.slice(3), ...data.slice(0, 3)],
    });
  });
});

describe("what is told", () => {
  it("of texts and tokens is the same with and without a cache, cold and warm", async () => {
    const folder = newFolder();
    const wanted = [...texts(0, 40), ...texts(10, 20)];
    const without = await embed(undefined, wanted);
    const cold = await embed(folder, wanted);
    const warm = await embed(folder, wanted);
    const counts = ({ told }: { told: EncodeProgress[] }) =>
      told.map(({ done, total, encoded, tokens }) => ({ done, total, encoded, tokens }));
    expect(counts(cold)).toEqual(counts(without));
    expect(counts(warm).at(-1)).toEqual(counts(without).at(-1));
    expect(counts(warm)).toHaveLength(without.told.length);
    expect([without.runs, cold.runs, warm.runs]).toEqual([without.told.length, without.told.length, 0]);
    expect([without, cold].map(({ told }) => told.at(-1)?.cachedSeconds)).toEqual([undefined, undefined]);
  });

  it("of seconds: what the batches took when they were run, no less than the model was at work", async () => {
    const folder = newFolder();
    const began = performance.now();
    const { seconds } = await embed(folder, texts(0, 40));
    const took = (performance.now() - began) / 1000;
    const { cachedSeconds } = (await embed(folder, texts(0, 40))).told.at(-1)!;
    // The cache holds seconds as float32.
    expect(cachedSeconds).toBeGreaterThan(seconds * (1 - 1e-6));
    expect(seconds).toBeGreaterThan(0);
    expect(cachedSeconds).toBeLessThan(took);
    // No seconds are counted as cached for a batch that had to be run.
    const half = (await embed(folder, ["new", ...texts(0, 40)], { budget: 10_000 })).told.at(-1)!;
    expect(half.cachedSeconds).toBeUndefined();
  });

  it("sessions that run side by side are charged their part each", async () => {
    const folder = newFolder();
    const began = performance.now();
    await embed(folder, texts(0, 400), { sessions: 4 });
    const took = (performance.now() - began) / 1000;
    expect((await embed(folder, texts(0, 400))).told.at(-1)!.cachedSeconds).toBeLessThan(took);
  });
});

describe("a key", () => {
  const inputs = (...given: string[]) => given.map((text) => ({ text, ids: Int32Array.from(text, Number) }));
  const key = (cache: { identity?: string; byBatch?: boolean }, promptTokens: number, ...given: string[]): string =>
    keysOf({ identity: "m", byBatch: false, ...cache } as VectorCache, inputs(...given), promptTokens)
      .subarray(0, 16)
      .toString("hex");

  it("differs by model, tokens left out of pooling, tokens, and text; not by the company", () => {
    const same = key({}, 0, "12");
    expect(key({}, 0, "12", "34", "5")).toBe(same);
    const ids = keysOf({ identity: "m", byBatch: false } as VectorCache, [{ text: "12", ids: Int32Array.of(9) }], 0);
    const others = [key({ identity: "n" }, 0, "12"), key({}, 1, "12"), key({}, 0, "1"), ids.toString("hex")];
    expect(new Set([same, ...others]).size).toBe(5);
  });

  it("of a pair differs by where its first text ends, and by the types of its tokens", () => {
    const keyOf = (first: string, second: string, type: number): string => {
      const types = Int32Array.of(0, type);
      const input = { text: [first, second] as const, ids: Int32Array.of(1, 2), types };
      return keysOf({ identity: "m", byBatch: false } as VectorCache, [input], 0).toString("hex");
    };
    expect(new Set([keyOf("a", "bc", 1), keyOf("ab", "c", 1), keyOf("a", "bc", 0), keyOf("", "abc", 1)]).size).toBe(4);
    expect(keyOf("a", "bc", 1)).toBe(keyOf("a", "bc", 1));
  });

  it("differs by the company where vectors may depend on it", () => {
    const cache = { byBatch: true };
    const keys = [key({}, 0, "1"), key(cache, 0, "1"), key(cache, 0, "1", "2"), key(cache, 0, "1", "2", "3")];
    expect(new Set(keys).size).toBe(4);
    expect(key(cache, 0, "1", "2")).toBe(keys[2]);
  });

  it("differs for texts that UTF-8 cannot tell apart", () => {
    expect(key({}, 0, "\ud800")).not.toBe(key({}, 0, "\ud801"));
  });

  it("of a prompt's text is another one than without, and the prompt's own", async () => {
    const folder = newFolder();
    const wanted = texts(0, 20);
    const plain = await embed(folder, wanted);
    const prompted = await embed(folder, wanted, { prompt: "query: " });
    expect(prompted.data).toEqual((await embed(undefined, wanted, { prompt: "query: " })).data);
    expect((await embed(folder, wanted, { prompt: "query: " })).runs).toBe(0);
    expect((await embed(folder, wanted)).data).toEqual(plain.data);
    expect((await embed(folder, wanted, { id: "another model" })).runs).toBe(plain.runs);
  });
});
