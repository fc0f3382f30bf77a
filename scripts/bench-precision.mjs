/**
 * `node scripts/bench-precision.mjs [MODEL]` compares the precisions on this processor. Needs the data sets of the
 * reference material (../shared, or PRAMANA_SHARED).
 *   speed   texts/s on the texts of STSBenchmark and Banking77; the precisions take turns every 512 texts; ratios are the
 *           median over the turns and that of the best turns, so that a machine that changes its speed changes it for all
 *   memory  seconds to load, and the peak of a process that loads the model and encodes three texts (Linux)
 *   loss    main scores of nine official tasks, in points, less those of fp32
 *   peers   the same of sentence-transformers with torch, ONNX Runtime and OpenVINO in each precision, where PYTHON has
 *           them (`peers/records.mjs`), less those of torch in fp32; not measured unless it is asked for
 * Single parts: `… [MODEL] speed memory`; single tasks: `… loss STSBenchmark SICK-R`.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { median, peakBytes } from "./figures.mjs";
import { lastAnswer, runToEnd } from "./json-lines.mjs";
import { built, prepare, root } from "./prepare.mjs";

const parts = ["speed", "memory", "loss", "peers"];
const nineTasks = ["Banking77Classification", "AmazonCounterfactualClassification", "STSBenchmark", "SICK-R"].concat(
  [12, 13, 14, 15, 16].map((year) => `STS${year}`),
);
const [child, ...given] = process.argv.slice(2);
const all = child === "--load" ? given : process.argv.slice(2);
const model =
  all.find((one) => ![...parts, ...precisionsOf(), ...nineTasks].includes(one)) ??
  "sentence-transformers/all-MiniLM-L6-v2";
const chosen = parts.filter(
  (part) => all.includes(part) || (part !== "peers" && !all.some((one) => parts.includes(one))),
);
const shared = resolve(root, process.env.PRAMANA_SHARED ?? "../shared");
const env = { ...process.env, HF_HUB_CACHE: join(shared, "hub"), HF_HUB_OFFLINE: "1" };
const threads = availableParallelism();
const named = nineTasks.filter((task) => all.includes(task));
const tasks = named.length > 0 ? named : nineTasks;
const ofTasks = ["--benchmark", "MTEB(eng, v1)", "--tasks", tasks.join(",")];
/** Texts that a precision encodes before the next one's turn. */
const turn = 512;

function precisionsOf() {
  return ["fp32", "fp16", "bf16", "int8"];
}

if (child === "--load") await load(given.at(-1));
else {
  prepare();
  if (chosen.includes("speed")) await speed();
  if (chosen.includes("memory")) memory();
  if (chosen.includes("loss")) loss();
  if (chosen.includes("peers")) await peersLoss();
}

async function open(precision) {
  const { hubSettings, openSnapshot } = await built("datasets/hub.js");
  const { openRepository } = await built("models/index.js");
  const snapshot = await openSnapshot({ kind: "model", id: model }, hubSettings(env));
  return openRepository(snapshot, { device: "cpu", threads, precision });
}

async function speed() {
  const texts = await offlineTexts();
  const encoders = await Promise.all(precisionsOf().map(open));
  for (const encoder of encoders) await encoder.encode(texts.slice(0, turn));
  const seconds = encoders.map(() => []);
  for (let start = 0; start + turn <= texts.length; start += turn) {
    for (const [i, encoder] of encoders.entries()) {
      // A session's idle threads wait for more work for a while and hinder the next one's.
      await setTimeout(50);
      const started = performance.now();
      await encoder.encode(texts.slice(start, start + turn));
      seconds[i].push((performance.now() - started) / 1000);
    }
  }
  console.log(`${model}: ${texts.length} texts of STSBenchmark and Banking77, ${threads} threads`);
  for (const [i, precision] of precisionsOf().entries()) {
    const speeds = [median(seconds[i]), Math.min(...seconds[i])].map((one) => (turn / one).toFixed(0).padStart(5));
    const ratio = median(seconds[i].map((own, at) => seconds[0][at] / own)).toFixed(2);
    const ofBest = (Math.min(...seconds[0]) / Math.min(...seconds[i])).toFixed(2);
    console.log(
      `  ${precision.padEnd(5)}${speeds[0]} texts/s, ${ratio} × fp32; best turn${speeds[1]} texts/s, ${ofBest} × fp32's`,
    );
    await encoders[i].close();
  }
}

async function offlineTexts() {
  const { hubSettings } = await built("datasets/hub.js");
  const { openDataset } = await built("datasets/load.js");
  const { pythonRandom } = await built("datasets/random/python.js");
  const sources = [
    ["mteb/stsbenchmark-sts", ["sentence1", "sentence2"]],
    ["mteb/banking77", ["text"]],
  ];
  const columns = await Promise.all(
    sources.map(async ([id, names]) => {
      const table = await (await openDataset({ id }, hubSettings(env))).read("default", "test");
      return names.flatMap((name) => table.columns[name]);
    }),
  );
  const texts = [...new Set(columns.flat())];
  const random = pythonRandom(42);
  return texts
    .map((text) => [random.random(), text])
    .sort(([a], [b]) => a - b)
    .map(([, text]) => text);
}

function peakMiB() {
  return Math.round(peakBytes() / 2 ** 20);
}

/** Loads the model and encodes, in a process of its own. */
async function load(precision) {
  const before = peakMiB();
  const started = performance.now();
  const encoder = await open(precision);
  const seconds = (performance.now() - started) / 1000;
  await encoder.encode(["The capital of China is Beijing.", "rain", "Is my card on its way?"]);
  const peak = peakMiB();
  const weights = Math.round((encoder.info.parameters * 4) / 2 ** 20);
  console.log(JSON.stringify({ seconds, peak, own: peak - before, weights }));
  await encoder.close();
}

function memory() {
  console.log(`${model}: loading, beside its weights in fp32`);
  for (const precision of precisionsOf()) {
    const args = [fileURLToPath(import.meta.url), "--load", model, precision];
    const { seconds, peak, own, weights } = lastAnswer(process.execPath, args, { env });
    console.log(
      `  ${precision.padEnd(5)} ${seconds.toFixed(2)} s, peak ${peak} MiB, ${own} MiB of it the model's; weights ${weights} MiB, ratio ${(own / weights).toFixed(2)}`,
    );
  }
}

function loss() {
  const scores = precisionsOf().map((precision) => run(["--model", model, "--precision", precision]));
  tellLoss(
    "fp32",
    precisionsOf().map((name, i) => ({ name, scores: scores[i] })),
  );
}

/** Prints main scores less those of the first row, whose name is `base`. */
function tellLoss(base, rows) {
  console.log(`${model}: main scores of ${tasks.join(", ")}, less those of ${base}, in points`);
  for (const { name, scores } of rows) {
    const differences = tasks.map((_, task) => 100 * (scores[task] - rows[0].scores[task]));
    const mean = differences.reduce((sum, one) => sum + one, 0) / tasks.length;
    const each = tasks.map((task, place) => `${task} ${differences[place].toFixed(2)}`).join(", ");
    console.log(`  ${name.padEnd(5)} mean ${mean.toFixed(3)}   ${each}`);
  }
}

/** Scores vectors that peers make of the tasks' texts, with one evaluation for all. */
async function peersLoss() {
  const { hubSettings, openSnapshot } = await built("datasets/hub.js");
  const { lossOfPeers } = await import("./peers/vectors.mjs");
  const snapshot = await openSnapshot({ kind: "model", id: model }, hubSettings(env));
  const rows = await lossOfPeers(snapshot, (file) => pramana(["texts", ...ofTasks, "--output", file]), run);
  if (rows.length > 0) tellLoss(rows[0].name, rows);
}

/** Runs the tasks with a model, and returns their main scores. */
function run(ofModel) {
  const results = mkdtempSync(join(tmpdir(), "pramana-precision-"));
  pramana(["run", "--no-cache", ...ofModel, ...ofTasks, "--results", results]);
  const files = readdirSync(results, { recursive: true }).map(String);
  const scores = tasks.map((task) => {
    const file = files.find((one) => one.endsWith(`/${task}.json`));
    return JSON.parse(readFileSync(join(results, file), "utf8")).scores.test[0].main_score;
  });
  rmSync(results, { recursive: true });
  return scores;
}

function pramana(args) {
  runToEnd(process.execPath, [join(root, "dist/cli.js"), ...args], { env });
}
