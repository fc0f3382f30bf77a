/**
 * `node scripts/shapes.mjs [--folder FOLDER] [--rounds N] [--threads N] [--write] [NAMES…]` makes repositories in the
 * true shape of known models with made-up weights (kept in FOLDER, else in a temporary folder that is removed), loads
 * each in a process of its own and reports its graph, load time, peak memory and speed at 8 texts of 128 tokens. Where
 * Python (PYTHON names it) has transformers, that runs the same folder in turns, batch by batch. --write puts the table
 * into docs/measurements/shapes.md. Ends with exit status 1 where a bound is not held.
 */
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median, peakBytes } from "./figures.mjs";
import { pythonFor, startJsonLines } from "./json-lines.mjs";
import { putBetween, textTable } from "./marked-text.mjs";
import { built, prepare, root } from "./prepare.mjs";
import { fullParameters, layersIn, shapes, writeRepository } from "./shape-repositories.mjs";

const texts = 8;
const tokens = 128;
const memoryBound = 1.35;
/** Least speed of Tarka's shapes, in tokens per second of transformers. */
const speedBound = 1.2;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    folder: { type: "string" },
    rounds: { type: "string", default: "15" },
    threads: { type: "string", default: String(availableParallelism()) },
    write: { type: "boolean", default: false },
    measure: { type: "string" },
  },
});
const threads = Number(values.threads);
if (values.measure) await measure(values.measure);
else await main();

async function main() {
  prepare();
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), "pramana-shapes-"));
  const chosen = shapes.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const rows = [];
  try {
    for (const shape of chosen) rows.push(await report(shape, join(folder, shape.name)));
  } finally {
    if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
  const table = `${headingOf(rows)}\n\n${tableOf(rows)}`;
  console.log(table);
  if (values.write) putBetween("docs/measurements/shapes.md", ["<!-- shapes -->", "<!-- /shapes -->"], table);
  const broken = rows.flatMap(faultsOf);
  for (const fault of broken) console.log(`✗ ${fault}`);
  process.exitCode = broken.length > 0 ? 1 : 0;
}

/** Measures one shape; a family that is not written here yet gets a row without figures. */
async function report(shape, folder) {
  console.error(`${shape.name} …`);
  if (!existsSync(join(folder, "modules.json"))) writeRepository(folder, shape);
  // A first process brings the weights into the system's file cache; filling that is no part of the load time.
  const first = startMeasure(folder);
  await first.next();
  first.end();
  await first.ended;
  const ours = startMeasure(folder);
  const reference = shape.inTransformers === false ? undefined : startReference(folder);
  try {
    const loaded = await ours.next();
    if (loaded.error) return { shape, error: loaded.error };
    const about = await reference?.next();
    const speeds = { ours: [], reference: [] };
    for (let round = 0; round < Number(values.rounds); round++) {
      speeds.ours.push((texts * tokens) / (await ours.next("run")).seconds);
      if (reference) speeds.reference.push((texts * tokens) / (await reference.next("run")).seconds);
    }
    const { peak } = await ours.next("peak");
    const weights = bytesOf(folder, shape);
    return { shape, ...loaded, weights, memory: peak / weights, about, speeds };
  } finally {
    ours.end();
    reference?.end();
    if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function bytesOf(folder, { modules }) {
  const own = modules.flatMap(({ tensors, type }, i) => (tensors ? [`${i + 1}_${type}/model.safetensors`] : []));
  return ["model.safetensors", ...own].reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}

function startMeasure(folder) {
  const args = [fileURLToPath(import.meta.url), "--measure", folder, "--threads", String(threads)];
  return startJsonLines(process.execPath, args);
}

function startReference(folder) {
  const python = pythonFor("transformers", "transformers", "torch");
  if (python === undefined) return undefined;
  return startJsonLines(python, [
    join(root, "scripts/shapes_reference.py"),
    folder,
    String(texts),
    String(tokens),
    String(threads),
  ]);
}

/** Only loads and runs, in a process of its own, so that its peak memory is the model's. */
async function measure(folder) {
  const { hubSettings, openSnapshot } = await built("datasets/hub.js");
  const { names, writeEncoderGraph } = await built("models/graph/pipeline.js");
  const { readRepository } = await built("models/repository/repository.js");
  const { providerOf } = await built("models/runtime/providers/index.js");
  const { openSession } = await built("models/runtime/session.js");
  const answer = (value) => console.log(JSON.stringify(value));
  try {
    const snapshot = await openSnapshot({ kind: "model", id: folder }, hubSettings({ HF_HUB_OFFLINE: "1" }));
    const began = performance.now();
    const { modules } = await readRepository(snapshot);
    const lowerings = await providerOf("cpu").lowerings();
    const { model, externalFolder, parameters } = await writeEncoderGraph(snapshot, modules, { lowerings });
    const session = await openSession({ model, externalFolder, threads, executionProvider: { name: "cpu" } });
    const loadSeconds = (performance.now() - began) / 1000;
    const run = () => session.run(feedsOf(names, modules[0].config.vocab_size), [names.embedding]);
    await run();
    answer({ loadSeconds, graph: model.length, parameters });
    for await (const request of createInterface({ input: process.stdin })) {
      if (JSON.parse(request) === "peak") answer({ peak: peakBytes() });
      else answer({ seconds: await secondsOf(run) });
    }
    await session.close();
  } catch (error) {
    answer({ error: error.message });
  }
}

/** Makes ids spread over the vocabulary, all rows of full length. */
function feedsOf(names, vocabulary) {
  const dims = [texts, tokens];
  const ids = Int32Array.from({ length: texts * tokens }, (_, i) => (i * 7919 + 17) % vocabulary);
  return { [names.ids]: { data: ids, dims }, [names.mask]: { data: new Int32Array(ids.length).fill(1), dims } };
}

async function secondsOf(work) {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** Returns the median over the rounds of our speed by the reference's in the same round. */
function ratioOf({ ours, reference }) {
  return median(ours.map((speed, round) => speed / reference[round]));
}

function faultsOf({ shape, error, memory, speeds }) {
  if (error) return [`${shape.name}: ${error}`];
  const faults = memory > memoryBound ? [`${shape.name}: peak memory is ${memory.toFixed(2)} × the weights`] : [];
  const slow = shape.name.startsWith("Tarka") && speeds.reference.length > 0 && ratioOf(speeds) < speedBound;
  return slow ? [...faults, `${shape.name}: ${ratioOf(speeds).toFixed(2)} × transformers' speed`] : faults;
}

/** Names the machine and the versions behind the figures. */
function headingOf(rows) {
  const about = rows.find((row) => row.about)?.about;
  const versions = about ? `transformers ${about.transformers}, torch ${about.torch}` : "no transformers at hand";
  return `${cpus()[0].model}, threads: ${threads}, rounds: ${values.rounds}, ${versions}.`;
}

function tableOf(rows) {
  const head = [
    "shape",
    "layers",
    "parameters",
    "weights",
    "graph",
    "load",
    "peak memory / weights",
    "tokens/s",
    "transformers",
    "ratio",
  ];
  const lines = rows.map((row) => [row.shape.name, layersText(row.shape), ...cellsOf(row)]);
  return textTable(head, lines);
}

function layersText({ config, layers }) {
  const own = layersIn(config);
  return layers === undefined ? String(own) : `${own} of ${layers}`;
}

function cellsOf({ shape, error, parameters, weights, graph, loadSeconds, memory, speeds }) {
  if (error)
    return [
      fullParameters(shape).toLocaleString("en"),
      "—",
      "—",
      "—",
      "—",
      "not measured: the family has no graph",
      "—",
      "—",
    ];
  const compared = speeds.reference.length > 0;
  const speed = (numbers) => Math.round(median(numbers)).toLocaleString("en");
  return [
    parameters.toLocaleString("en"),
    `${Math.round(weights / 1e6).toLocaleString("en")} MB`,
    `${Math.round(graph / 1e3)} kB`,
    `${loadSeconds.toFixed(2)} s`,
    `${memory.toFixed(2)} ×`,
    speed(speeds.ours),
    compared ? speed(speeds.reference) : "—",
    compared ? `${ratioOf(speeds).toFixed(2)} ×` : "—",
  ];
}
