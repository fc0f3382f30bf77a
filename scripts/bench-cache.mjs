/**
 * `node scripts/bench-cache.mjs [ROUNDS [TASKS [MODEL]]]` measures the gain and the cost of the cache of vectors
 * (docs/measurements/cache.md): a model, of any kind, runs tasks cold and warm, without the cache, in two processes at once, and
 * killed half way and continued; result files are compared byte by byte but for times. Needs the reference material
 * (../shared, or PRAMANA_SHARED).
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "./figures.mjs";
import { offline, prepare, referenceMaterial, root } from "./prepare.mjs";

const shared = referenceMaterial("bench of the cache");
prepare();
const rounds = Number(process.argv[2] ?? 3);
const tasks = process.argv[3] ?? "STSBenchmark,Banking77Classification";
const model = process.argv[4] ?? "sentence-transformers/all-MiniLM-L6-v2";
const world = mkdtempSync(join(tmpdir(), "pramana-bench-cache-"));
let made = 0;
const newFolder = () => mkdtempSync(join(world, `${made++}-`));

function start(cache, more) {
  const results = newFolder();
  const chosen = ["--model", model, "--task-file", offline.file, "--tasks", tasks];
  const args = [join(root, "dist/cli.js"), "run", ...chosen, "--results", results, ...more];
  const env = { ...process.env, HF_HUB_CACHE: join(shared, "hub"), HF_HUB_OFFLINE: "1", PRAMANA_CACHE: cache };
  const began = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: "ignore" });
  const ended = new Promise((done) => {
    child.on("close", (status) => done({ results, status, seconds: (performance.now() - began) / 1000 }));
  });
  return { child, ended };
}

async function run(cache, ...more) {
  const ended = await start(cache, more).ended;
  if (ended.status !== 0) throw new Error(`status ${ended.status}`);
  return ended;
}

/** Reads result files by name, without their times, and the seconds of encoding in them. */
function read({ results }) {
  const names = readdirSync(results, { recursive: true }).map(String);
  const texts = {};
  let encoding = 0;
  for (const name of names.filter((one) => /[A-Z]\w*\.json$/.test(one)).sort()) {
    const {
      evaluation_time: _time,
      date: _date,
      pramana_run: run,
      ...rest
    } = JSON.parse(readFileSync(join(results, name), "utf8"));
    const { encoding_seconds: seconds, sha256: _sha256, ...record } = run;
    encoding += seconds;
    texts[name] = JSON.stringify({ ...rest, record });
  }
  return { text: JSON.stringify(texts), encoding };
}

const bytesOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + readFileSync(join(entry.parentPath, entry.name)).length, 0);
const shown = (numbers) => `${median(numbers).toFixed(1)} s (${numbers.map((one) => one.toFixed(1)).join(", ")})`;
const told = (what, value) => console.log(`${what.padEnd(34)} ${value}`);

try {
  const times = { without: [], cold: [], warm: [] };
  const encoding = { cold: [], warm: [] };
  let cache = "";
  let cold;
  let without;
  for (let round = 0; round < rounds; round++) {
    cache = newFolder();
    without = await run(cache, "--no-cache");
    cold = await run(cache);
    const warm = await run(cache);
    if (read(warm).text !== read(cold).text) throw new Error("a warm run gives other results than the cold one");
    for (const [name, one] of Object.entries({ without, cold, warm })) times[name].push(one.seconds);
    for (const [name, one] of Object.entries({ cold, warm })) encoding[name].push(read(one).encoding);
  }
  told("without a cache", shown(times.without));
  told("cold", shown(times.cold));
  told("warm, same result bytes", shown(times.warm));
  told("told seconds of encoding, cold", shown(encoding.cold));
  told("told seconds of encoding, warm", shown(encoding.warm));
  told("result bytes with and without", read(cold).text === read(without).text ? "equal" : "not equal");
  told("bytes on disk", bytesOf(cache).toLocaleString("en-US"));

  const together = newFolder();
  const both = await Promise.all([run(together), run(together)]);
  const after = await run(together);
  told("two processes on one cache", both.every((one) => read(one).text === read(cold).text) ? "equal" : "not equal");
  told(
    "a third one after them",
    `${read(after).text === read(cold).text ? "equal" : "not equal"}, ${shown([after.seconds])}`,
  );

  for (const part of [0.3, 0.6, 0.9]) {
    const torn = newFolder();
    const { child, ended } = start(torn, []);
    setTimeout(() => child.kill("SIGKILL"), part * median(times.cold) * 1000);
    await ended;
    const kept = bytesOf(torn);
    const continued = await run(torn);
    const equal = read(continued).text === read(cold).text ? "equal" : "not equal";
    told(
      `killed at ${100 * part} %, continued`,
      `${equal}, ${kept.toLocaleString("en-US")} bytes kept, ${shown([continued.seconds])}`,
    );
  }
} finally {
  rmSync(world, { recursive: true, force: true });
}
