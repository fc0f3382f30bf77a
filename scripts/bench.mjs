/**
 * `npm run bench [-- TEXTS]` measures texts per second of all-MiniLM-L6-v2, or of the built-in model without it, beside
 * a bare loop over session.run with the same batches and, where Python has sentence-transformers, beside that. The
 * rounds take turns, so that a machine that changes its speed changes it for all. `npm run bench -- evaluators`
 * measures the steps after encoding (`bench-evaluators.mjs`), `-- labels` classification by its number of labels
 * (`bench-labels.mjs`), `-- commands` whole commands (`bench-commands.mjs`), `-- rerankers` a cross-encoder's pairs
 * (`bench-rerankers.mjs`), `-- peers` other programs that turn texts into vectors (`bench-peers.mjs`),
 * `-- profile` the operators of a model's graph (`bench-profile.mjs`).
 */
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { median } from "./figures.mjs";
import { pythonFor, startJsonLines } from "./json-lines.mjs";
import { makeTexts } from "./made-up-texts.mjs";
import { built, prepare, root } from "./prepare.mjs";

prepare();
/** The other benches by the word that names them. */
const benches = {
  evaluators: async (args) => (await import("./bench-evaluators.mjs")).benchEvaluators(args),
  labels: async (args) => (await import("./bench-labels.mjs")).benchLabels(args),
  commands: async (args) => (await import("./bench-commands.mjs")).benchCommands(args),
  rerankers: async (args) => (await import("./bench-rerankers.mjs")).benchRerankers(args.map(Number)),
  peers: async (args) => (await import("./bench-peers.mjs")).benchPeers(args),
  profile: async (args) => (await import("./bench-profile.mjs")).benchProfile(args),
};
const bench = benches[process.argv[2]];
if (bench !== undefined) {
  await bench(process.argv.slice(3)).catch((error) => {
    if (!String(error.code).startsWith("ERR_PARSE_ARGS")) throw error;
    console.error(`${error.message}; scripts/bench-${process.argv[2]}.mjs begins with what it takes`);
    process.exit(2);
  });
  process.exit();
}
const { hubSettings, openSnapshot } = await built("datasets/hub.js");
const { openRepository } = await built("models/index.js");
const { planBatches, toBatch } = await built("models/batching.js");
const { names, writeEncoderGraph } = await built("models/graph/pipeline.js");
const { readRepository } = await built("models/repository/repository.js");
const { providerOf } = await built("models/runtime/providers/index.js");
const { openTokenizer } = await built("models/tokenizer/tokenizer.js");
const { pythonRandom } = await built("datasets/random/python.js");
const { InferenceSession, Tensor } = await import("onnxruntime-node");

const rounds = 5;
const threads = availableParallelism();
const count = Number(process.argv[2] ?? 1000);
const snapshot = await findModel();
const texts = makeTexts(count, pythonRandom(42));
console.log(
  `${snapshot.id}, ${count} made-up texts of 3 to 60 words, ${threads} threads, ${rounds} rounds, median (min to max)`,
);

const contenders = [await pramana(), await bareLoop(), await sentenceTransformers()].filter(Boolean);
for (const { run } of contenders) await run();
const speeds = contenders.map(() => []);
for (let round = 0; round < rounds; round++) {
  for (const [i, { run }] of contenders.entries()) speeds[i].push(count / (await run()));
}
for (const [i, { name }] of contenders.entries()) {
  const ratio = median(speeds[0].map((speed, round) => speed / speeds[i][round]));
  const spread = `${median(speeds[i]).toFixed(0)} texts/s (${Math.min(...speeds[i]).toFixed(0)} to ${Math.max(...speeds[i]).toFixed(0)})`;
  console.log(`${name.padEnd(33)} ${i > 0 ? `${spread.padEnd(31)} pramana is at ${ratio.toFixed(2)} ×` : spread}`);
}
for (const { close } of contenders) await close();

async function findModel() {
  const settings = hubSettings(process.env);
  const open = async (id) => {
    const found = await openSnapshot({ kind: "model", id }, settings);
    await readRepository(found);
    return found;
  };
  return open("sentence-transformers/all-MiniLM-L6-v2").catch((error) => {
    console.error(`${error.message}\nusing the built-in model instead`);
    return open("pramana/static-minilm-128");
  });
}

async function seconds(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function pramana() {
  const encoder = await openRepository(snapshot, { device: "cpu", threads });
  return { name: "pramana, from text", run: () => seconds(() => encoder.encode(texts)), close: () => encoder.close() };
}

/** Runs the same graph on the same batches, from tokens, and nothing else. */
async function bareLoop() {
  const { modules } = await readRepository(snapshot);
  const [first] = modules;
  const isStatic = first.type === "StaticEmbedding";
  const tokenizer = await openTokenizer(snapshot, {
    folder: first.folder,
    specialTokens: !isStatic,
    maxTokens: first.maxTokens,
  });
  const tokens = await tokenizer.encode(texts);
  const { tokenBudgets } = await built("models/open-modules.js");
  const batches = planBatches(
    tokens.map(({ ids }) => ids.length),
    tokenBudgets[first.type],
  ).map((members) => toBatch(members, tokens, tokenizer.padId));
  const lowerings = await providerOf("cpu").lowerings();
  const { model, externalFolder } = await writeEncoderGraph(snapshot, modules, { lowerings });
  const extra = externalFolder ? { session: { model_external_initializers_file_folder_path: externalFolder } } : {};
  const session = await InferenceSession.create(model, { intraOpNumThreads: threads, extra });
  const run = () =>
    seconds(async () => {
      for (const { ids, mask, members, width } of batches) {
        const dims = [members.length, width];
        await session.run({
          [names.ids]: new Tensor("int32", ids, dims),
          [names.mask]: new Tensor("int32", mask, dims),
        });
      }
    });
  return { name: "bare session.run, tokens ready", run, close: () => session.release() };
}

/** Starts sentence-transformers in a process of its own. */
async function sentenceTransformers() {
  const python = pythonFor("sentence-transformers", "sentence_transformers");
  if (python === undefined) return undefined;
  const folder = dirname(await snapshot.resolve("modules.json"));
  const asked = { backend: "torch", folder, precision: "fp32", device: "cpu" };
  const reference = startJsonLines(python, [join(root, "scripts/bench_reference.py"), JSON.stringify(asked)], {
    stderr: "ignore",
  });
  const { error } = await reference.next();
  if (error !== undefined) throw new Error(`sentence-transformers: ${error}`);
  await reference.next({ texts });
  const run = async () => (await reference.next({ batch: 32 })).seconds;
  return { name: "sentence-transformers, 32 a batch", run, close: reference.end };
}
