import { describe, expect, it } from "vitest";
import type { RunEvent } from "../runners/events.ts";
import { duration } from "./duration.ts";
import { logText, noProgress, type Progress, terminalText } from "./progress.ts";
import { result } from "./testing/results.ts";

const encoding = (done: number, total = 2000): RunEvent => ({ kind: "encoding", task: "STS12", done, total });
const started: RunEvent = { kind: "task-started", task: "STS12", index: 2, count: 9 };

/** Events with their times, as a run gives them. */
const story: readonly (readonly [number, RunEvent])[] = [
  [0, { kind: "run-started", model: "acme/small", tasks: ["Banking77", "STS12"] }],
  [1, started],
  [1.5, { kind: "downloading", repository: "mteb/sts12", file: "test.jsonl.gz", received: 0, total: 1_250_000 }],
  [2.5, { kind: "downloading", repository: "mteb/sts12", file: "test.jsonl.gz", received: 500_000, total: 1_250_000 }],
  [3, { kind: "loading", task: "STS12", file: "test.jsonl.gz" }],
  [4, encoding(0)],
  [6, encoding(500)],
  [20, encoding(1000)],
  [21, encoding(1010)],
  [36, encoding(2000)],
  [37, { kind: "task-finished", task: "STS12", mainScore: 0.750501, seconds: 36, result: result("STS12", 0.750501) }],
  [37, { kind: "task-failed", tasks: ["STS13"], message: "no such\nfile\u001b[31m" }],
  [38, { kind: "run-finished", seconds: 3723, failed: 1 }],
];

function tell<Text extends { readonly progress: Progress }>(
  say: (event: RunEvent, progress: Progress, now: number) => Text,
): Text[] {
  let progress = noProgress;
  return story.map(([now, event]) => {
    const text = say(event, progress, now);
    progress = text.progress;
    return text;
  });
}

describe("terminalText", () => {
  const texts = tell((event, progress, now) => terminalText(event, progress, now, 80));

  it("counts subsets that are scored together by a rate of their own, once the texts are encoded", () => {
    const scoring = (done: number): RunEvent => ({ kind: "scoring", task: "STS12", done, total: 41_412 });
    let progress = terminalText(encoding(2000), noProgress, 0, 80).progress;
    const lives = [scoring(406), scoring(812)].map((event, i) => {
      const text = terminalText(event, progress, 10 + 4 * i, 80);
      progress = text.progress;
      return [...text.lines, text.live];
    });
    expect(lives).toEqual([
      ["STS12  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░    0 %  406 of 41,412 subsets"],
      ["STS12  ░░░░░░░░░░░░░░░░░░░    1 %  812 of 41,412 subsets, 102/s, 6 min 40 s left"],
    ]);
  });

  it("tells what the workers of a queue do, and how long it will take, though they need minutes for a unit", () => {
    const queued = { kind: "queued", total: 41, failed: 0 } as const;
    const { progress, live } = terminalText({ ...queued, done: 2, running: 0, workers: 0 }, noProgress, 0, 100);
    expect(live).toMatch(/^queue {2}\S+ {4}4 % {2}2 of 41 units; 0 at work; no worker is there$/);
    const later = terminalText({ ...queued, done: 4, running: 2, failed: 1, workers: 2 }, progress, 240, 100);
    expect(later.live).toMatch(/ 9 % {2}4 of 41 units, 1 h 12 min left; 2 at work; 1 failed; 2 workers$/);
  });

  it("tells in a log at once that a queue has no worker, or has some again", () => {
    const queued = { kind: "queued", total: 41, failed: 0, done: 0, running: 0 } as const;
    let progress: Progress = { ...noProgress, lastLine: 0 };
    const lines = [1, 0, 0, 2].map((workers, i) => {
      const text = logText({ ...queued, workers }, progress, i);
      progress = text.progress;
      return text.lines;
    });
    expect(lines).toEqual([
      [],
      ["queue: 0 of 41 units; 0 at work; no worker is there (0 %)"],
      [],
      ["queue: 0 of 41 units; 0 at work; 2 workers (0 %)"],
    ]);
  });

  it("keeps one line for whatever ended", () => {
    expect(texts.flatMap(({ lines }) => lines)).toEqual([
      "acme/small: 2 tasks",
      "[2/9] STS12: 75.05 in 36 s",
      "[2/9] STS13 failed: no such file [31m",
      "finished in 1 h 02 min, 1 task failed",
    ]);
  });

  it("counts down a wait that a server asks for", () => {
    const waiting: RunEvent = { kind: "waiting", host: "huggingface.co", seconds: 55 };
    expect(terminalText(waiting, noProgress, 0, 80).live).toBe("huggingface.co  asks to wait, 55 s left");
    const { lines, progress } = logText(waiting, noProgress, 0);
    expect(lines).toEqual(["huggingface.co: asks to wait, 55 s left"]);
    expect(logText({ ...waiting, seconds: 54 }, progress, 1).lines).toEqual([]);
  });

  it("shows what is under way, how fast, and how long it will take", () => {
    expect(texts.map(({ live }) => live)).toEqual([
      "",
      "[2/9] STS12",
      "mteb/sts12/test.jsonl.gz  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░    0 %  0.0 kB of 1.3 MB",
      "mteb/sts12/test.jsonl.gz   40 %  500.0 kB of 1.3 MB, 500.0 kB/s, 1.5 s left",
      "[2/9] STS12  loading test.jsonl.gz",
      "[2/9] STS12  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░    0 %  0 of 2,000 texts",
      "[2/9] STS12  █████░░░░░░░░░░░░░░░░   25 %  500 of 2,000 texts, 250/s, 6.0 s left",
      "[2/9] STS12  ██████████░░░░░░░░░░░   50 %  1,000 of 2,000 texts, 63/s, 16 s left",
      "[2/9] STS12  ██████████░░░░░░░░░░░   50 %  1,010 of 2,000 texts, 59/s, 17 s left",
      "[2/9] STS12  ██████████████████████████████  100 %  2,000 of 2,000 texts, 63/s",
      "",
      "",
      "",
    ]);
  });

  it("never takes more than the width", () => {
    for (let width = 0; width <= 120; width++) {
      for (const { live } of tell((event, progress, now) => terminalText(event, progress, now, width))) {
        expect(live.length).toBeLessThanOrEqual(width);
      }
    }
    const narrow = tell((event, progress, now) => terminalText(event, progress, now, 20));
    expect(narrow[6]?.live).toBe("[2/9] STS12   25 % …");
  });

  it("counts the rate from the first event of a stretch, and begins anew where the count falls", () => {
    const at = (now: number, event: RunEvent, progress: Progress) => terminalText(event, progress, now, 60);
    const first = at(0, encoding(900), noProgress);
    const second = at(1, encoding(1000), first.progress);
    expect(second.live).toBe("STS12   50 %  1,000 of 2,000 texts, 100/s, 10 s left");
    const again = at(2, encoding(10), second.progress);
    expect(again.live).toBe("STS12  ░░░░░░░░░░░░░░░░░░░░░░░░░░░    0 %  10 of 2,000 texts");
    expect(at(4, encoding(30), again.progress).live).toContain("10/s, 3 min 17 s left");
  });

  it("promises nothing while nothing moves, and takes sizes that nobody gave", () => {
    const stuck = terminalText(encoding(0), terminalText(encoding(0), noProgress, 0, 80).progress, 5, 80);
    expect(stuck.live).toMatch(/ {2}0 of 2,000 texts$/);
    expect(terminalText(encoding(0, 0), noProgress, 0, 80).live).toBe("STS12  0 of 0 texts");
    const unsized: RunEvent = { kind: "downloading", repository: "a/b", file: "c", received: 2.5e9, total: undefined };
    expect(terminalText(unsized, noProgress, 0, 80).live).toBe("a/b/c  2.50 GB");
    const undefinedScore: RunEvent = {
      kind: "task-finished",
      task: "T",
      mainScore: Number.NaN,
      seconds: 1,
      result: result("T", 0),
    };
    expect(terminalText(undefinedScore, noProgress, 0, 80).lines).toEqual(["T: undefined in 1.0 s"]);
  });
});

describe("logText", () => {
  it("has a line for what starts and ends", () => {
    expect(tell(logText).flatMap(({ lines }, i) => lines.map((line) => [story[i]?.[0], line]))).toEqual([
      [0, "acme/small: 2 tasks"],
      [1, "[2/9] STS12"],
      [37, "[2/9] STS12: 75.05 in 36 s"],
      [37, "[2/9] STS13 failed: no such file [31m"],
      [38, "finished in 1 h 02 min, 1 task failed"],
    ]);
  });

  it("writes a line after exactly a minute", () => {
    const { progress } = logText(started, noProgress, 100);
    expect(logText(encoding(1), progress, 159.9).lines).toEqual([]);
    expect(logText(encoding(1), progress, 160).lines).toEqual(["[2/9] STS12: 1 of 2,000 texts (0 %)"]);
  });

  it("says at the end of each task how far the whole run is, and about how long it still takes", () => {
    const run: RunEvent = { kind: "run-started", model: "m", tasks: ["STS12", "STS13"], work: [1, 3] };
    const ended: RunEvent = { kind: "task-finished", task: "STS12", mainScore: 1, seconds: 60, result: result("A", 1) };
    const begun = logText(started, logText(run, noProgress, 0).progress, 0).progress;
    expect(logText(ended, begun, 60).lines).toEqual([
      "[2/9] STS12: 100.00 in 1 min 00 s; all 25 %, about 3 min 00 s left",
    ]);
  });

  it("tells of tasks that other processes are at, are waited for, and stored", () => {
    const by = "process 7 on node-2";
    expect(logText({ kind: "task-taken", task: "A", by }, noProgress, 0).lines).toEqual([
      "A: process 7 on node-2 is at it; it comes later, where it is still to be done then",
    ]);
    const awaiting: RunEvent = { kind: "awaiting", tasks: ["A", "B"], by };
    expect(logText(awaiting, noProgress, 0).lines).toEqual(["waiting: for A and 1 more: process 7 on node-2 is at it"]);
    const ended = { kind: "task-finished", task: "A", mainScore: 1, seconds: 0, isOthers: true } as const;
    expect(logText({ ...ended, result: result("A", 1) }, noProgress, 0).lines).toEqual([
      "A: 100.00, by another process",
    ]);
  });

  it("tells a reason once: with all its tasks where it is known before, else by the first task that had it", () => {
    const failed = (...tasks: readonly string[]): RunEvent => ({ kind: "task-failed", tasks, message: "no room" });
    expect(logText(failed("A", "B"), noProgress, 0).lines).toEqual(["2 tasks cannot be run: no room: A, B"]);
    const { lines, progress } = logText(failed("A"), noProgress, 0);
    const second = logText(failed("B"), progress, 1);
    const other = logText({ kind: "task-failed", tasks: ["C"], message: "no disk" }, second.progress, 2);
    expect([lines, second.lines, other.lines]).toEqual([
      ["A failed: no room"],
      ["B failed: as A"],
      ["C failed: no disk"],
    ]);
  });
});

describe("reading results", () => {
  const reading = (done: number, total = 3000): RunEvent => ({ kind: "reading", done, total });
  const linesAfter = (times: readonly number[], say: typeof logText) =>
    times.reduce(
      ({ progress, lines }, now, i) => {
        const text = say(reading(i * 1000), progress, now);
        return { progress: text.progress, lines: [...lines, ...text.lines] };
      },
      { progress: noProgress, lines: [] as readonly string[] },
    ).lines;

  it("is worth a line in a log only where it takes long", () => {
    expect(linesAfter([0, 0.2, 0.4, 0.6], logText)).toEqual([]);
    expect(linesAfter([0, 62, 80], logText)).toEqual([
      "reading results: 1,000 of 3,000 files, 16/s, 2 min 04 s left (33 %)",
    ]);
  });

  it("is a line that goes in a terminal", () => {
    const { progress, live } = terminalText(reading(0), noProgress, 0, 80);
    expect(live).toMatch(/^reading results {2}░+ {4}0 % {2}0 of 3,000 files$/);
    const next = terminalText(reading(1000), progress, 2, 80);
    expect(next.live).toContain("33 %  1,000 of 3,000 files, 500/s, 4.0 s left");
    expect(terminalText(reading(3000), next.progress, 6, 80)).toMatchObject({ live: "", lines: [] });
  });
});

describe("measuring", () => {
  const measuring = (done: number, total = 40): RunEvent => ({
    kind: "measuring",
    what: "round 1 of 5: corpus",
    done,
    total,
  });

  it("foretells the time left by how fast the expected seconds pass", () => {
    const first = terminalText(measuring(0), noProgress, 100, 80);
    expect(first.live).toMatch(/^round 1 of 5: corpus {2}░+ {4}0 % {2}about 40 s$/);
    const next = terminalText(measuring(10), first.progress, 120, 80);
    expect(next.live).toContain("25 %  1 min 00 s left");
    expect(terminalText(measuring(40), next.progress, 180, 80)).toMatchObject({ live: "", lines: [] });
  });

  it("has no estimate before it has begun", () => {
    expect(logText({ kind: "measuring", what: "warming up", done: 0, total: 0 }, noProgress, 0).lines).toEqual([
      "warming up: one call of each cell",
    ]);
  });
});

describe("duration", () => {
  it.each([
    [0, "0.0 s"],
    [9.94, "9.9 s"],
    [9.96, "10 s"],
    [59.6, "1 min 00 s"],
    [125, "2 min 05 s"],
    [3599.7, "1 h 00 min"],
    [36_000, "10 h 00 min"],
  ])("%d is %s", (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});

describe("a finding", () => {
  const finding = { split: "test", subset: "de", kind: "row-repeated", count: 4, first: ["row 3"] } as const;
  const lineOf = (places: number) =>
    logText({ kind: "finding", task: "STS12", finding, places }, { ...noProgress, place: "[2/9] " }, 0).lines;

  it("is a line of the log, with its place where there are several", () => {
    expect(lineOf(1)).toEqual(["[2/9] STS12: rows that come again: 4 (row 3, …)"]);
    expect(lineOf(2)).toEqual(["[2/9] STS12: rows that come again: 4 (de, test: row 3, …)"]);
  });
});
