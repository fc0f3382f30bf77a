import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readHistory } from "../runners/watch/history.ts";
import { choice, named, newRun, terminalOf, writeCheckpoint } from "./testing/watched.ts";
import { watch } from "./watch.ts";

describe("the results of a watch", () => {
  it("does not blame a checkpoint where its results cannot be stored", async () => {
    const folder = newRun();
    writeCheckpoint(join(folder, "checkpoint-1"), 0);
    const results = join(folder, "pramana");
    const { terminal, err } = terminalOf((text) => {
      if (text.startsWith("checkpoint-1: evaluating")) writeFileSync(results, "in the way");
    });
    expect(await watch(folder, choice, terminal)).toBe(false);
    expect(err()).toMatch(/\ncheckpoint-1 is not finished: results: .*pramana.* cannot be written/);
    expect(err()).not.toContain("tried again when its files change");
    rmSync(results);
    expect(await watch(folder, choice, terminalOf().terminal)).toBe(true);
    expect(await named(folder)).toEqual(["checkpoint-1"]);
  });

  it("goes on where the disk did not answer once, and says so once", async () => {
    const folder = newRun();
    const aside = `${folder}-aside`;
    writeCheckpoint(join(folder, "checkpoint-1"), 0);
    writeCheckpoint(join(aside, "checkpoint-2"), 0.1);
    let looks = 0;
    const { terminal, err } = terminalOf((text, stop) => {
      if (text.startsWith("checkpoint-1  Mean")) {
        renameSync(folder, `${folder}-before`);
        writeFileSync(folder, "no folder");
      }
      if (text.includes("looking again")) {
        looks += 1;
        // Ten more looks fail before the disk is back.
        setTimeout(() => {
          rmSync(folder);
          renameSync(aside, folder);
        }, 200);
      }
      if (text.startsWith("checkpoint-2  Mean")) stop();
    });
    const results = newRun();
    expect(await watch(folder, { ...choice, once: false, results }, terminal)).toBe(true);
    expect(await readHistory(join(results, "watch.jsonl"))).toMatchObject({
      entries: [{ name: "checkpoint-1" }, { name: "checkpoint-2" }],
    });
    expect([looks, err()]).toEqual([1, expect.stringMatching(/cannot be read: ENOTDIR.*; looking again\n/)]);
  });

  it("does not repeat what another watch of the same folder evaluated meanwhile", async () => {
    const folder = newRun();
    writeCheckpoint(join(folder, "checkpoint-1"), 0);
    const other = newRun();
    writeCheckpoint(join(other, "checkpoint-1"), 0);
    const results = join(folder, "pramana");
    await watch(other, { ...choice, results: join(other, "pramana") }, terminalOf().terminal);
    const { terminal, out, err } = terminalOf((text) => {
      if (!text.startsWith("watching ")) return;
      mkdirSync(results, { recursive: true });
      cpSync(join(other, "pramana/watch.jsonl"), join(results, "watch.jsonl"));
    });
    expect(await watch(folder, choice, terminal)).toBe(true);
    expect(err()).not.toContain("checkpoint-1: evaluating");
    expect(await named(folder)).toEqual(["checkpoint-1"]);
    expect(out()).toContain("| checkpoint-1 |");
  });

  it("adds no second line for what another watch finished at the same time", async () => {
    const folder = newRun();
    writeCheckpoint(join(folder, "checkpoint-1"), 0);
    const other = newRun();
    writeCheckpoint(join(other, "checkpoint-1"), 0);
    await watch(other, choice, terminalOf().terminal);
    const { terminal, out } = terminalOf((text) => {
      if (!text.startsWith("checkpoint-1: evaluating")) return;
      mkdirSync(join(folder, "pramana"), { recursive: true });
      cpSync(join(other, "pramana/watch.jsonl"), join(folder, "pramana/watch.jsonl"));
    });
    expect(await watch(folder, choice, terminal)).toBe(true);
    expect(out()).toContain("checkpoint-1  Mean ");
    expect(await named(folder)).toEqual(["checkpoint-1"]);
  });
});
