/**
 * `node scripts/bench-cluster.mjs [corpus|hits|queue|overhead …]` measures the parts of a run on many machines
 * (docs/measurements/cluster.md): reading a corpus, what a shard's hits take and putting them together, what queued units
 * take of a server and of a worker, and the same tasks through a queue and in one process. The last two need redis-server,
 * the last one the reference material (../shared, or PRAMANA_SHARED), too.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { built, prepare, referenceMaterial, root } from "./prepare.mjs";
import { generator } from "./random.mjs";

prepare();
const scratch = mkdtempSync(join(tmpdir(), "pramana-bench-cluster-"));
const children = new Set();
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(scratch, { recursive: true, force: true });
});
const random = generator(42);
const words = Array.from({ length: 5000 }, (_, i) => i.toString(36).padStart(4, "w"));
const textOf = (length) => Array.from({ length }, () => words[Math.floor(random() * words.length)]).join(" ");
const told = (what, value) => console.log(`${what.padEnd(64)} ${value}`);
/** Returns the seconds of the processor that some work takes, which other programs change little, and its value. */
const seconds = async (work) => {
  const began = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(began);
  return [(user + system) / 1e6, value];
};
const MiB = 2 ** 20;

/** Makes a retrieval task of so many documents and queries in a folder. */
function makeTask(documents, queries, length = 60) {
  const folder = mkdtempSync(join(scratch, "corpus-"));
  const rows = (count, id, of) =>
    Array.from({ length: count }, (_, i) => JSON.stringify({ _id: `${id}${i}`, text: of(i) }));
  mkdirSync(join(folder, "qrels"));
  writeFileSync(join(folder, "corpus.jsonl"), `${rows(documents, "d", () => textOf(length)).join("\n")}\n`);
  writeFileSync(join(folder, "queries.jsonl"), `${rows(queries, "q", () => textOf(6)).join("\n")}\n`);
  const judged = Array.from({ length: queries }, (_, i) => `q${i}\td${i % documents}\t1`);
  writeFileSync(join(folder, "qrels/test.tsv"), `query-id\tcorpus-id\tscore\n${judged.join("\n")}\n`);
  const languages = { default: ["eng-Latn"] };
  return { name: "Corpus", type: "Retrieval", dataset: { path: folder }, languages };
}

async function prepared(own) {
  const { checkTasks } = await built("tasks/task-file.js");
  const { openTaskData } = await built("runners/task-data.js");
  const { prepareTask } = await built("tasks/protocols/index.js");
  const { hubSettings } = await built("datasets/settings.js");
  const [task] = checkTasks(own, "own");
  return prepareTask(task, "default", "test", await openTaskData(task, hubSettings({})));
}

async function benchCorpus() {
  const documents = 500_000;
  const own = makeTask(documents, 100);
  const [took] = await seconds(() => prepared(own));
  told(`reading ${documents} documents of 60 words (JSON lines)`, `${took.toFixed(1)} s`);
}

/** Makes what a worker publishes of a shard, of 1,000 hits for each query. */
function madeUpFound(id, queries, { start, end }) {
  const scores = new Float32Array(queries * 1000).map(() => random());
  for (let query = 0; query < queries; query++) {
    scores
      .subarray(query * 1000, (query + 1) * 1000)
      .sort()
      .reverse();
  }
  const rows = new Int32Array(queries * 1000).map((_, at) => start + ((at * 7919) % (end - start)));
  const work = { texts: 0, tokens: 0, seconds: 0, prompts: {}, adapters: {}, indexed: {} };
  const [version, device] = ["0", "cpu"];
  const shared = { pramana: version, precision: "fp32", device, estimator: "official" };
  return {
    id,
    model: { name: "org/model", revision: version, maxTokens: 512, meta: {} },
    frame: { ...shared, node: version, onnxruntime: version, platform: version, cpu: version, threads: 1 },
    identity: {
      ...shared,
      ...{ datasetRevision: "local", mtebVersion: version, vectorType: "float32", limit: "none", inputs: {} },
    },
    ...{ opening: work, work, seconds: 0 },
    hits: { counts: new Int32Array(queries).fill(1000), rows, scores },
  };
}

async function benchHits() {
  const { toFound, readFound } = await built("runners/queue/found.js");
  const { idOf } = await built("runners/queue/unit.js");
  const [documents, shards] = [100_000, 4];
  const setting = { pramana: "0", hardware: "cpu", model: "org/model", estimator: "official" };
  const unit = { setting, task: "Corpus", data: "local", inputs: {}, places: [{ split: "test", subset: "default" }] };
  for (const queries of [799, 6980]) {
    const rows = await prepared(makeTask(documents, queries, 3));
    const [times, found] = [{ write: 0, read: 0, bytes: 0 }, []];
    for (let i = 0; i < shards; i++) {
      const range = { start: (i * documents) / shards, end: ((i + 1) * documents) / shards };
      const shard = { ...unit, shard: { ...range, of: documents } };
      const made = madeUpFound(idOf(shard), queries, range);
      const [wrote, bytes] = await seconds(() => toFound(made));
      const [read, again] = await seconds(() => readFound(bytes, shard, "shard"));
      times.write += wrote / shards;
      times.read += read / shards;
      times.bytes = bytes.length;
      found.push(again.hits);
    }
    async function* each(some) {
      yield* some;
    }
    const [merged] = await seconds(() => rows.shards.evaluate(each(found)));
    const [alone] = await seconds(() => rows.shards.evaluate(each(found.slice(0, 1))));
    const perShard = (merged - alone) / (shards - 1);
    told(
      `hits of a shard, ${queries} queries`,
      `${(times.bytes / MiB).toFixed(1)} MiB; written ${times.write.toFixed(2)} s, read ${times.read.toFixed(2)} s, merged ${perShard.toFixed(2)} s`,
    );
    told(`measuring what was put together, ${queries} queries`, `${alone.toFixed(1)} s`);
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function startRedis() {
  const port = await freePort();
  const folder = mkdtempSync(join(scratch, "redis-"));
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "yes"];
  const server = spawn("redis-server", args, { stdio: "ignore" });
  children.add(server);
  const ask = (...command) => spawnSync("redis-cli", ["-p", String(port), ...command]).stdout.toString();
  for (let i = 0; i < 100 && !ask("ping").startsWith("PONG"); i++) await wait(50);
  return {
    address: `redis://127.0.0.1:${port}`,
    used: () => Number(/used_memory:(\d+)/.exec(ask("info", "memory"))[1]),
  };
}

async function benchQueue() {
  const { openQueue, takeUnits } = await built("runners/queue/broker.js");
  const { parseQueueAddress } = await built("runners/queue/address.js");
  const { namedUnit } = await built("runners/queue/plan.js");
  const { pramanaVersion } = await built("runners/environment.js");
  const { queueName, hardwareHere } = await built("runners/queue/hardware.js");
  const { address, used } = await startRedis();
  const parsed = parseQueueAddress(address, {});
  const hardware = await hardwareHere("cpu", {});
  const name = queueName(pramanaVersion(), hardware, "0123456789ab");
  const setting = {
    pramana: pramanaVersion(),
    hardware,
    model: "sentence-transformers/all-MiniLM-L6-v2",
    commit: "c".repeat(40),
    estimator: "official",
  };
  const count = 50_000;
  const inputs = { task: "t".repeat(64) };
  const named = Array.from({ length: count }, (_, i) =>
    namedUnit({
      setting,
      task: "BibleNLPBitextMining",
      data: "d".repeat(40),
      inputs,
      places: [{ split: "train", subset: `eng_Latn-x${i}` }],
    }),
  );
  const note = (line) => console.error(line);
  const queue = openQueue(parsed, name, note);
  await queue.add(named.slice(0, 1));
  const before = used();
  const [adding] = await seconds(() => queue.add(named.slice(1)));
  const bytes = (used() - before) / (count - 1);
  told(
    `queued units (${count})`,
    `${bytes.toFixed(0)} bytes each: ${((bytes * 1e6) / 2 ** 30).toFixed(2)} GiB for a million; ${(count / adding).toFixed(0)} added a second`,
  );
  const stop = new AbortController();
  let [done, began] = [0, 0];
  const wanted = 5000;
  const work = async () => {
    if (done === 0) began = performance.now();
    done += 1;
    if (done === wanted) stop.abort(new Error("enough"));
  };
  const world = { signal: stop.signal, note, now: () => Date.now() / 1000 };
  await takeUnits(parsed, name, { work, name: "bench", lostAfter: 30, ...world }).catch(() => undefined);
  told("units without work, one worker", `${((performance.now() - began) / wanted).toFixed(2)} ms each`);
  await queue.close();
}

/** Starts the program; calls `onLine` with each line of its notes. */
function start(args, onLine = () => {}) {
  const env = {
    PATH: process.env.PATH,
    HF_HUB_CACHE: join(referenceMaterial("bench of the cluster"), "hub"),
    HF_HUB_OFFLINE: "1",
  };
  const child = spawn(process.execPath, [join(root, "dist/cli.js"), ...args], {
    cwd: scratch,
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  children.add(child);
  let rest = "";
  child.stderr.on("data", (piece) => {
    const lines = (rest + piece).split(/[\r\n]/);
    rest = lines.pop();
    lines.forEach(onLine);
  });
  return { child, ended: new Promise((resolve) => child.on("close", resolve)) };
}

/** Adds up the seconds of scoring that stored results tell. */
const scoringIn = (folder, tasks) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(({ name }) => tasks.some((task) => name === `${task}.json`))
    .reduce(
      (sum, { name, parentPath }) => sum + JSON.parse(readFileSync(join(parentPath, name), "utf8")).evaluation_time,
      0,
    );

async function benchOverhead() {
  // The first one opens the model, and is not counted.
  const [first, ...tasks] = ["MiniSTS", "STS12", "STS13", "STS14", "STS15", "STS16", "STSBenchmark", "SICK-R"];
  const names = ["--tasks", [first, ...tasks].join()];
  const model = ["--model", "sentence-transformers/all-MiniLM-L6-v2", "--limit", "200", "--threads", "1"];
  const { address } = await startRedis();
  const measured = async (what, pattern, results, run) => {
    const times = [];
    await run((line) => pattern.test(line) && times.push(performance.now()));
    const [wall, scoring] = [(times.at(-1) - times[0]) / 1000, scoringIn(results, tasks)];
    const between = ((wall - scoring) / tasks.length) * 1000;
    told(`${tasks.length} tasks ${what}`, `${scoring.toFixed(2)} s of scoring; ${between.toFixed(0)} ms between two`);
  };
  for (let round = 0; round < 3; round++) {
    const [alone, queued, store] = ["alone", "queued", "store"].map((name) => join(scratch, `${name}-${round}`));
    await measured("in one process", / \[\d+\/\d+\] \S+: -?[\d.]+ in /, alone, async (note) => {
      await start(["run", ...model, ...names, "--results", alone, "--no-cache"], note).ended;
    });
    mkdirSync(store);
    const place = ["--queue", address, "--store", store];
    await measured("through a queue", /: done in /, queued, async (note) => {
      const worker = start(["worker", ...place, "--threads", "1", "--no-cache"], note);
      await start(["run", ...model, ...names, "--results", queued, ...place]).ended;
      worker.child.kill("SIGTERM");
      await worker.ended;
    });
  }
}

const parts = { corpus: benchCorpus, hits: benchHits, queue: benchQueue, overhead: benchOverhead };
const asked = process.argv.slice(2);
for (const part of asked.length > 0 ? asked : Object.keys(parts)) await parts[part]();
process.exit();
