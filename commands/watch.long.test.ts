import fs, { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UsageError } from "../datasets/errors.ts";
import { comparisonOf } from "../reports/watch/testing/comparison.ts";
import { readHistory } from "../runners/watch/history.ts";
import { choice, named, newRun, sample, terminalOf, weights, writeCheckpoint } from "./testing/watched.ts";
import { watch } from "./watch.ts";
import type { CompareFolders } from "./watch-checkpoint.ts";

/** Stands for a real comparison: every score fell by 20 points, give or take one. */
const everythingFell: CompareFolders = async () =>
  comparisonOf(
    [
      { task: "MiniSTS", type: "STS", difference: -0.2, half: 0.01 },
      { task: "MiniClassification", type: "Classification", difference: -0.2, half: 0.01 },
    ],
    0.007,
  );

describe("pramana watch", () => {
  it("evaluates what is there in order, draws the curves, and writes into no checkpoint", async () => {
    const folder = newRun();
    writeCheckpoint(join(folder, "checkpoint-1000"), 0, sample);
    writeCheckpoint(join(folder, "checkpoint-200"), 0.5, sample);
    writeCheckpoint(join(folder, "tmp-checkpoint-3000"), 0.1);
    mkdirSync(join(folder, "runs"));
    const before = readdirSync(join(folder, "checkpoint-200"), { recursive: true });
    const { terminal, out, err } = terminalOf();
    expect(await watch(folder, { ...choice, tasks: ["MiniSTS", "MiniClassification"] }, terminal)).toBe(true);
    expect(await named(folder)).toEqual(["checkpoint-200", "checkpoint-1000"]);
    expect(out()).toMatch(
      /^checkpoint-200 {2}Mean \d+\.\d\d {2}Class .*\ncheckpoint-1000 {2}Mean .* \(\+\d+\.\d\d to checkpoint-200\)/,
    );
    expect(out()).toMatch(/\n\| checkpoint-1000 \| +55\.48 \| +39\.86 \| 71\.09 \|/);
    expect(err()).toContain(
      `watching ${folder}: 0 evaluated before; curves in ${join(folder, "pramana/watch.html")}\n`,
    );
    expect(readdirSync(join(folder, "checkpoint-200"), { recursive: true })).toEqual(before);
    expect(readdirSync(join(folder, "pramana")).sort()).toEqual(
      [
        "local__my-run-checkpoint-1000",
        "local__my-run-checkpoint-200",
        "watch.html",
        "watch.jsonl",
        "watch.svg",
      ].sort(),
    );
    expect(readFileSync(join(folder, "pramana/watch.html"), "utf8")).not.toContain('http-equiv="refresh"');
    // mteb 2.26.24 gives 0.71094 and 0.39857 on the same texts and vectors, as in tests/cli.long.test.ts.
    const { entries } = await readHistory(join(folder, "pramana/watch.jsonl"));
    expect(entries[1]?.meanTask).toBeCloseTo((0.71094 + 0.39857) / 2, 4);
  });

  it("hashes the weights of a checkpoint once: they may be many gigabytes", async () => {
    const folder = newRun();
    writeCheckpoint(join(folder, "checkpoint-1"), 0.2);
    const read: string[] = [];
    const { createReadStream } = fs;
    fs.createReadStream = (...call) => {
      read.push(String(call[0]));
      return createReadStream(...call);
    };
    syncBuiltinESMExports();
    try {
      await watch(folder, choice, terminalOf().terminal);
    } finally {
      fs.createReadStream = createReadStream;
      syncBuiltinESMExports();
    }
    expect(read.filter((path) => path === join(folder, "checkpoint-1", weights))).toHaveLength(1);
    const { entries } = await readHistory(join(folder, "pramana/watch.jsonl"));
    expect(readdirSync(join(folder, "pramana/local__my-run-checkpoint-1"))).toEqual([entries[0]?.revision]);
  });

  it("runs nothing again, neither the same folder nor the same content under another name", async () => {
    const folder = newRun();
    writeCheckpoint(join(folder, "checkpoint-1"), 0.2);
    await watch(folder, choice, terminalOf().terminal);
    cpSync(join(folder, "checkpoint-1"), join(folder, "best"), { recursive: true });
    // The copy has other times, so that only the content tells.
    rmSync(join(folder, "checkpoint-1"), { recursive: true });
    cpSync(join(folder, "best"), join(folder, "checkpoint-1"), { recursive: true });
    const again = terminalOf();
    expect(await watch(folder, choice, again.terminal)).toBe(true);
    expect(again.err()).toContain("1 evaluated before");
    expect(again.err()).toContain("best is the same as checkpoint-1, which was evaluated; not run again\n");
    expect(again.err()).not.toContain("evaluating");
    expect(await named(folder)).toEqual(["checkpoint-1"]);

    const other = terminalOf();
    await watch(folder, { ...choice, dimensions: 64 }, other.terminal);
    expect(other.err()).toContain(
      "0 evaluated before (and 1 with other tasks or settings, which are no part of these curves)",
    );
    expect(await named(folder)).toEqual(["checkpoint-1", "checkpoint-1"]);
  });

  it("tells the first drop loudly, marks it, and fails where that is asked for", async () => {
    const folder = newRun();
    for (const [step, zeros] of [
      [1, 0],
      [2, 0.9],
      [3, 0.8],
    ] as const) {
      writeCheckpoint(join(folder, `checkpoint-${step}`), zeros);
    }
    const compared: string[][] = [];
    const compare: CompareFolders = async (base, candidate, required, terminal) => {
      compared.push([base, candidate].map((path) => path.split("/").at(-2) ?? ""));
      return everythingFell(base, candidate, required, terminal);
    };
    const { terminal, out, err } = terminalOf();
    expect(await watch(folder, { ...choice, failOnDrop: true }, terminal, compare)).toBe(false);
    // Each is compared with the best so far.
    expect(compared).toEqual([
      ["local__my-run-checkpoint-1", "local__my-run-checkpoint-2"],
      ["local__my-run-checkpoint-1", "local__my-run-checkpoint-3"],
    ]);
    expect(err()).toContain("FIRST SIGNIFICANT DROP: checkpoint-2 is worse than checkpoint-1, the best before it\n");
    expect(err()).toContain("  MiniSTS: −20.00 points [−21.00, −19.00] (95 % interval)\n");
    expect(err().match(/FIRST SIGNIFICANT DROP/g)).toHaveLength(1);
    expect(err()).toContain("significant drop: checkpoint-3 is worse");
    expect(out()).toMatch(/checkpoint-2 {2}.* {2}drop\n/);
    const { entries } = await readHistory(join(folder, "pramana/watch.jsonl"));
    expect(entries.map(({ comparison }) => comparison?.look)).toEqual([undefined, 1, 2]);
    expect(readFileSync(join(folder, "pramana/watch.html"), "utf8")).toContain("First significant drop: checkpoint-2");
    // The drops stand at the next start, which evaluates nothing, until they are accepted.
    const again = terminalOf();
    expect(await watch(folder, { ...choice, failOnDrop: true }, again.terminal, compare)).toBe(false);
    const standing = "the drops of checkpoint-2, checkpoint-3 stand; --accept-drop checkpoint-3 accepts them\n";
    expect(again.err()).toContain(standing);
    const endless = { ...choice, once: false, failOnDrop: true };
    expect(await watch(folder, endless, terminalOf().terminal, compare)).toBe(false);
    const quiet = terminalOf();
    expect(await watch(folder, choice, quiet.terminal, compare)).toBe(true);
    expect(quiet.err()).toContain(standing);
  });

  it("accepts a drop with those before it, and holds what comes later against it", async () => {
    const folder = newRun();
    for (const step of [1, 2, 3]) writeCheckpoint(join(folder, `checkpoint-${step}`), step / 10);
    const bases: string[] = [];
    const compare: CompareFolders = async (base, candidate, required, terminal) => {
      bases.push(base);
      return everythingFell(base, candidate, required, terminal);
    };
    await watch(folder, choice, terminalOf().terminal, compare);
    const asked = { ...choice, failOnDrop: true };
    const first = terminalOf();
    expect(await watch(folder, { ...asked, acceptDrop: "checkpoint-2" }, first.terminal, compare)).toBe(false);
    expect(first.err()).toContain("the drop of checkpoint-3 stands; --accept-drop checkpoint-3 accepts it\n");
    const second = terminalOf();
    expect(await watch(folder, { ...asked, acceptDrop: "checkpoint-3" }, second.terminal, compare)).toBe(true);
    expect(second.err()).toContain(
      "accepted: the drop of checkpoint-3; later checkpoints are held against the best one from checkpoint-3 on\n",
    );
    expect(second.out()).toMatch(/checkpoint-3 .*\| drop, accepted/);
    expect(readFileSync(join(folder, "pramana/watch.html"), "utf8")).not.toContain("First significant drop");
    expect(await watch(folder, asked, terminalOf().terminal, compare)).toBe(true);
    writeCheckpoint(join(folder, "checkpoint-4"), 0.4);
    expect(await watch(folder, asked, terminalOf().terminal, compare)).toBe(false);
    expect(bases.at(-1)).toContain("checkpoint-3");
  });

  it("accepts no drop that does not stand", async () => {
    const folder = newRun();
    for (const step of [1, 2]) writeCheckpoint(join(folder, `checkpoint-${step}`), step / 10);
    await watch(folder, choice, terminalOf().terminal, everythingFell);
    const accepting = (acceptDrop: string) =>
      watch(folder, { ...choice, acceptDrop }, terminalOf().terminal, everythingFell);
    await expect(accepting("checkpoint-1")).rejects.toThrow(
      new UsageError("--accept-drop: checkpoint-1 has no drop; drops that stand: checkpoint-2"),
    );
    await expect(accepting("checkpont-2")).rejects.toThrow(
      '--accept-drop: with these tasks and settings no "checkpont-2" was evaluated (did you mean "checkpoint-2"?); drops',
    );
    await accepting("checkpoint-2");
    await expect(accepting("checkpoint-2")).rejects.toThrow(
      "--accept-drop: checkpoint-2 has a drop that is accepted already; no drop stands",
    );
  });

  it("goes on until it is stopped: at rest that is its end, and what came meanwhile is evaluated", async () => {
    const folder = newRun();
    const { terminal, out, err } = terminalOf((text, stop) => {
      if (text.includes("is not there yet")) {
        writeCheckpoint(join(folder, "tmp-checkpoint-1"), 0);
        renameSync(join(folder, "tmp-checkpoint-1"), join(folder, "checkpoint-1"));
      }
      if (text.startsWith("checkpoint-1  Mean")) setTimeout(stop, 100);
    });
    expect(await watch(folder, { ...choice, once: false }, terminal)).toBe(true);
    expect(err()).toContain(`${folder} is not there yet; waiting for it\n`);
    expect(out()).toContain("| checkpoint-1 |");
    expect(readFileSync(join(folder, "pramana/watch.html"), "utf8")).not.toContain('http-equiv="refresh"');
  });

  it("stopped in the middle of a checkpoint it ends as any command does, with the table of what is finished", async () => {
    const folder = newRun();
    writeCheckpoint(join(folder, "checkpoint-1"), 0);
    writeCheckpoint(join(folder, "checkpoint-2"), 0.1);
    const { terminal, out } = terminalOf((text, stop) => {
      if (text.startsWith("checkpoint-2: evaluating")) stop();
    });
    await expect(watch(folder, { ...choice, once: false }, terminal)).rejects.toThrow("stopped");
    expect(out()).toContain("| checkpoint-1 |");
    expect(await named(folder)).toEqual(["checkpoint-1"]);
    // The next start does the rest.
    expect(await watch(folder, choice, terminalOf().terminal)).toBe(true);
    expect(await named(folder)).toEqual(["checkpoint-1", "checkpoint-2"]);
  });

  it("passes over a checkpoint that vanishes at work, and does not count one that changes", async () => {
    const folder = newRun();
    writeCheckpoint(join(folder, "checkpoint-1"), 0);
    writeCheckpoint(join(folder, "checkpoint-2"), 0.1);
    let changes = 0;
    const { terminal, err } = terminalOf((text) => {
      if (text.startsWith("checkpoint-1: evaluating")) rmSync(join(folder, "checkpoint-1"), { recursive: true });
      if (text.startsWith("checkpoint-2: evaluating") && changes++ === 0) {
        writeFileSync(join(folder, "checkpoint-2/trainer_state.json"), "{}");
      }
    });
    expect(await watch(folder, choice, terminal)).toBe(true);
    expect(err()).toContain("checkpoint-1 vanished while it was evaluated; passed over\n");
    expect(err()).toContain(
      "checkpoint-2 changed while it was evaluated; its scores are not counted, and it is tried again when it rests\n",
    );
    expect(await named(folder)).toEqual([]);
    await watch(folder, choice, terminal);
    expect(await named(folder)).toEqual(["checkpoint-2"]);
  });

  it("stops at the first drop where that is asked for", async () => {
    const folder = newRun();
    for (const step of [1, 2, 3]) writeCheckpoint(join(folder, `checkpoint-${step}`), step / 10);
    const { terminal } = terminalOf();
    const asked = { ...choice, once: false, failOnDrop: true };
    expect(await watch(folder, asked, terminal, everythingFell)).toBe(false);
    expect(await named(folder)).toEqual(["checkpoint-1", "checkpoint-2"]);
  });

  it("says, with once, that there was no checkpoint", async () => {
    const folder = newRun();
    mkdirSync(join(folder, "runs"), { recursive: true });
    const { terminal, err, out } = terminalOf();
    expect(await watch(folder, choice, terminal)).toBe(true);
    expect([err().split("\n")[1], out()]).toEqual([`no folder in ${folder} holds a completely written model`, ""]);
  });

  it("refuses a folder that is not there, with once, and names that are not known", async () => {
    const missing = newRun();
    await expect(watch(missing, choice, terminalOf().terminal)).rejects.toThrow(
      `watch: there is no folder ${missing}; expected the one that checkpoints are in`,
    );
    const file = `${missing}.txt`;
    writeFileSync(file, "");
    await expect(watch(file, { ...choice, once: false }, terminalOf().terminal)).rejects.toThrow(
      new UsageError(`watch: ${file} is a file; expected the folder that a trainer writes checkpoints to`),
    );
    await expect(watch(missing, { ...choice, tasks: ["MiniST"] }, terminalOf().terminal)).rejects.toThrow(
      'task "MiniST" is unknown (did you mean "MiniSTS"?)',
    );
  });
});
