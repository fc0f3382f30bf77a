/**
 * `node scripts/gpu-check.mjs [--model ID-OR-FOLDER] [--precision fp16] [--texts 4096] [--rounds 5]` shows on a machine
 * with a GPU that the CUDA provider runs every node of the graph, that its vectors agree with those of the processor in
 * fp32, and how many texts a second it encodes beside sentence-transformers in the same precision on the same card, of
 * which several batch sizes are tried (PYTHON names a Python that has it). Without --model it takes models in the shape
 * of Tarka's two with made-up weights. Ends with status 1 where one of these does not hold, and where there is no GPU.
 */
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { median } from "./figures.mjs";
import { makeTexts } from "./made-up-texts.mjs";
import { built, prepare, root } from "./prepare.mjs";

/** Least cosine of a text's vectors in this and in full precision. */
const leastCosine = { fp32: 0.99999, fp16: 0.999, bf16: 0.999 };
/** Least speed, in sentence-transformers' texts per second. */
const leastRatio = 1.2;
const referenceBatches = [32, 128, 512];

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    precision: { type: "string", default: "fp16" },
    texts: { type: "string", default: "4096" },
    rounds: { type: "string", default: "5" },
  },
});
const { precision } = values;

prepare();
const cli = join(root, "dist/cli.js");
if (spawnSync(process.execPath, [cli, "doctor", "--device", "cuda"], { stdio: "inherit" }).status !== 0) {
  console.log("gpu-check: --device cuda cannot work on this machine, so nothing was checked; the list above says why");
  process.exit(1);
}
// Sets what CUDA reads from the environment alone, as the command does.
const { prepareEnvironment } = await built("models/runtime/providers/index.js");
prepareEnvironment(process.env);
const { hubSettings, openSnapshot } = await built("datasets/hub.js");
const { pythonRandom } = await built("datasets/random/python.js");
const { openRepository } = await built("models/index.js");
const texts = makeTexts(Number(values.texts), pythonRandom(42));
const faults = [];
const check = (holds, text) => {
  console.log(`${holds ? "✓" : "✗"} ${text}`);
  if (!holds) faults.push(text);
};

if (values.model !== undefined) await checkModel(values.model);
else await checkShapes();
console.log(faults.length === 0 ? "gpu-check: all holds" : `gpu-check: ${faults.length} do not hold`);
process.exitCode = faults.length === 0 ? 0 : 1;

async function checkShapes() {
  const { shapes, writeRepository } = await import("./shape-repositories.mjs");
  for (const shape of shapes.filter(({ name }) => name.startsWith("Tarka"))) {
    const folder = mkdtempSync(join(tmpdir(), "pramana-gpu-"));
    try {
      writeRepository(folder, shape);
      makeLoadable(folder);
      console.log(`\n${shape.name}, made-up weights`);
      await checkModel(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

/** Adds a tokenizer and modules' names for sentence-transformers; any tokenizer does, since no meaning of ids matters. */
function makeLoadable(folder) {
  for (const file of ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"])
    copyFileSync(join(root, "models/fixtures/bert-cls", file), join(folder, file));
  const list = join(folder, "modules.json");
  const modules = JSON.parse(readFileSync(list, "utf8"));
  writeFileSync(list, JSON.stringify(modules.map((module, i) => ({ name: String(i), ...module }))));
}

async function checkModel(id) {
  const snapshot = await openSnapshot({ kind: "model", id }, hubSettings(process.env));
  const left = [];
  const settings = { threads: availableParallelism(), warn: (text) => left.push(text) };
  const began = performance.now();
  const onGpu = await openRepository(snapshot, { ...settings, device: "cuda:0", precision });
  console.log(`opened in ${((performance.now() - began) / 1000).toFixed(1)} s, the search for a batch size included`);
  try {
    check(onGpu.info.precision === precision, `computes in ${precision} (${onGpu.info.precision})`);
    check(left.length === 0, `the CUDA provider runs every node with data${left.length === 0 ? "" : `: ${left}`}`);
    await checkAgreement(snapshot, onGpu, settings);
    await checkSpeed(snapshot, onGpu);
  } finally {
    await onGpu.close();
  }
}

async function checkAgreement(snapshot, onGpu, settings) {
  const some = texts.slice(0, 64);
  const onCpu = await openRepository(snapshot, { ...settings, device: "cpu", precision: "fp32" });
  const expected = await onCpu.encode(some);
  await onCpu.close();
  const found = await onGpu.encode(some);
  const cosines = some.map((_, row) => cosine(rowOf(found, row), rowOf(expected, row)));
  const least = Math.min(...cosines);
  check(least >= leastCosine[precision], `cosine with fp32 on the processor at least ${least.toFixed(6)}`);
}

function rowOf({ data, dims }, row) {
  return data.subarray(row * dims, (row + 1) * dims);
}

function cosine(a, b) {
  const dot = (x, y) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

async function checkSpeed(snapshot, onGpu) {
  const ours = async () => {
    const began = performance.now();
    await onGpu.encode(texts);
    return (performance.now() - began) / 1000;
  };
  const reference = await sentenceTransformers(snapshot);
  if (reference === undefined) return;
  // The first round of each is not counted: kernels are chosen and memory is claimed in it.
  for (const run of [ours, ...reference.runs]) await run();
  const seconds = [ours, ...reference.runs].map(() => []);
  for (let round = 0; round < Number(values.rounds); round++)
    for (const [i, run] of [ours, ...reference.runs].entries()) seconds[i].push(await run());
  reference.close();
  const speeds = seconds.map((of) => texts.length / median(of));
  console.log(`pramana: ${speeds[0].toFixed(0)} texts/s (median of ${values.rounds} rounds, in turns)`);
  for (const [i, batch] of referenceBatches.entries())
    console.log(`sentence-transformers, ${batch} a batch: ${speeds[i + 1].toFixed(0)} texts/s`);
  const ratio = speeds[0] / Math.max(...speeds.slice(1));
  check(ratio >= leastRatio, `${ratio.toFixed(2)} × the fastest of sentence-transformers, ${leastRatio} × was to be`);
}

/** Starts sentence-transformers on the same card; each line asks for a round and is answered with its seconds. */
async function sentenceTransformers(snapshot) {
  const python = process.env.PYTHON ?? "python3";
  if (spawnSync(python, ["-c", "import sentence_transformers"], { stdio: "ignore" }).status !== 0) {
    console.log(`sentence-transformers: not found for ${python} (PYTHON names another), so speed was not compared`);
    return undefined;
  }
  const file = await snapshot.resolve(existsSync(join(snapshot.id, "modules.json")) ? "modules.json" : "config.json");
  const folder = file.replace(/(modules|config)\.json$/, "");
  const script = join(root, "scripts/bench_reference.py");
  const child = spawn(python, [script, folder, "cuda:0", precision], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.write(`${JSON.stringify(texts)}\n`);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const runs = referenceBatches.map((batch) => async () => {
    child.stdin.write(`${batch}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error("sentence-transformers ended early; its message is above");
    return Number(value);
  });
  return { runs, close: () => child.stdin.end() };
}
