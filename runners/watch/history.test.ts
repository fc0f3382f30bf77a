import { appendFileSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { appendLine, bestOf, curveEntries, lookOf, parseHistory, readHistory, type WatchEntry } from "./history.ts";

const entry = (name: string, meanTask: number | null = 0.5, more: Partial<WatchEntry> = {}): WatchEntry => ({
  name,
  step: null,
  model: `local/${name}`,
  revision: "r",
  fingerprint: "f",
  settings: "s",
  date: 1_795_251_851,
  tasks: [{ task: "STSBenchmark", type: "STS", score: meanTask }],
  failed: [],
  types: { STS: meanTask },
  meanTask,
  meanType: meanTask,
  ...more,
});

const temporary = () => join(mkdtempSync(join(tmpdir(), "pramana-history-")), "results", "watch.jsonl");

describe("the history", () => {
  it("comes back as it was written, line by line, with what was compared", async () => {
    const file = temporary();
    const drop = { of: "STSBenchmark", difference: -0.1, interval: [-0.2, -0.05] as const };
    const compared = entry("b", 0.4, {
      step: 500,
      comparison: {
        base: "a",
        baseRevision: "r",
        look: 1,
        level: 0.025,
        confidence: 0.95,
        verdict: "worse",
        overall: drop,
        drops: [drop],
      },
    });
    await appendLine(file, entry("a"));
    const before = readFileSync(file, "utf8");
    await appendLine(file, compared);
    expect(readFileSync(file, "utf8").startsWith(before)).toBe(true);
    expect(await readHistory(file)).toEqual({ entries: [entry("a"), compared], damaged: [] });
  });

  it("marks what was accepted: the curve up to the named checkpoint, as it was when that was said", async () => {
    const file = temporary();
    for (const name of ["a", "b", "c"]) await appendLine(file, entry(name));
    await appendLine(file, entry("b", 0.5, { settings: "other" }));
    await appendLine(file, { accepted: "b", settings: "s", date: 1_795_251_852 });
    await appendLine(file, entry("b", 0.4));
    const { entries, damaged } = await readHistory(file);
    expect(entries.map(({ isAccepted }) => isAccepted)).toEqual([true, true, undefined, undefined, undefined]);
    expect(damaged).toEqual([]);
  });

  it("is empty where there is no file", async () => {
    expect(await readHistory(temporary())).toEqual({ entries: [], damaged: [] });
  });

  it("leaves out a torn last line, and goes on behind it", async () => {
    const file = temporary();
    await appendLine(file, entry("a"));
    appendFileSync(file, JSON.stringify(entry("torn")).slice(0, 40));
    expect((await readHistory(file)).entries.map(({ name }) => name)).toEqual(["a"]);
    expect((await readHistory(file)).damaged).toEqual([]);
    await appendLine(file, entry("b"));
    const { entries, damaged } = await readHistory(file);
    expect([entries.map(({ name }) => name), damaged]).toEqual([["a", "b"], [2]]);
  });

  it("names lines that are no entries", () => {
    const text = `${JSON.stringify(entry("a"))}\n{}\n\n[1]\n${JSON.stringify({ ...entry("b"), meanTask: "0.5" })}\n`;
    const { entries, damaged } = parseHistory(text);
    expect([entries.length, damaged]).toEqual([1, [2, 4, 5]]);
  });

  it("says where it cannot be read or written, and what to do", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pramana-history-"));
    await expect(readHistory(folder)).rejects.toThrow(`watch: ${folder} cannot be read: EISDIR`);
    await expect(appendLine(folder, entry("a"))).rejects.toThrow(
      /cannot be written: EISDIR.*; choose a folder of results that can be written to$/,
    );
  });
});

describe("curveEntries", () => {
  it("has the last of each name, of the same settings only", () => {
    const entries = [entry("a", 0.1), entry("b"), entry("a", 0.2), entry("c", 0.5, { settings: "other" })];
    expect(curveEntries(entries, "s").map(({ name, meanTask }) => [name, meanTask])).toEqual([
      ["b", 0.5],
      ["a", 0.2],
    ]);
  });
});

describe("bestOf", () => {
  it("is the earliest of the best complete ones", () => {
    expect(bestOf([entry("a", 0.4), entry("b", 0.6), entry("c", 0.6), entry("d", null)])?.name).toBe("b");
    expect(bestOf([entry("a", null)])).toBeUndefined();
    expect(bestOf([])).toBeUndefined();
    expect(bestOf([entry("negative", -0.2)])?.name).toBe("negative");
  });

  it("leaves out what came before the last accepted one", () => {
    const accepted = { isAccepted: true } as const;
    const entries = [entry("a", 0.9, accepted), entry("b", 0.5, accepted), entry("c", 0.4)];
    expect(bestOf(entries)?.name).toBe("b");
    expect(bestOf([...entries, entry("d", 0.6)])?.name).toBe("d");
  });
});

describe("lookOf", () => {
  const compared = (look: number): Partial<WatchEntry> => ({
    comparison: { base: "a", baseRevision: "r", look, level: 0.01, confidence: 0.95, verdict: "worse", drops: [] },
  });
  const stopped = { stopped: { look: [1, 6], units: [10, 100] } } as const;

  it("counts those that could be the base, and those that were stopped early", () => {
    expect(lookOf([entry("a")], "s", "b")).toBe(1);
    expect(lookOf([entry("a"), entry("failed", null)], "s", "b")).toBe(1);
    expect(lookOf([entry("a"), entry("b", null, { ...stopped, ...compared(1) })], "s", "c")).toBe(2);
    expect(lookOf([entry("a"), entry("x", 0.5, { settings: "other" })], "s", "b")).toBe(1);
  });

  it("gives no number twice, where a checkpoint is evaluated again", () => {
    const entries = [entry("a"), entry("b", 0.5, compared(1)), entry("c", 0.5, compared(2))];
    expect(lookOf(entries, "s", "b")).toBe(3);
  });
});
