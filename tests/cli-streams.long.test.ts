import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { builtCli, openCli, sample } from "./built-cli.ts";

const { cwd, pramana } = openCli();

const env = { PATH: process.env["PATH"], HF_HUB_CACHE: join(cwd, "cache"), HF_HUB_OFFLINE: "1" };
const runArgs = (results: string) => [
  "run",
  "--model",
  sample,
  "--tasks",
  "MiniSTS",
  "--results",
  results,
  "--no-cache",
];
const gate = ["compare", sample, sample, "--fail-if", "overall > -1"];

/** Note of compare where both names mean the same results. */
const same = "base and candidate are the same stored results\n";

/** Runs a command one of whose streams nobody reads. Returns its exit status. */
function withoutReader(args: readonly string[], stream: "stdout" | "stderr"): Promise<number | null> {
  const child = spawn(process.execPath, [builtCli, ...args], { cwd, env });
  child[stream].destroy();
  child[stream === "stdout" ? "stderr" : "stdout"].resume();
  return new Promise((resolve) => child.on("close", resolve));
}

/** Runs a shell script whose `"$@"` is a command. Returns the exit status and the text on standard error. */
function inShell(script: string, args: readonly string[]): Promise<{ code: number | null; err: string }> {
  const child = spawn("sh", ["-c", script, "sh", process.execPath, builtCli, ...args], { cwd, env });
  let err = "";
  child.stderr.on("data", (piece) => {
    err += piece;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, err })));
}

// The tests run the program several times, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe("standard output and error", () => {
  beforeAll(async () => {
    expect((await pramana(runArgs("results"))).code).toBe(0);
  });

  it("a tripped rule ends with 1 though nobody reads the report", async () => {
    expect(await withoutReader(gate, "stdout")).toBe(1);
    expect(await withoutReader(gate.slice(0, 3), "stdout")).toBe(0);
  });

  it("a run whose notes nobody reads goes on, and is stored", async () => {
    expect(await withoutReader(runArgs("unread"), "stderr")).toBe(0);
    expect(existsSync(join(cwd, "unread"))).toBe(true);
  });

  it.skipIf(!existsSync("/dev/full"))("a run whose notes find no room goes on, and is stored", async () => {
    expect(await inShell('"$@" 2>/dev/full', runArgs("unwritten"))).toEqual({ code: 0, err: "" });
    expect(existsSync(join(cwd, "unwritten"))).toBe(true);
  });

  it.skipIf(!existsSync("/dev/full"))("a report that finds no room is a failure", async () => {
    expect(await inShell('"$@" >/dev/full', gate.slice(0, 3))).toEqual({
      code: 1,
      err: `${same}pramana: standard output cannot be written: ENOSPC: no space left on device, write; what was printed is not whole\n`,
    });
  });

  it.skipIf(process.platform === "win32")("so is one of which a file takes only a part", async () => {
    // The limit is 512 or 1024 bytes, depending on the shell; the report has more.
    const small = "trap '' XFSZ; ulimit -f 1; exec \"$@\" >report.html";
    expect(await inShell(small, [...gate.slice(0, 3), "--format", "html"])).toEqual({
      code: 1,
      err: `${same}pramana: standard output cannot be written: EFBIG: file too large, write; what was printed is not whole\n`,
    });
  });
});
