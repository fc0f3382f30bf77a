import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { timeless } from "../scripts/timeless.mjs";
import { builtCli, openCli, sample } from "./built-cli.ts";

const { cwd, pramana, pramanaProcess } = openCli();
const env = { PATH: process.env["PATH"], HF_HUB_OFFLINE: "1", PRAMANA_CACHE: join(cwd, "vectors") };
const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;

vi.setConfig({ testTimeout: 300_000, hookTimeout: 30_000 });

/** Reads the files of results by name, without their times. */
function filesIn(results: string): Map<string, string> {
  const entries = readdirSync(join(cwd, results), { recursive: true, withFileTypes: true }).filter(
    // What ran last is the command, which is another one.
    (one) => one.isFile() && one.name !== "last-run.yaml",
  );
  return new Map(
    entries.map(({ name, parentPath }) => [name, timeless(readFileSync(join(parentPath, name), "latin1"))]),
  );
}

const tasks = "MiniSTS,MiniClassification,MiniRetrieval";
const run = (results: string, ...rest: readonly string[]) => [
  ...["run", "--model", sample, "--tasks", tasks, "--threads", "1", "--results", results],
  ...rest,
];

describe.skipIf(!hasRedis)("a run on a queue", () => {
  let server: ReturnType<typeof spawn>;
  let queue = "";
  beforeAll(async () => {
    const probe = createServer();
    await new Promise<void>((resolve) => void probe.listen(0, "127.0.0.1", resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => void probe.close(resolve));
    server = spawn("redis-server", ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--dir", cwd]);
    await vi.waitFor(
      () => expect(spawnSync("redis-cli", ["-p", `${port}`, "ping"]).stdout.toString()).toBe("PONG\n"),
      20_000,
    );
    queue = `redis://127.0.0.1:${port}`;
    for (const store of ["store", "refusing", "waiting", "watched"]) mkdirSync(join(cwd, store));
  });
  afterAll(() => void server?.kill("SIGKILL"));

  const place = (store: string) => ["--queue", queue, "--store", store];
  const workerArgs = (store: string) => ["worker", ...place(store), "--threads", "1"];
  /** Starts a worker, runs a command beside it, and stops the worker, which says what it did. */
  const beside = async (store: string, rest: readonly string[], args: readonly string[]) => {
    const child = spawn(process.execPath, [builtCli, ...workerArgs(store), ...rest], { cwd, env });
    let err = "";
    child.stderr.on("data", (piece) => {
      err += piece;
    });
    const ended = new Promise((resolve) => void child.on("close", resolve));
    const ran = await pramanaProcess(args);
    child.kill("SIGTERM");
    await ended;
    return { ...ran, worker: err };
  };

  /** Starts a command, and stops it as by Ctrl-C once it says something; before that, at its first output, does something. */
  const stoppedAt = async (told: string, args: readonly string[], atOutput = () => {}) => {
    const child = spawn(process.execPath, [builtCli, ...args], { cwd, env });
    child.stdout.once("data", atOutput);
    let err = "";
    child.stderr.on("data", (piece) => {
      err += piece;
      if (err.includes(told)) child.kill("SIGINT");
    });
    const ended = await new Promise((resolve) => void child.on("close", (code, signal) => resolve(code ?? signal)));
    return { ended, err };
  };

  it("leaves the files of a run on one machine, prints its table, and has nothing left to do then", async () => {
    const alone = await pramanaProcess(run("alone"));
    const queued = await beside("store", [], run("queued", ...place("store")));
    expect([alone.code, queued.code]).toEqual([0, 0]);
    expect(filesIn("queued")).toEqual(filesIn("alone"));
    expect(filesIn("alone").size).toBe(7);
    const scores = (text: string) => text.match(/^\| Mini\w+ +\| [\w ]+ \| +[\d.]+ \|/gm);
    expect(scores(queued.out)).toEqual(scores(alone.out));
    expect(queued.worker).toMatch(/stopped; 3 units done; what was at work was given back\n$/);
    const before = filesIn("queued");
    const again = await pramana(run("queued", ...place("store")));
    expect(again.code).toBe(0);
    expect(filesIn("queued")).toEqual(before);
    const status = await pramana(["status", "--queue", queue, "--format", "json"]);
    expect(status.code).toBe(0);
    const [{ hardware, units, tasks: byTask }] = JSON.parse(status.out);
    expect(hardware).toMatch(/^cpu-\w+-\w+-.*ONNX-Runtime-[\d.]+$/);
    expect(units).toEqual({ done: 3, running: 0, waiting: 0, failed: 0 });
    expect(byTask).toHaveLength(3);
  });

  it("fails the tasks that a worker does not take, says why, and tries again by the same command", async () => {
    const again = run("refused", ...place("refusing"));
    const refused = await beside("refusing", ["--models", "other/model"], again);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(
      /MiniSTS failed: MiniSTS test on \S+:\d+: worker: it was not told to take the model pramana\/static-minilm-128; name it with --models; the same command tries again\n/,
    );
    const status = await pramana(["status", "--queue", queue]);
    expect(status.code).toBe(1);
    expect(status.out).toMatch(/MiniSTS test failed on \S+: worker: it was not told to take the model/);
    expect((await beside("refusing", [], again)).code).toBe(0);
    expect(filesIn("refused")).toEqual(filesIn("alone"));
  });

  it("goes on without the command that began it, which says so", async () => {
    const { ended, err } = await stoppedAt("no worker is there", run("left", ...place("waiting")));
    expect([130, "SIGINT"]).toContain(ended);
    expect(err).toMatch(/stopped; 0 of 3 units done; the run goes on without this command: the same command shows it/);
    const worker = await pramanaProcess([...workerArgs("waiting"), "--idle-exit", "10"]);
    expect(worker.err).toMatch(/had nothing to do for 10 s; 3 units done\n$/);
    expect((await pramana(run("left", ...place("waiting")))).code).toBe(0);
    expect(filesIn("left")).toEqual(filesIn("alone"));
  });

  it("is watched through a server that is gone, in a line", async () => {
    await stoppedAt("no worker is there", run("watched", ...place("watched")));
    const watching = ["status", "--queue", queue, "--watch"];
    const { err } = await stoppedAt("going on once it answers", watching, () => server.kill("SIGKILL"));
    expect(err).toMatch(/^\S+Z queue: redis:\S+: connect ECONNREFUSED \S+; going on once it answers\n/);
    expect(err).not.toMatch(/Unhandled/);
  });
});

describe("a queue is refused", () => {
  const refused = async (...rest: readonly string[]) => {
    const { code, err } = await pramana(run("never", ...rest));
    return `${code} ${err}`;
  };

  it("without a store, and a store without a queue", async () => {
    expect(await refused("--queue", "redis://127.0.0.1:1")).toMatch(/^2 .*--queue without --store; give both/s);
    expect(await refused("--store", "s")).toMatch(/^2 .*--store without --queue; give both/s);
    expect(await refused("--shard-size", "9")).toMatch(/^2 .*--shard-size without --queue; give both/s);
  });

  it("where there is no server", async () => {
    expect(await refused("--queue", "redis://127.0.0.1:1", "--store", "s")).toMatch(
      /^1 pramana: queue: redis:\/\/127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED/,
    );
  });

  it.each(["--overwrite", "--skip-missing", "--no-cache", "--cache-size=1GB", "--dry-run"])(
    "beside %s",
    async (option) => {
      expect(await refused("--queue", "redis://127.0.0.1:1", "--store", "s", option)).toMatch(
        /^2 .*cannot be used with/s,
      );
    },
  );
});
