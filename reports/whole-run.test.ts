import { describe, expect, it } from "vitest";
import type { RunEvent } from "../runners/events.ts";
import { logText, noProgress, type Progress, terminalText } from "./progress.ts";
import { advanceWhole, describeWhole, type WholeRun } from "./whole-run.ts";

const started = (work: readonly number[]): RunEvent => ({
  kind: "run-started",
  model: "m",
  tasks: work.map((_, i) => `t${i + 1}`),
  work,
});
const task = (index: number, count: number): RunEvent => ({
  kind: "task-started",
  task: `t${index}`,
  index,
  count,
});
const ended = (index: number): RunEvent => ({ kind: "task-failed", tasks: [`t${index}`], message: "" });
const encoding = (done: number, total: number): RunEvent => ({ kind: "encoding", task: "t", done, total });

/** Returns what is told of the whole run after events at the given seconds. */
function told(...events: readonly (readonly [number, RunEvent])[]): readonly string[] {
  let whole: WholeRun | undefined;
  for (const [now, event] of events) whole = advanceWhole(event, whole, now);
  return describeWhole(whole, events.at(-1)?.[0] ?? 0);
}

describe("the progress of a whole run", () => {
  it("weighs tasks by their work, and tells the time left by what is done", () => {
    const events = [
      [0, started([1, 3])],
      [0, task(1, 2)],
      [50, ended(1)],
      [50, task(2, 2)],
    ] as const;
    expect(told(...events, [100, encoding(1, 3)])).toEqual(["all 50 %, about 1 min 40 s left"]);
  });

  it("counts what is over by its own work, in whatever order tasks come", () => {
    const second: RunEvent = { kind: "task-started", task: "t2", index: 1, count: 2 };
    expect(told([0, started([1, 3])], [0, second], [30, ended(2)])).toEqual(["all 75 %, about 10 s left"]);
  });

  it("counts each place of a task alike", () => {
    const place: RunEvent = { kind: "place-started", task: "t", index: 3, count: 4 };
    const events = [
      [0, started([1, 1])],
      [0, task(1, 2)],
      [20, place],
    ] as const;
    expect(told(...events, [30, encoding(1, 2)])).toEqual(["all 31 %, about 1 min 06 s left"]);
  });

  it("foretells nothing from too little, nor of one task, nor without work", () => {
    expect(told([0, started([1, 1])], [0, task(1, 2)], [5, encoding(1, 2)])).toEqual(["all 25 %"]);
    expect(told([0, started([1000, 1])], [0, task(1, 2)], [50, encoding(1, 1000)])).toEqual(["all 0 %"]);
    expect(told([0, started([1])], [0, task(1, 1)], [50, encoding(1, 2)])).toEqual([]);
    expect(told([0, { kind: "run-started", model: "m", tasks: ["a", "b"] }], [50, encoding(1, 2)])).toEqual([]);
  });

  it("stands in the line of a terminal and in those of a log", () => {
    const before: readonly (readonly [number, RunEvent])[] = [
      [0, started([1, 1])],
      [0, task(1, 2)],
      [10, encoding(1, 10)],
    ];
    let progress: Progress = noProgress;
    for (const [now, event] of before) progress = terminalText(event, progress, now, 120).progress;
    expect(terminalText(encoding(5, 10), progress, 50, 120).live).toContain("; all 25 %, about 2 min 30 s left");
    expect(logText(encoding(5, 10), progress, 50).lines).toEqual([
      expect.stringMatching(/^\[1\/2\] t: 5 of 10 texts.*; all 25 %, about 2 min 30 s left \(50 %\)$/),
    ]);
  });
});
