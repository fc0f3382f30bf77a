/**
 * `npm run drill -- cluster [--faults N] [--seed S] [--documents N] [--keep]` runs a small benchmark, and a corpus of made-up
 * documents that is searched in shards, through a queue with four workers, again and again, and strikes: workers, submitters and the Redis server are killed with -9, workers are stopped by SIGTERM or
 * frozen for longer than their locks last, the server's log loses its end, the store is full. Each submitter that ends is
 * started again with the same command. Every result must have the bytes of a run on one machine, but for the times in it, and
 * the store must hold each unit once. Ends with 1 where anything is lost, doubled or unequal.
 */
import { spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { prepare, root } from "../prepare.mjs";
import { generator } from "../random.mjs";
import { timeless } from "../timeless.mjs";
import { makeCorpus, model, prepareBenchmark } from "./benchmark.mjs";

const option = (name, standard) => {
  const place = process.argv.indexOf(`--${name}`);
  return place < 0 ? standard : Number(process.argv[place + 1]);
};
const faults = option("faults", 200);
/** Documents of the corpus: of fewer faults each round has less to do. */
const documents = option("documents", faults < 100 ? 20_000 : 200_000);
/** Most documents of a shard: one piece, the least there is. */
const shardSize = 2 ** 14;
const random = generator(option("seed", 42));
const workers = 4;
/** Faults of one round, after which what is left may come to its end. */
const faultsOfRound = 20;
/** Seconds after which a unit of a worker that no longer answers goes to another. */
const lostAfter = 2;
/** Seconds after which a round counts as lost. */
const mostSeconds = 600;
/** Variants of the model, and the quick one over the corpus, each a run of its own. */
const runs = () => [
  ...[8, 12, 16, 20, 24, 28].map((dimensions) => ({
    args: [
      "--model",
      model.id,
      "--revision",
      model.revision,
      "--task-file",
      taskFile,
      "--dimensions",
      String(dimensions),
    ],
    queued: [],
    files,
  })),
  {
    args: ["--model", corpus.model, "--task-file", corpus.taskFile],
    queued: ["--shard-size", String(shardSize)],
    files: corpus.files,
  },
];

if (spawnSync("redis-server", ["--version"]).status !== 0) {
  console.log("drill of the cluster: skipped, no redis-server on the path (Debian's redis-server has it)");
  process.exit(0);
}
prepare();
const scratch = mkdtempSync(join(tmpdir(), "pramana-cluster-"));
const children = new Set();
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
  if (!process.argv.includes("--keep")) rmSync(scratch, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

const pick = (list) => list[Math.floor(random() * list.length)];
const cli = join(root, "dist/cli.js");
const { taskFile, files, startServer } = await prepareBenchmark(scratch);
const corpus = makeCorpus(join(scratch, "corpus"), documents, random);
const hub = await startServer();
const caches = { HF_HUB_CACHE: join(scratch, "hub"), PRAMANA_CACHE: join(scratch, "vectors") };

/** Starts a program whose output goes to a file; it is killed with this script at the latest. */
function start(command, args, log, { env = {}, cwd = scratch } = {}) {
  const out = openSync(log, "a");
  const child = spawn(command, args, {
    cwd,
    env: { PATH: process.env.PATH, ...caches, ...env },
    stdio: ["ignore", out, out],
  });
  closeSync(out);
  children.add(child);
  child.ended = new Promise((resolve) => child.on("close", resolve));
  void child.ended.then(() => children.delete(child));
  return child;
}

const runArgs = ({ args }, results) => ["run", ...args, "--threads", "1", "--results", results];

/** Reads the final files of a folder of results by name, without what differs from run to run. */
function resultsIn(folder) {
  const found = new Map();
  if (!existsSync(folder)) return found;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    // What ran last is the command, which is another one.
    if (!entry.isFile() || entry.name === "last-run.yaml") continue;
    found.set(entry.name, timeless(readFileSync(join(entry.parentPath, entry.name), "latin1")));
  }
  return found;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts Redis with an append-only file that is synced every second, and waits until it answers. */
async function startRedis(port, folder) {
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "yes"];
  const server = start("redis-server", args, join(folder, "redis.log"));
  for (let i = 0; i < 100; i++) {
    await wait(50);
    if (
      spawnSync("redis-cli", ["-p", String(port), "ping"])
        .stdout?.toString()
        .startsWith("PONG")
    )
      return server;
  }
  throw new Error(`redis-server does not answer: ${readFileSync(join(folder, "redis.log"), "utf8").slice(-2000)}`);
}

/** Cuts the end of the log, as a loss of power does to what was not synced. */
function cutLog(folder) {
  const place = join(folder, "appendonlydir");
  const log = readdirSync(place).find((name) => name.endsWith(".incr.aof"));
  if (log === undefined) return;
  const { size } = statSync(join(place, log));
  truncateSync(join(place, log), Math.max(0, size - Math.floor(random() * Math.min(size, 20_000))));
}

/** Makes a round: its server, workers and submitters, each started again when it ends. */
async function openRound(number) {
  const folder = join(scratch, `round-${number}`);
  // The injected faults of a full disk know a folder of this name.
  const store = join(folder, "results");
  const redis = join(folder, "redis");
  for (const place of [folder, store, redis]) mkdirSync(place);
  const port = await freePort();
  const place = ["--queue", `redis://127.0.0.1:${port}`, "--store", store];
  const round = {
    folder,
    store,
    redis,
    port,
    isOver: false,
    server: await startRedis(port, redis),
    workers: [],
    submitters: [],
    starts: 0,
    fullStore: 0,
  };
  const staff = async (i) => {
    while (!round.isOver) {
      round.starts += 1;
      const isFull = round.fullStore > 0 && round.fullStore--;
      const fault = { root: folder, notes: join(folder, `notes-${round.starts}`) };
      const injected = isFull
        ? { kind: "ENOSPC", calls: "results write", at: 6, times: 1 + Math.floor(random() * 6) }
        : {};
      const args = [
        "--import",
        join(root, "scripts/drill/faults.mjs"),
        cli,
        "worker",
        ...place,
        "--task-file",
        taskFile,
        corpus.taskFile,
      ];
      const env = { HF_HUB_OFFLINE: "1", DRILL_FAULT: JSON.stringify({ ...fault, ...injected }) };
      round.workers[i] = start(
        process.execPath,
        [...args, "--threads", "1", "--no-cache", "--lost-after", String(lostAfter)],
        join(folder, `worker-${i}.log`),
        { env },
      );
      await round.workers[i].ended;
    }
  };
  const submit = async (variant, i) => {
    for (;;) {
      const args = [cli, ...runArgs(variant, join(folder, `run-${i}`)), ...place, ...variant.queued];
      round.submitters[i] = start(process.execPath, args, join(folder, `run-${i}.log`), {
        env: { HF_HUB_OFFLINE: "1" },
      });
      if ((await round.submitters[i].ended) === 0 || round.isOver) return;
    }
  };
  const staffed = Array.from({ length: workers }, (_, i) => staff(i));
  round.done = Promise.all(variants.map(submit));
  round.close = async () => {
    round.isOver = true;
    for (const child of round.workers) child.kill("SIGKILL");
    await Promise.all(staffed);
    round.server.kill("SIGKILL");
    await round.server.ended;
  };
  return round;
}

async function restartServer(round, between = () => {}) {
  round.server.kill("SIGKILL");
  await round.server.ended;
  between();
  await wait(random() * 1000);
  round.server = await startRedis(round.port, round.redis);
}

const kinds = {
  "worker killed (-9)": async (round) => void pick(round.workers).kill("SIGKILL"),
  "worker told to stop (SIGTERM)": async (round) => void pick(round.workers).kill("SIGTERM"),
  "worker frozen beyond its lock": async (round) => {
    const worker = pick(round.workers);
    worker.kill("SIGSTOP");
    await wait(lostAfter * 2500);
    worker.kill("SIGCONT");
  },
  "server killed (-9)": (round) => restartServer(round),
  "server killed, its log cut": (round) => restartServer(round, () => cutLog(round.redis)),
  "store full": async (round) => {
    round.fullStore += 1;
    pick(round.workers).kill("SIGKILL");
  },
  "submitter killed (-9)": async (round) => void pick(round.submitters).kill("SIGKILL"),
  "submitter told to stop (Ctrl-C)": async (round) => void pick(round.submitters).kill("SIGINT"),
};
const tally = new Map(Object.keys(kinds).map((kind) => [kind, 0]));

// Each variant undisturbed in one process, where the corpus is searched as a whole.
const variants = runs();
const whole = [];
let unitsOfRun = 0;
for (const [i, variant] of variants.entries()) {
  const results = join(scratch, `whole-${i}`);
  const env = { HF_ENDPOINT: hub.endpoint };
  const code = await start(
    process.execPath,
    [cli, ...runArgs(variant, results), "--no-cache"],
    join(scratch, `whole-${i}.log`),
    { env },
  ).ended;
  if (code !== 0) throw new Error(readFileSync(join(scratch, `whole-${i}.log`), "utf8"));
  whole.push(resultsIn(results));
  if (whole[i].size !== variant.files.length + 1) throw new Error(`run ${i} left ${whole[i].size} files`);
}
await hub.close();

let given = 0;
let rounds = 0;
let bad = 0;
const began = Date.now();
const sum = { starts: 0, results: 0, units: 0 };
while (given < faults && bad === 0) {
  const number = rounds++;
  const started = Date.now();
  const round = await openRound(number);
  let isDone = false;
  void round.done.then(() => (isDone = true));
  const most = given + faultsOfRound;
  while (!isDone && Date.now() - started < mostSeconds * 1000) {
    await wait(200 + random() * 1000);
    if (isDone || given >= Math.min(most, faults)) continue;
    const kind = pick(Object.keys(kinds));
    tally.set(kind, tally.get(kind) + 1);
    given += 1;
    await kinds[kind](round);
  }
  const problems = isDone ? [] : [`not done after ${mostSeconds} s`];
  await round.close();
  for (const [i, expected] of whole.entries()) {
    const found = resultsIn(join(round.folder, `run-${i}`));
    for (const [file, text] of expected) {
      if (found.get(file) !== text) problems.push(`run ${i}: ${file} is ${found.has(file) ? "unequal" : "lost"}`);
    }
    sum.results += expected.size;
    for (const file of found.keys()) if (!expected.has(file)) problems.push(`run ${i}: ${file} is left over`);
  }
  const stored = readdirSync(join(round.store, "units"), { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !entry.name.startsWith("."),
  );
  unitsOfRun ||= stored.length;
  if (stored.length !== unitsOfRun)
    problems.push(`${stored.length} units in the store, ${unitsOfRun} in the first round`);
  sum.units += stored.length;
  sum.starts += round.starts;
  bad += problems.length;
  for (const problem of problems) console.log(`round ${number}: ${problem}`);
  console.error(
    `round ${number}: ${given} of ${faults} faults, ${stored.length} units, ${((Date.now() - started) / 1000).toFixed(0)} s`,
  );
}
console.log("\n| fault | given |\n| --- | ---: |");
for (const [kind, count] of [...tally, ["all", given]]) console.log(`| ${kind} | ${count} |`);
console.log(
  `\n${rounds} rounds, ${sum.units} units, ${sum.starts} starts of workers, ${sum.results} files compared, ${((Date.now() - began) / 1000).toFixed(0)} s`,
);
console.log(bad === 0 ? "0 lost, 0 doubled, all equal" : `${bad} problems`);
process.exit(bad === 0 ? 0 : 1);
