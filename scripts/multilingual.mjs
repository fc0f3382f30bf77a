/**
 * `npm run multilingual [-- --benchmark NAME --tasks A,B --most-subsets N --kills N --seed S --keep | --serve]` runs a whole
 * benchmark, MTEB(Multilingual, v2) if none is named, with the built-in model on made-up data sets that a Hub on this
 * machine serves: all of it, what is stored once more, and its leaderboard; then again, killed at ten places and started
 * anew each time. The disturbed run, which meets at least half of the kills, must end with the bytes of the other, but for
 * the times. `--tasks` chooses among the
 * tasks, and `--most-subsets` leaves out those of more subsets. With `--serve` the Hub alone is started, for
 * `scripts/multilingual_with_mteb.py`. Ends with 1 where a task fails, is lost or unequal.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryOf } from "./multilingual/repositories.mjs";
import { built, prepare, root } from "./prepare.mjs";
import { generator } from "./random.mjs";
import { testServer } from "./test-server.mjs";
import { timeless } from "./timeless.mjs";

const given = (name) => process.argv.includes(`--${name}`);
const option = (name, standard) => (given(name) ? process.argv[process.argv.indexOf(`--${name}`) + 1] : standard);
const benchmark = option("benchmark", "MTEB(Multilingual, v2)");
const names = option("tasks")?.split(",");
const mostSubsets = Number(option("most-subsets", Number.POSITIVE_INFINITY));
const kills = Number(option("kills", 10));
const seed = Number(option("seed", 42));
const model = "pramana/static-minilm-128";

prepare();
const { benchmarkTasks, getBenchmark } = await built("tasks/benchmarks.js");
const { taskTypes } = await built("tasks/types/index.js");
const all = benchmarkTasks(benchmark);
const tasks = all.filter(
  ({ name, languages }) => (names?.includes(name) ?? true) && Object.keys(languages).length <= mostSubsets,
);
const isWhole = tasks.length === all.length && getBenchmark(benchmark).unsupported.length === 0;
const { startHubServer } = await testServer();
const server = await startHubServer(tasks.map(repositoryOf));
if (given("serve")) {
  console.log(server.endpoint);
  await new Promise(() => {});
}
const scratch = mkdtempSync(join(tmpdir(), "pramana-multilingual-"));
if (!given("keep")) process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
const problems = [];

const chosen = ["--benchmark", benchmark, ...(isWhole ? [] : ["--tasks", tasks.map(({ name }) => name).join()])];
const runArguments = ["run", "--model", model, ...chosen, "--results", "results"];

/** Starts the program in a folder of its own, as the leader of a group of processes. */
function start(folder, commandLine) {
  const env = {
    PATH: process.env.PATH,
    HF_HUB_CACHE: join(folder, "cache"),
    PRAMANA_CACHE: join(folder, "vectors"),
    HF_ENDPOINT: server.endpoint,
    PEAK_FILE: join(folder, "peak"),
  };
  const program = ["--import", join(root, "scripts/multilingual/peak.mjs"), join(root, "dist/cli.js")];
  const started = performance.now();
  const child = spawn(process.execPath, [...program, ...commandLine], {
    cwd: folder,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const texts = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"]) child[stream].on("data", (piece) => (texts[stream] += piece));
  const ended = new Promise((resolve) =>
    child.on("close", (code) => resolve({ code, ...texts, seconds: (performance.now() - started) / 1000 })),
  );
  // False where it has ended by itself.
  const kill = () => child.exitCode === null && process.kill(-child.pid, "SIGKILL");
  return { kill, ended };
}

const peakOf = (folder) => `${(Number(readFileSync(join(folder, "peak"), "utf8")) / 2 ** 20).toFixed(0)} MiB`;

/** Reads the files of the one model of a run by name. */
function read(folder) {
  const place = readdirSync(join(folder, "results"), { recursive: true, withFileTypes: true });
  return new Map(
    place.flatMap((entry) =>
      entry.isFile() && entry.name !== "last-run.yaml"
        ? [[entry.name, readFileSync(join(entry.parentPath, entry.name), "latin1")]]
        : [],
    ),
  );
}

/** Runs the program to its end; notes the tasks that failed. */
async function whole(folder, what, commandLine = runArguments) {
  const end = await start(folder, commandLine).ended;
  if (end.code !== 0) {
    const reasons = end.stderr.split("\n").filter((line) => / failed/.test(line));
    problems.push(`${what} ended with ${end.code}: ${reasons.join("\n  ") || end.stderr}`);
  }
  console.log(`${what}: ${end.seconds.toFixed(1)} s, at most ${peakOf(folder)}`);
  return end;
}

/**
 * Counts the requests to the Hub, the changes of results, and those of what is kept of each unfinished task; looks at the
 * counts every few milliseconds.
 */
function counting(results, look = () => {}) {
  const before = server.requests.length;
  const counts = { requests: 0, results: 0 };
  const watcher = watch(results, { recursive: true }, (_, file) => {
    counts.results += 1;
    const task = /\.([^/\\]+)\.unfinished/.exec(file)?.[1];
    if (task !== undefined) counts[task] = (counts[task] ?? 0) + 1;
  });
  const timer = setInterval(() => {
    counts.requests = server.requests.length - before;
    look(counts);
  }, 5);
  return {
    counts,
    close: () => {
      clearInterval(timer);
      watcher.close();
    },
  };
}

function newFolder(name) {
  const folder = join(scratch, name);
  mkdirSync(join(folder, "results"), { recursive: true });
  return folder;
}

async function undisturbed() {
  const folder = newFolder("undisturbed");
  const counter = counting(join(folder, "results"));
  await whole(folder, `${tasks.length} tasks of ${benchmark}`);
  counter.close();
  const files = read(folder);
  await whole(folder, "the same once more");
  if (JSON.stringify([...read(folder)]) !== JSON.stringify([...files]))
    problems.push("the second start changed results");
  const table = await whole(folder, "leaderboard", ["leaderboard", "--benchmark", benchmark]);
  console.log(table.stdout);
  if (isWhole && / lacks /.test(table.stdout)) problems.push("the leaderboard lacks tasks of a whole run");
  return { files, counts: counter.counts };
}

/**
 * Chooses places to kill a run at: requests to the Hub, changes of results, and changes of what is kept of those tasks whose
 * draws go on from subset to subset.
 */
function placesOf(counts) {
  const random = generator(seed);
  const drawn = tasks.filter(({ name, type }) => taskTypes[type].drawsInOrder && counts[name] > 1);
  return Array.from({ length: kills }, (_, i) => {
    const task = drawn[Math.floor(random() * drawn.length)]?.name ?? "results";
    const what = ["requests", "results", task][i % 3];
    return { what, at: 1 + Math.floor(random() * 0.9 * counts[what]), delay: Math.floor(random() * 300) };
  });
}

/** Runs again, killed at the chosen places and started anew each time; returns the files that are there at the end. */
async function disturbed(counts) {
  const folder = newFolder("disturbed");
  let running;
  let left = placesOf(counts);
  let met = 0;
  let isDying = false;
  const counter = counting(join(folder, "results"), (now) => {
    const place = left.find(({ what, at }) => now[what] >= at);
    if (place === undefined || isDying || running === undefined) return;
    isDying = true;
    left = left.filter((one) => one !== place);
    setTimeout(() => {
      if (!running.kill()) return;
      met += 1;
      console.log(`killed ${place.delay} ms after ${place.what} ${place.at} of ${counts[place.what]}`);
    }, place.delay);
  });
  for (let code = null; code === null; ) {
    isDying = false;
    running = start(folder, runArguments);
    const end = await running.ended;
    code = end.code;
    const kept = end.stderr.match(/^.* (?:goes on: .*|stored already)/gm)?.join("; ") ?? "nothing stored";
    console.log(`${kept}; ended with ${code ?? "a kill"} after ${end.seconds.toFixed(1)} s`);
    if (code !== null && code !== 0) problems.push(`a start ended with ${code}: ${end.stderr.slice(-2000)}`);
  }
  counter.close();
  // A fast machine is done before some of them: what was fetched before a kill is not fetched again.
  if (met < kills / 2) problems.push(`the run met ${met} of ${kills} kills`);
  return read(folder);
}

const usual = await undisturbed();
const stored = tasks.filter(({ name }) => usual.files.has(`${name}.json`));
if (stored.length < tasks.length) problems.push(`${tasks.length - stored.length} tasks have no result`);
if (kills > 0) {
  const files = await disturbed(usual.counts);
  const names = new Set([...usual.files.keys(), ...files.keys()]);
  const unequal = [...names].filter(
    (name) => timeless(files.get(name) ?? "") !== timeless(usual.files.get(name) ?? ""),
  );
  problems.push(...unequal.map((name) => `${name} differs`));
  console.log(`${names.size} files, ${unequal.length} unequal`);
}
await server.close();
for (const problem of problems) console.log(problem);
process.exit(problems.length === 0 ? 0 : 1);
