import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InputError, UsageError } from "../datasets/errors.ts";
import type { RunOptions } from "./run-options.ts";
import { nameTasks } from "./run-unnamed.ts";
import type { Terminal } from "./terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "pramana-unnamed-"));
const choice: RunOptions = { results: folder, estimator: "official", device: "cpu", threads: 1 };

/** A terminal without the Hub, at which somebody answers, or nobody is. */
function terminalOf(answer?: string): { readonly terminal: Terminal; readonly told: () => string } {
  const told: string[] = [];
  const terminal: Terminal = {
    env: { HF_HUB_CACHE: folder, HF_HUB_OFFLINE: "1" },
    out: () => undefined,
    err: (text) => void told.push(text),
    readInput: async () => "",
    now: () => 0,
    signal: new AbortController().signal,
    ...(answer !== undefined && {
      ask: async (question) => {
        told.push(question);
        return answer;
      },
    }),
  };
  return { terminal, told: () => told.join("") };
}

describe("a run that names no tasks", () => {
  it("is the sample where it names no model either", async () => {
    const { terminal, told } = terminalOf();
    const sample = { model: ["pramana/static-minilm-128"], benchmark: "pramana-mini" };
    expect(await nameTasks(choice, terminal)).toEqual({ ...choice, ...sample });
    expect(told()).toContain("nothing was named, so this is the sample");
  });

  it("stays as it is where tasks are named", async () => {
    const named = { ...choice, model: ["bm25"], tasks: ["STS12"] };
    expect(await nameTasks(named, terminalOf().terminal)).toBe(named);
  });

  it("is refused where nobody can be asked", async () => {
    const refused = nameTasks({ ...choice, model: ["bm25"] }, terminalOf().terminal);
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(
      /^tasks: none was named; expected --tasks A,B .*, --benchmark NAME .*41 tasks/,
    );
  });

  it("is told at a terminal, and ends where nothing of it can be had", async () => {
    const { terminal, told } = terminalOf("y");
    await expect(nameTasks({ ...choice, model: ["bm25"] }, terminal)).rejects.toThrow(InputError);
    expect(told()).toContain("those of MTEB(eng, v2) would take\nmodel: bm25");
    expect(told()).toContain("the data of 41 other tasks cannot be had; --dry-run says why\n");
    expect(told()).not.toContain("[y/N]");
  });

  it("is of the standard benchmark with --quick, whose usual number of tasks is filled in", async () => {
    const { terminal } = terminalOf();
    const quick = { ...choice, model: ["bm25"], quick: true } as const;
    expect(await nameTasks(quick, terminal)).toEqual({ ...quick, quick: 8, benchmark: "MTEB(eng, v2)" });
    const named = { ...quick, quick: 5, benchmark: "BEIR" };
    expect(await nameTasks(named, terminal)).toEqual(named);
  });

  it("only tells what it would need by --dry-run and --explain", async () => {
    const dry = { ...choice, model: ["bm25"], dryRun: true } as const;
    expect(await nameTasks(dry, terminalOf().terminal)).toEqual({ ...dry, benchmark: "MTEB(eng, v2)" });
  });
});
