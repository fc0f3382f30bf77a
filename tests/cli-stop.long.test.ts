import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { timeless } from "../scripts/timeless.mjs";
import { builtCli, fixture, openCli, sample } from "./built-cli.ts";

const { cwd, pramana } = openCli();

interface Stopped {
  readonly status: number | string | null;
  readonly err: string;
  /** Milliseconds from the signal to the end. */
  readonly milliseconds: number;
}

/** Runs a command, sends it a signal once standard error matches `when`, or that happens, and waits for its end. */
function stop(args: readonly string[], signal: NodeJS.Signals, when: RegExp | Promise<unknown>): Promise<Stopped> {
  const env = { PATH: process.env["PATH"], HF_HUB_CACHE: join(cwd, "cache"), HF_HUB_OFFLINE: "1" };
  const child = spawn(process.execPath, [builtCli, ...args], { cwd, env });
  let err = "";
  let sent = 0;
  const send = (): void => {
    if (sent > 0) return;
    sent = performance.now();
    child.kill(signal);
  };
  child.stderr.on("data", (piece) => {
    err += piece;
    if (when instanceof RegExp && when.test(err)) send();
  });
  if (!(when instanceof RegExp)) void when.then(send);
  return new Promise((resolve) =>
    child.on("close", (code, by) => resolve({ status: code ?? by, err, milliseconds: performance.now() - sent })),
  );
}

/** Milliseconds: a second, and what a busy machine may add. */
const soon = 2000;

/** Reads the files of results, hidden ones too, without their times. Returns their texts by name. */
function filesIn(results: string): Map<string, string> {
  const model = join(cwd, results, "pramana__static-minilm-128");
  const folder = join(model, readdirSync(model)[0]);
  return new Map(readdirSync(folder).map((name) => [name, timeless(readFileSync(join(folder, name), "utf8"))]));
}

// The tests run the program several times, on a machine that may be busy.
vi.setConfig({ testTimeout: 180_000 });

describe("a stopped run", () => {
  const run = (results: string) => ["run", "--model", sample, "--benchmark", "pramana-mini", "--results", results];

  it("by Ctrl-C ends soon, says how to go on, goes on to the same files, and then has nothing left to do", async () => {
    expect((await pramana(run("whole"))).code).toBe(0);
    const stopped = await stop(run("stopped"), "SIGINT", /\[3\/7\] MiniClustering\n/);
    // The signal itself ends it where work in other threads could not be waited for: to a shell, that is the same status.
    expect([130, "SIGINT"]).toContain(stopped.status);
    expect(stopped.milliseconds).toBeLessThan(soon);
    expect(stopped.err).toMatch(/\npramana: stopped; [23] of 7 tasks stored; the same command goes on from there\n$/);
    const continued = await pramana(run("stopped"));
    expect(continued.code).toBe(0);
    expect(continued.err).toMatch(/^\S+Z [23] of 7 tasks stored already, --overwrite runs them again\n/);
    expect(continued.err).not.toContain("MiniSTS");
    expect(filesIn("stopped")).toEqual(filesIn("whole"));
    expect(continued.out).toMatch(/MiniSTS +\| STS +\| +71\.09/);
    const again = await pramana(run("stopped"));
    expect(again.err).toMatch(/^\S+Z 7 of 7 tasks stored already, --overwrite runs them again\n\S+Z results in .*\n$/);
    const rows = (table: string) => table.split("\n").map((row) => row.split("|").slice(0, 4).join("|"));
    expect(rows(again.out)).toEqual(rows(continued.out));
  });

  it.each([
    [143, "SIGTERM"],
    [129, "SIGHUP"],
  ] as const)("with status %d by %s ends as soon", async (status, signal) => {
    const stopped = await stop(run(signal), signal, /\[2\/7\] MiniClassification\n/);
    expect([status, signal]).toContain(stopped.status);
    expect(stopped.milliseconds).toBeLessThan(soon);
    expect(stopped.err).toMatch(/\npramana: stopped; [12] of 7 tasks stored; the same command goes on from there\n$/);
  });

  it("does not wait for an answer that never comes", async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1#silent`;
    const asked = new Promise((resolve) => server.once("request", resolve));
    const stopped = await stop(
      ["run", "--model", address, "--tasks", "MiniSTS", "--results", "silent"],
      "SIGINT",
      asked,
    );
    server.closeAllConnections();
    server.close();
    expect([130, "SIGINT"]).toContain(stopped.status);
    expect(stopped.milliseconds).toBeLessThan(soon);
    expect(stopped.err).toContain("pramana: stopped; no task was begun;");
  });
});

describe("a command whose thread is busy and hears nothing", () => {
  it.each([
    [130, "SIGINT"],
    [143, "SIGTERM"],
    [129, "SIGHUP"],
  ] as const)("ends soon all the same, with %d by %s", async (status, signal) => {
    const [file, begun] = [`busy-${signal}.ts`, join(cwd, `begun-${signal}`)];
    // A task file is code: one that does not come to an end within a minute.
    const busy = `/^(a+)+$/.test("a".repeat(40) + "b");\nconst end = Date.now() + 60_000;\nwhile (Date.now() < end);`;
    writeFileSync(
      join(cwd, file),
      `import { writeFileSync } from "node:fs";\nwriteFileSync("begun-${signal}", "");\n${busy}`,
    );
    const isBegun = vi.waitFor(() => readFileSync(begun), { timeout: 60_000 });
    const stopped = await stop(["run", "--model", sample, "--task-file", file], signal, isBegun);
    expect([status, signal]).toContain(stopped.status);
    expect(stopped.milliseconds).toBeLessThan(soon);
    expect(stopped.err).toBe("\npramana: stopped\n");
  });
});

describe("other stopped commands", () => {
  it("do not wait for a batch at work either", async () => {
    const long = JSON.stringify(Array.from({ length: 6000 }, (_, i) => `${i} river bank `.repeat(60)));
    const texts = join(cwd, "long.json");
    writeFileSync(texts, long);
    const args = ["bench", "--model", fixture, "--texts", texts, "--lengths", "64", "--budget", "5", "--results", "b"];
    const stopped = await stop(args, "SIGINT", /./);
    expect([130, "SIGINT"]).toContain(stopped.status);
    expect(stopped.milliseconds).toBeLessThan(soon);
    expect(stopped.err).toMatch(/\npramana: stopped; nothing of this measurement is stored\n$/);
  });
});
