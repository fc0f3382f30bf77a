import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { timeless } from "../scripts/timeless.mjs";
import { builtCli, openCli, sample } from "./built-cli.ts";

const { cwd, pramana } = openCli();
const run = (results: string): string[] => [
  ...["run", "--model", sample, "--benchmark", "pramana-mini", "--results", results],
];

// The tests run several processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 180_000 });

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly err: string }>;
}

function start(results: string): Started {
  const env = { PATH: process.env["PATH"], HF_HUB_CACHE: join(cwd, "cache"), HF_HUB_OFFLINE: "1" };
  const child = spawn(process.execPath, [builtCli, ...run(results), "--no-cache"], { cwd, env });
  // A test that fails leaves no stopped process behind.
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stdout.resume();
  const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
  const ended = Promise.all([closed, text(child.stderr)]).then(([code, err]) => ({ code, err }));
  return { child, ended };
}

const folderOf = (results: string): string => {
  const model = join(cwd, results, "pramana__static-minilm-128");
  return join(model, readdirSync(model)[0]);
};

/** Names of the files of results, hidden ones too; none before there is a folder. */
const namesIn = (results: string): readonly string[] => {
  try {
    return readdirSync(folderOf(results));
  } catch {
    return [];
  }
};

/** Waits for the claim on a task that a process is at. */
async function claimIn(results: string): Promise<string> {
  for (;;) {
    const claim = namesIn(results).find((name) => name.endsWith(".claim"));
    if (claim !== undefined) return claim;
    await wait(5);
  }
}

/** Stops a process in the midst of a task, and returns its claim. */
async function stopAtTask(child: ChildProcess, results: string): Promise<string> {
  for (;;) {
    const claim = await claimIn(results);
    child.kill("SIGSTOP");
    await wait(50);
    if (namesIn(results).includes(claim)) return claim;
    child.kill("SIGCONT");
  }
}

/** Reads the files of results without their times. Returns their texts by name. */
const filesIn = (results: string): ReadonlyMap<string, string> =>
  new Map(namesIn(results).map((name) => [name, timeless(readFileSync(join(folderOf(results), name), "utf8"))]));

const computed = (err: string): readonly string[] => [...err.matchAll(/\] (\w+): [\d.]+ in /g)].map(([, task]) => task);

describe("processes that run the same tasks into one folder", () => {
  it("do each task once between them, and both end with the files of one", async () => {
    expect((await pramana(run("alone"))).code).toBe(0);
    const both = await Promise.all([start("shared").ended, start("shared").ended]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(filesIn("shared")).toEqual(filesIn("alone"));
    const done = both.flatMap(({ err }) => computed(err));
    expect(done.toSorted()).toEqual([...new Set(done)].toSorted());
    expect(done).toHaveLength(7);
  });

  it("take over at once what one left that was killed", async () => {
    const killed = start("killed");
    const claim = await claimIn("killed");
    killed.child.kill("SIGKILL");
    await killed.ended;
    expect(namesIn("killed")).toContain(claim);
    const { code, err } = await start("killed").ended;
    expect(code).toBe(0);
    expect(err).not.toContain("is at it");
    expect(filesIn("killed")).toEqual(filesIn("alone"));
  });

  it.skipIf(process.platform === "win32")("do the rest while one is at a task, wait for it, and say so", async () => {
    const slow = start("waiting");
    const claim = await stopAtTask(slow.child, "waiting");
    const quick = start("waiting");
    // All but the claimed task are stored by the other.
    while (namesIn("waiting").filter((name) => name.endsWith(".json")).length < 7) await wait(20);
    await wait(1500);
    expect(quick.child.exitCode).toBe(null);
    slow.child.kill("SIGCONT");
    const [first, second] = await Promise.all([slow.ended, quick.ended]);
    expect([first.code, second.code]).toEqual([0, 0]);
    const task = claim.slice(1, -".claim".length);
    expect(second.err).toContain(`Z ${task}: process ${slow.child.pid} on `);
    expect(second.err).toMatch(new RegExp(`\\] ${task}: [\\d.]+, by another process`));
    expect(computed(first.err)).toContain(task);
    expect(filesIn("waiting")).toEqual(filesIn("alone"));
  });
});
