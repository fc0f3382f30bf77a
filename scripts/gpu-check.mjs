/**
 * `node scripts/gpu-check.mjs [--model ID-OR-FOLDER] [--precision fp16] [--texts 4096] [--rounds 5]` shows on a machine
 * with a GPU that the CUDA provider runs every node of the graph, that its vectors agree with those of the processor in
 * fp32, and how many texts a second it encodes beside sentence-transformers in the same precision on the same card, of
 * which several batch sizes are tried (PYTHON names a Python that has it). Without --model it takes models in the shape
 * of Tarka's two with made-up weights. Ends with status 1 where one of these does not hold, and where there is no GPU.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { cosines, median } from "./figures.mjs";
import { pythonFor, startJsonLines } from "./json-lines.mjs";
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
  const { makeLoadable, shapes, writeRepository } = await import("./shape-repositories.mjs");
  for (const shape of shapes.filter(({ name }) => name.startsWith("Tarka"))) {
    const folder = mkdtempSync(join(tmpdir(), "pramana-gpu-"));
    try {
      writeRepository(folder, shape);
      makeLoadable(folder, join(root, "models/fixtures/bert-cls"));
      console.log(`\n${shape.name}, made-up weights`);
      await checkModel(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
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
  const least = Math.min(...cosines(found.data, expected.data, found.dims));
  check(least >= leastCosine[precision], `cosine with fp32 on the processor at least ${least.toFixed(6)}`);
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

/** Starts sentence-transformers on the same card. */
async function sentenceTransformers(snapshot) {
  const python = pythonFor("sentence-transformers", "sentence_transformers");
  if (python === undefined) return undefined;
  const file = await snapshot.resolve(existsSync(join(snapshot.id, "modules.json")) ? "modules.json" : "config.json");
  const asked = { backend: "torch", folder: dirname(file), precision, device: "cuda:0" };
  const reference = startJsonLines(python, [join(root, "scripts/bench_reference.py"), JSON.stringify(asked)]);
  const { error } = await reference.next();
  if (error !== undefined) throw new Error(`sentence-transformers: ${error}`);
  await reference.next({ texts });
  const runs = referenceBatches.map((batch) => async () => (await reference.next({ batch })).seconds);
  return { runs, close: reference.end };
}
