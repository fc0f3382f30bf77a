/**
 * `npm run drill [-- --runs N --seed S --only RUN --keep]` kills runs of a small benchmark, or lets them meet a fault
 * of the disk or the network, and continues them by the same command until it succeeds. Every final result must have
 * the bytes of an undisturbed run's, but for the three times in it and the checksum over them, and no result may change
 * once it is stored. Prints the kinds of faults and how many were met; ends with 1 where anything is lost or unequal.
 * `npm run drill -- cluster` does the like to a queue and its workers (drill/cluster.mjs).
 */
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { model, prepareBenchmark } from "./drill/benchmark.mjs";
import { prepare, root } from "./prepare.mjs";
import { generator } from "./random.mjs";
import { timeless } from "./timeless.mjs";

if (process.argv[2] === "cluster") {
  await import("./drill/cluster.mjs");
  process.exit();
}

const option = (name, standard) => {
  const place = process.argv.indexOf(`--${name}`);
  return place < 0 ? standard : Number(process.argv[place + 1]);
};
const runs = option("runs", 200);
const seed = option("seed", 42);
const only = option("only", undefined);
/** Number of starts after which a run counts as lost. */
const mostStarts = 10;
/** Number of starts of a run that may meet a fault. */
const mostFaults = 3;

prepare();
const scratch = mkdtempSync(join(tmpdir(), "pramana-drill-"));
if (!process.argv.includes("--keep")) process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
const { taskFile, files, startServer } = await prepareBenchmark(scratch);
const tally = new Map();
const began = Date.now();

/** Starts the program once on a run's folder. */
async function start(folder, server, number, fault = {}) {
  const notes = join(folder, `start-${number}`);
  const env = {
    PATH: process.env.PATH,
    HF_HUB_CACHE: join(folder, "cache"),
    PRAMANA_CACHE: join(folder, "vectors"),
    HF_ENDPOINT: server.endpoint,
    DRILL_FAULT: JSON.stringify({ root: folder, notes, ...fault.injected }),
  };
  const preload = ["--import", join(root, "scripts/drill/faults.mjs"), join(root, "dist/cli.js")];
  const chosen = ["--model", model.id, "--revision", model.revision, "--task-file", taskFile, "--threads", "1"];
  const started = performance.now();
  const child = spawn(process.execPath, [...preload, "run", ...chosen, "--results", join(folder, "results")], {
    cwd: folder,
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const timer = fault.delay === undefined ? undefined : setTimeout(() => child.kill(fault.signal), fault.delay);
  let err = "";
  child.stderr.on("data", (piece) => (err += piece));
  const [code, signal] = await new Promise((resolve) => child.on("close", (...end) => resolve(end)));
  clearTimeout(timer);
  return { code, signal, err, milliseconds: performance.now() - started, notes };
}

/** Reads final files by name and lists other files beside them. */
function read(folder) {
  const results = join(folder, "results");
  const [name] = existsSync(results) ? readdirSync(results).filter((one) => !/^\.|\.yaml$/.test(one)) : [];
  const place = name === undefined ? undefined : join(results, name, model.revision);
  const names = place !== undefined && existsSync(place) ? readdirSync(place) : [];
  const final = ["model_meta.json", ...files].filter((file) => names.includes(file));
  return {
    texts: new Map(final.map((file) => [file, readFileSync(join(place, file), "latin1")])),
    others: names.filter((file) => !final.includes(file)),
  };
}

const kinds = {
  "kill -9 at a moment": ({ random, usual }) => ({ delay: 100 + random() * usual.milliseconds, signal: "SIGKILL" }),
  "Ctrl-C at a moment": ({ random, usual }) => ({ delay: 100 + random() * usual.milliseconds, signal: "SIGINT" }),
  "kill -9 at a write": (world) => ({ injected: { kind: "kill", ...callOf("write", world) } }),
  "power lost at a write": (world) => ({ injected: { kind: "power", ...callOf("write", world) } }),
  "disk full (ENOSPC)": (world) => ({ injected: { kind: "ENOSPC", ...callOf("write", world), times: timesOf(world) } }),
  "write error (EIO)": (world) => ({ injected: { kind: "EIO", ...callOf("write", world), times: timesOf(world) } }),
  "read error (EIO)": (world) => ({ injected: { kind: "EIO", ...callOf("read", world), times: timesOf(world) } }),
  "download cut": ({ random }) => ({
    network: { cuts: 1 + Math.floor(random() * 6), cutAfter: Math.floor(random() * 100_000) },
  }),
  "download damaged": ({ random }) => ({ network: { wrongBytes: 1 + Math.floor(random() * 2) } }),
  "server fails (500)": ({ random }) => ({ network: { failures: 1 + Math.floor(random() * 6) } }),
  "link expired (403)": ({ random }) => ({ network: { expiredLinks: 1 + Math.floor(random() * 6) } }),
  "listing truncated": ({ random }) => ({ network: { lostLinks: 1 + Math.floor(random() * 6) } }),
  "byte flipped, after a kill": ({ random, usual }) => ({
    delay: 100 + random() * usual.milliseconds,
    signal: "SIGKILL",
    flip: random,
  }),
};
const callOf = (what, { random, usual }) => {
  // Half of the faults go to the results, whose calls are few beside those of downloads and kept vectors.
  const areas = ["results", "results", "cache", "vectors"].filter((area) => usual.counts[`${area} ${what}`] > 0);
  const calls = `${areas[Math.floor(random() * areas.length)]} ${what}`;
  return { calls, at: 1 + Math.floor(random() * usual.counts[calls]), seed: Math.floor(random() * 2 ** 32) };
};
const timesOf = ({ random }) => (random() < 0.5 ? 1 : 1 + Math.floor(random() * 100));

const noFaults = { cuts: 0, cutAfter: 0, wrongBytes: 0, failures: 0, expiredLinks: 0, lostLinks: 0 };
const leftOf = (network) =>
  Object.keys(noFaults).reduce((sum, key) => sum + (key === "cutAfter" ? 0 : (network[key] ?? 0)), 0);

/** Flips a bit of a file that a run has downloaded or stored, or of kept vectors; returns its path. */
function flipByte(folder, random) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => /[/\\]blobs[/\\][0-9a-f]+$|\.vectors$|[/\\]Drill\w+\.json$/.test(file) && statSync(file).size > 0)
    .sort();
  if (files.length === 0) return undefined;
  const file = files[Math.floor(random() * files.length)];
  const bytes = readFileSync(file);
  bytes[Math.floor(random() * bytes.length)] ^= 1 << Math.floor(random() * 8);
  writeFileSync(file, bytes);
  return file;
}

/** Does what the program says about a damaged file of the cache: removes it. */
function removeDamaged(err) {
  const file = /is damaged in the cache: (\S+) has the checksum/.exec(err)?.[1];
  if (file !== undefined) rmSync(file);
  return file !== undefined;
}

/** Starts a run with a fault and counts whether it was met. */
async function faulty(folder, server, number, kind, world) {
  const fault = kinds[kind](world);
  Object.assign(server.faults, noFaults, fault.network);
  const { notes, ...end } = await start(folder, server, number, fault);
  const left = leftOf(server.faults);
  const flipped = fault.flip && flipByte(folder, fault.flip);
  const plain = fault.flip ? flipped !== undefined : end.code !== 0;
  const hit = fault.network ? left < leftOf(fault.network) : fault.injected ? existsSync(`${notes}.hit`) : plain;
  Object.assign(server.faults, noFaults);
  const counts = tally.get(kind) ?? { given: 0, hit: 0, survived: 0 };
  tally.set(kind, {
    given: counts.given + 1,
    hit: counts.hit + (hit ? 1 : 0),
    survived: counts.survived + (hit && end.code === 0 ? 1 : 0),
  });
  return { ...end, flipped };
}

/** Disturbs and continues one run; returns the problems with its end. */
async function drill(i, server, usual) {
  const random = generator(seed * 1_000_003 + i);
  const folder = join(scratch, `run-${i}`);
  mkdirSync(folder);
  const names = Object.keys(kinds);
  const problems = [];
  let before = new Map();
  const damaged = new Set();
  let [starts, continued] = [0, 0];
  for (let code = 1; code !== 0 && starts < mostStarts; starts++) {
    // Every kind comes first in its turn; a later start meets any, or none.
    const kind = starts === 0 ? names[i % names.length] : names[Math.floor(random() * names.length * 2)];
    const disturbed = kind !== undefined && starts < mostFaults;
    const end = await (disturbed
      ? faulty(folder, server, starts, kind, { random, usual })
      : start(folder, server, starts));
    // Where a byte was flipped in what a run had finished before its kill, the same command has to mend it.
    code = end.flipped === undefined ? end.code : 1;
    if (/ goes on: | stored already/.test(end.err)) continued += 1;
    if (/an error of its own|error of Pramana's own/.test(end.err) && !/injected/.test(end.err)) problems.push(end.err);
    const removed = removeDamaged(end.err);
    if (!disturbed && code !== 0 && !removed)
      problems.push(`undisturbed start ended with ${code ?? end.signal}: ${end.err}`);
    const { texts } = read(folder);
    // A damaged result is run again, by whichever start comes to it, and then has other times.
    const flipped = end.flipped && basename(end.flipped);
    if (flipped !== undefined) damaged.add(texts.get(flipped));
    for (const [file, text] of before) {
      if (file === "model_meta.json" || file === flipped) continue;
      if (texts.get(file) !== text) problems.push(`${file} changed after it was stored`);
    }
    before = new Map([...texts].filter(([, text]) => !damaged.has(text)));
  }
  const { texts, others } = read(folder);
  const unequal = [...usual.texts].filter(
    ([file, text]) => texts.has(file) && timeless(texts.get(file)) !== timeless(text),
  );
  const missing = [...usual.texts.keys()].filter((file) => !texts.has(file));
  problems.push(...unequal.map(([file]) => `${file} differs`), ...missing.map((file) => `${file} is lost`));
  if (problems.length === 0 && !process.argv.includes("--keep")) rmSync(folder, { recursive: true });
  return { starts, continued, equal: unequal.length + missing.length === 0, missing, others, problems };
}

async function undisturbed() {
  const server = await startServer();
  const folder = join(scratch, "undisturbed");
  mkdirSync(folder);
  const end = await start(folder, server, 0);
  await server.close();
  if (end.code !== 0) throw new Error(`drill: the undisturbed run ended with ${end.code}: ${end.err}`);
  return { ...end, ...read(folder), counts: JSON.parse(readFileSync(`${end.notes}.counts`, "utf8")) };
}

const usual = await undisturbed();
const calls = Object.entries(usual.counts).map(([name, count]) => `${name} ${count}`);
console.log(
  `undisturbed: ${usual.texts.size} files in ${usual.milliseconds.toFixed(0)} ms; calls: ${calls.join(", ")}`,
);
const queue = (only === undefined ? Array.from({ length: runs }, (_, i) => i) : [only]).values();
const outcomes = [];
await Promise.all(
  Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
    const server = await startServer();
    for (const i of queue) {
      const outcome = await drill(i, server, usual);
      outcomes.push(outcome);
      for (const problem of outcome.problems) console.log(`run ${i}: ${problem}`);
      if (outcomes.length % 20 === 0) console.error(`${outcomes.length} of ${runs} runs`);
    }
    await server.close();
  }),
);

const total = (of) => outcomes.reduce((sum, outcome) => sum + of(outcome), 0);
const rows = Object.keys(kinds).map((kind) => ({ kind, ...(tally.get(kind) ?? { given: 0, hit: 0, survived: 0 }) }));
const all = rows.reduce(
  (sum, row) => ({ given: sum.given + row.given, hit: sum.hit + row.hit, survived: sum.survived + row.survived }),
  { given: 0, hit: 0, survived: 0 },
);
console.log(
  "\n| fault | given | hit before the end | of these, the run succeeded all the same |\n| --- | ---: | ---: | ---: |",
);
for (const { kind, given, hit, survived } of [...rows, { kind: "all", ...all }]) {
  console.log(`| ${kind} | ${given} | ${hit} | ${survived} |`);
}
const equal = total((one) => (one.equal ? 1 : 0));
const lost = total((one) => one.missing.length);
const leftovers = total((one) => one.others.length);
const problems = total((one) => one.problems.length);
console.log(
  `\n${runs} runs, ${total((one) => one.starts)} starts, ${total((one) => one.continued)} of them went on from what was kept, ` +
    `${leftovers} files left over, ${((Date.now() - began) / 1000).toFixed(0)} s, seed ${seed}`,
);
console.log(`${equal} equal, ${lost} lost`);
process.exit(equal === runs && lost === 0 && problems === 0 && leftovers === 0 ? 0 : 1);
