import { describe, expect, it } from "vitest";
import type { StoredResult } from "../runners/results/read-results.ts";
import { makeLeaderboard } from "./leaderboard.ts";
import { stored, task } from "./testing/results.ts";

const tasks = ["One", "Two", "Three"].map((name) => task(name));
const [here, there] = ["linux/x64 avx512f, ONNX Runtime 1", "linux/x64 avx2, ONNX Runtime 1"];

/** Makes a model's results on some hardware, by task. */
const madeOn = (model: string, hardware: Readonly<Record<string, readonly string[]>>): StoredResult[] =>
  stored(model, Object.fromEntries(tasks.map(({ name }) => [name, 0.5]))).map((one) => {
    const own = hardware[one.result.task];
    return own ? { ...one, result: { ...one.result, hardware: own } } : one;
  });
const notesOf = (results: readonly StoredResult[], brief = false): readonly string[] =>
  makeLeaderboard(results, tasks, undefined, { brief }).notes;

describe("the hardware of a row", () => {
  it("is nothing to speak of where it is one, or not recorded", () => {
    expect(notesOf(madeOn("a/one", { One: [here], Two: [here], Three: [here] }))).toEqual([]);
    expect(notesOf(madeOn("a/older", { One: [here] }))).toEqual([]);
    expect(notesOf([...madeOn("a/one", { One: [here] }), ...madeOn("a/two", { One: [there] })])).toEqual([]);
  });

  it("is told where it differs between tasks", () => {
    expect(notesOf(madeOn("a/moved", { One: [here], Two: [there] }))).toEqual([
      `a/moved: scored on 2 kinds of hardware, which round differently: ${here}; ${there}`,
    ]);
  });

  it("is told where it differs within a task, which is named", () => {
    const results = madeOn("a/mixed", { One: [here], Two: [there, here] });
    expect(notesOf(results)).toEqual([
      `a/mixed: scored on 2 kinds of hardware, which round differently: ${here}; ${there}; within one task: Two`,
    ]);
  });

  it("takes one line where many rows have several, and the table is to be brief", () => {
    const results = ["a/x", "a/y"].flatMap((model) => madeOn(model, { One: [here], Two: [there] }));
    expect(notesOf(results, true)).toEqual([
      "2 models were each scored on several kinds of hardware, which round differently (--verbose names them)",
    ]);
  });
});
