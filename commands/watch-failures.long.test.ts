import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readHistory } from "../runners/watch/history.ts";
import { choice, named, newRun, terminalOf, writeCheckpoint } from "./testing/watched.ts";
import { watch } from "./watch.ts";

describe("what pramana watch cannot evaluate", () => {
  it("goes on past a checkpoint that cannot be run, tells it once, and fails with once", async () => {
    const folder = newRun();
    writeCheckpoint(join(folder, "checkpoint-1"), 0);
    rmSync(join(folder, "checkpoint-1/0_StaticEmbedding/tokenizer.json"));
    writeCheckpoint(join(folder, "checkpoint-2"), 0.3);
    const { terminal, err } = terminalOf();
    expect(await watch(folder, choice, terminal)).toBe(false);
    expect(err()).toMatch(/checkpoint-1 failed: .*tokenizer.*; it is tried again when its files change\n/);
    expect(err().match(/checkpoint-1 failed/g)).toHaveLength(1);
    expect(await named(folder)).toEqual(["checkpoint-2"]);
  });

  it("keeps what a failing task leaves, averages over no hole, and tries again at the next start", async () => {
    const folder = newRun();
    writeCheckpoint(join(folder, "checkpoint-1"), 0);
    const [data, file] = [join(folder, "../data"), join(folder, "../task.json")];
    mkdirSync(data);
    writeFileSync(join(data, "test.jsonl"), '{"sentence1": "a", "sentence2": "b"}\n');
    const settings = { minScore: 0, maxScore: 1 };
    const languages = { default: ["eng-Latn"] };
    writeFileSync(
      file,
      JSON.stringify({ name: "Scoreless", type: "STS", dataset: { path: data }, languages, settings }),
    );
    const chosen = { ...choice, tasks: ["MiniSTS", "Scoreless"], taskFile: [file] };
    const { terminal, out } = terminalOf();
    expect(await watch(folder, chosen, terminal)).toBe(false);
    expect(out()).toMatch(/^checkpoint-1 {2}Mean — {2}STS — {2}no score: Scoreless\n/);
    const { entries } = await readHistory(join(folder, "pramana/watch.jsonl"));
    expect(entries[0]).toMatchObject({ failed: ["Scoreless"], meanTask: null });
    const again = terminalOf();
    await watch(folder, chosen, again.terminal);
    expect(again.err()).toContain("checkpoint-1: evaluating\n");
  });

  it("does not begin without data that cannot be had, nor on a device that cannot work: every checkpoint would fail", async () => {
    const folder = newRun();
    writeCheckpoint(join(folder, "checkpoint-1"), 0);
    const { terminal, out, err } = terminalOf();
    await expect(watch(folder, { ...choice, tasks: ["MiniSTS", "STS12"] }, terminal)).rejects.toThrow(
      "watch: the data of 1 of 2 tasks to run cannot be had (named above); nothing was run",
    );
    expect(err()).toMatch(/cannot be had: .*\n.*STS12\n/);
    await expect(watch(folder, { ...choice, device: "coreml" }, terminal)).rejects.toThrow(
      /^device: coreml cannot work here, missing: /,
    );
    expect([out(), await named(folder)]).toEqual(["", []]);
  });
});
