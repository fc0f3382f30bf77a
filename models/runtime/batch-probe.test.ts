import { describe, expect, it } from "vitest";
import type { RunBatch } from "../run-inputs.ts";
import { probeBatchSize } from "./batch-probe.ts";

/**
 * Makes a GPU with a clock: a batch takes `overhead` milliseconds, and one more for every `sideBySide` padded tokens.
 * More than `memory` tokens do not fit; the first run takes `first` milliseconds more.
 */
function fakeGpu({ overhead = 1, sideBySide = 1, memory = Number.POSITIVE_INFINITY, first = 0 }) {
  let time = 0;
  let slow = first;
  const sizes: number[] = [];
  const run: RunBatch = async ({ ids, members, width }) => {
    expect(ids.length).toBe(members.length * width);
    sizes.push(ids.length);
    if (ids.length > memory) throw new Error("CUDA failure 2: out of memory ; GPU=0");
    time += overhead + Math.ceil(ids.length / sideBySide) + slow;
    slow = 0;
    return new Float32Array(members.length);
  };
  return { run, now: () => time, sizes };
}

describe("the search for a batch size", () => {
  it("doubles it while that makes it a tenth faster", async () => {
    // Tokens a millisecond: 1024/2, 2048/2, 4096/2, 8192/3: then 16384/5 (+20 %), 32768/9 (+11 %), 65536/17 (+6 %).
    const { run, now } = fakeGpu({ sideBySide: 4096 });
    expect(await probeBatchSize(run, { start: 1024, width: 128 }, now)).toBe(32_768);
  });

  it("finds the same again, also when a first run is slow", async () => {
    for (const first of [0, 1000]) {
      const { run, now } = fakeGpu({ sideBySide: 4096, first });
      expect(await probeBatchSize(run, { start: 1024, width: 128 }, now)).toBe(32_768);
    }
  });

  it("stays where nothing is gained", async () => {
    const { run, now, sizes } = fakeGpu({ overhead: 0 });
    expect(await probeBatchSize(run, { start: 1024, width: 128 }, now)).toBe(1024);
    expect(new Set(sizes)).toEqual(new Set([1024, 2048]));
  });

  it("ends where memory does", async () => {
    const { run, now, sizes } = fakeGpu({ sideBySide: 1e9, memory: 10_000 });
    expect(await probeBatchSize(run, { start: 1024, width: 128 }, now)).toBe(8192);
    expect(sizes.at(-1)).toBe(16_384);
  });

  it("keeps its start where not even that fits: batches are halved later", async () => {
    const { run, now } = fakeGpu({ memory: 100 });
    expect(await probeBatchSize(run, { start: 1024, width: 128 }, now)).toBe(1024);
  });

  it("has an end on a machine without limits", async () => {
    const { run, now } = fakeGpu({ overhead: 1000, sideBySide: 1e9 });
    expect(await probeBatchSize(run, { start: 1024, width: 128 }, now)).toBe(2 ** 19);
  });

  it("does not swallow other failures", async () => {
    const run: RunBatch = () => Promise.reject(new Error("CUDA failure 719: unspecified launch failure"));
    await expect(probeBatchSize(run, { start: 1024, width: 128 })).rejects.toThrow("unspecified launch failure");
  });
});
