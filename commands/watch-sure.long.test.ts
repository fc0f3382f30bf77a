import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../datasets/errors.ts";
import { listen } from "../runners/outbound/testing/listening.ts";
import { readHistory, type WatchEntry } from "../runners/watch/history.ts";
import { writeMadeTasks } from "./testing/made-tasks.ts";
import { newRun, choice as standard, terminalOf, writeCheckpoint } from "./testing/watched.ts";
import { type WatchChoice, watch } from "./watch.ts";

const count = 150;
let choice: WatchChoice;
beforeAll(() => {
  const taskFile = [writeMadeTasks(mkdtempSync(join(tmpdir(), "pramana-tasks-")), count)];
  choice = { ...standard, taskFile, tasks: ["Pairs", "Notes"], stopWhenSure: 0.05 };
});

const entriesOf = async (folder: string): Promise<readonly WatchEntry[]> =>
  (await readHistory(join(folder, "pramana/watch.jsonl"))).entries;

describe("pramana watch --stop-when-sure", { timeout: 90_000 }, () => {
  it("ends the evaluation of a checkpoint that is worse for sure, and keeps its share out of the scores", async () => {
    const folder = newRun();
    writeCheckpoint(join(folder, "checkpoint-1"), 0);
    writeCheckpoint(join(folder, "checkpoint-2"), 0.97);
    writeCheckpoint(join(folder, "checkpoint-3"), 0);
    writeCheckpoint(join(folder, "checkpoint-4"), 0.001);
    const { url, heard } = await listen(() => ({}));
    const { terminal, out, err } = terminalOf();
    const outputs = { tensorboard: join(folder, "events"), webhook: url };
    expect(await watch(folder, { ...choice, ...outputs, failOnDrop: true }, terminal)).toBe(false);
    const entries = await entriesOf(folder);
    // The third is the same as the first; the fourth is no worse for sure, and scored as a whole.
    expect(entries.map(({ name, stopped }) => [name, stopped?.units])).toEqual([
      ["checkpoint-1", undefined],
      ["checkpoint-2", [100, 300]],
      ["checkpoint-4", undefined],
    ]);
    const [first, second, fourth] = entries;
    expect(second).toMatchObject({
      ...{ meanTask: null, meanType: null, types: {}, failed: [] },
      comparison: { base: "checkpoint-1", baseRevision: first.revision, look: 1, error: 0.05, verdict: "worse" },
      stopped: { look: [1, 3] },
    });
    expect(second.tasks.map(({ score }) => score)).toEqual([null, null]);
    expect(second.comparison?.level).toBeCloseTo(0.05 / 2 / 6, 12);
    expect(second.comparison?.overall?.interval[1]).toBeLessThan(0);
    // The share of the error that the looks before left to it.
    expect(fourth.comparison).toMatchObject({ base: "checkpoint-1", look: 2, level: (0.05 / 12) * (3 / 6) });
    expect(fourth.meanTask).toBeGreaterThan(0.1);
    expect(out()).toMatch(
      /\ncheckpoint-2 {2}stopped after 100 of 300 units \(33\.3 %\) {2}Mean \(Task\) −\d+\.\d\d points, at least \d+\.\d\d worse than checkpoint-1 {2}drop\n/,
    );
    expect(out()).toMatch(/\| checkpoint-2 +\| +— \|.*\| drop, stopped at 33\.3 % \|/);
    expect(err()).toMatch(/after 100 of 300 units \(33\.3 %\): Mean \(Task\): worse: −/);
    expect(err()).toContain("FIRST SIGNIFICANT DROP: checkpoint-2 is worse than checkpoint-1, the best before it\n");
    expect(err()).toContain("\n  stopped after 100 of 300 units (33.3 %), without a score\n");
    expect(err()).toContain("which this look of comparison 1 may spend of 0.05\n");
    // Its results lie under a name of their own.
    const stored = readdirSync(join(folder, "pramana")).filter((name) => name.includes("checkpoint-2"));
    expect(stored).toEqual(["local__my-run-checkpoint-2[limit=50,corpora=whole]"]);
    expect(second.model).toBe("local/my-run-checkpoint-2[limit=50,corpora=whole]");
    expect(err()).toContain("checkpoint-2 is left out, as it was stopped early and has no score\n");
    const [, told] = heard.map(({ body }) => body as { stopped: object | null; meanTask: number | null });
    expect(told).toMatchObject({
      isDrop: true,
      meanTask: null,
      stopped: { units: 100, ofUnits: 300, look: 1, looks: 3 },
    });
    const page = readFileSync(join(folder, "pramana/watch.html"), "utf8");
    expect(page).toContain(
      "1 checkpoint without a score, marked by a cross: the evaluation ended once it was worse for sure.",
    );
  });

  it("takes the next checkpoint as the first where the drop of one without scores is accepted", async () => {
    const folder = newRun();
    writeCheckpoint(join(folder, "checkpoint-1"), 0);
    writeCheckpoint(join(folder, "checkpoint-2"), 0.97);
    await watch(folder, choice, terminalOf().terminal);
    const accepting = terminalOf();
    expect(await watch(folder, { ...choice, failOnDrop: true, acceptDrop: "checkpoint-2" }, accepting.terminal)).toBe(
      true,
    );
    expect(accepting.err()).toContain(
      "checkpoint-2 has no score: the next checkpoint is scored whole, and later ones are held against that",
    );
    expect(accepting.out()).toMatch(/drop, stopped at 33\.3 %, accepted/);
    writeCheckpoint(join(folder, "checkpoint-3"), 0.5);
    writeCheckpoint(join(folder, "checkpoint-4"), 0.96);
    await watch(folder, choice, terminalOf().terminal);
    const [, , third, fourth] = await entriesOf(folder);
    expect([third.comparison, third.stopped]).toEqual([undefined, undefined]);
    expect(fourth.comparison).toMatchObject({ base: "checkpoint-3", look: 3 });
  });

  it("scores all units where the best one before cannot be held against, and says why", async () => {
    const folder = newRun();
    writeCheckpoint(join(folder, "checkpoint-1"), 0);
    await watch(folder, choice, terminalOf().terminal);
    const [first] = await entriesOf(folder);
    const results = join(folder, "pramana/local__my-run-checkpoint-1", first.revision);
    rmSync(join(results, "Pairs.json"));
    writeCheckpoint(join(folder, "checkpoint-2"), 0.97);
    const { terminal, err } = terminalOf();
    await watch(folder, choice, terminal);
    expect(err()).toContain(
      "all units are scored: stop when sure: nothing can be told early of overall, Notes, Pairs: Pairs: the base has no result of it; run what is missing, or leave",
    );
    const [, second] = await entriesOf(folder);
    expect([second.stopped, typeof second.meanTask]).toEqual([undefined, "number"]);
  });

  it("refuses tasks of which nothing can be told early, ahead of all", async () => {
    const asked = watch(
      newRun(),
      { ...standard, tasks: ["MiniSTS", "MiniClustering"], stopWhenSure: 0.05 },
      terminalOf().terminal,
    );
    await expect(asked).rejects.toThrow(UsageError);
    await expect(asked).rejects.toThrow(
      "MiniClustering: few documents are clustered otherwise than many; leave them out of",
    );
  });
});
