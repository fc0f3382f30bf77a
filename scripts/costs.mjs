/**
 * `node scripts/costs.mjs [--folder FOLDER] [--only quality|latency|table] [--write]` makes the table of docs/measurements/kinds.md:
 * what retrieval by words, by vectors, by both, with a reranker, and by the vectors of tokens finds, keeps and takes.
 * Quality and bytes are those of whole runs over TrecQA (from the reference material, ../shared); latency is that of one
 * query at a time over made-up documents whose index is in memory. --write puts the table into the page.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { median } from "./figures.mjs";
import { findMiniLm, writeLateInteraction, writeReranker } from "./made-up-kinds.mjs";
import { makeTexts } from "./made-up-texts.mjs";
import { numberTable, putBetween } from "./marked-text.mjs";
import { built, offline, prepare, referenceMaterial, root } from "./prepare.mjs";
import { drawValues } from "./random.mjs";

const { values } = parseArgs({
  options: { folder: { type: "string" }, only: { type: "string" }, write: { type: "boolean", default: false } },
});
prepare();
const shared = referenceMaterial("the table of costs");
process.env.HF_HUB_CACHE ??= join(shared, "hub");
process.env.HF_HUB_OFFLINE = "1";
const task = "TrecQARetrieval";
const dense = "sentence-transformers/all-MiniLM-L6-v2";
const isStatic = "pramana/static-minilm-128";
const tokenDims = 128;
const candidates = 100;
const sizes = [1000, 100_000];
const timedQueries = 30;
const folder = values.folder ?? mkdtempSync(join(tmpdir(), "pramana-costs-"));
const made = { reranker: join(folder, "minilm-reranker"), late: join(folder, "minilm-late") };

/** The rows of the table; `cost` names what its latency is made of, in the order in which a query meets it. */
const rows = [
  { name: "BM25", run: ["--model", "bm25"], cost: ["words"] },
  { name: "static", run: ["--model", isStatic], cost: ["static"] },
  { name: "dense", run: ["--model", dense], cost: ["dense"] },
  { name: "dense, 8 bits a value", run: ["--model", dense, "--quantize", "int8"] },
  { name: "hybrid, BM25 + dense", run: ["--model", `bm25+${dense}`, "--fusion", "rrf"], cost: ["words", "dense"] },
  {
    name: `static, best ${candidates} reranked by dense`,
    run: ["--model", dense, "--first-stage", isStatic, "--top-k", String(candidates)],
    cost: ["static", "candidates"],
    indexOf: "static",
  },
  // A head that was not trained finds nothing; what it takes is that of one that was.
  { name: `dense, best ${candidates} reranked by a cross-encoder`, cost: ["dense", "pairs"], indexOf: "dense" },
  { name: "late interaction", run: ["--model", made.late], cost: ["tokens"] },
];

try {
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(made.late, "modules.json"))) {
    const source = await findMiniLm();
    writeReranker(made.reranker, source);
    writeLateInteraction(made.late, source, tokenDims);
  }
  const isAsked = (step) => values.only === undefined || values.only === step;
  if (isAsked("quality")) rows.forEach(runTask);
  const latencyFile = join(folder, "latency.json");
  if (isAsked("latency")) writeFileSync(latencyFile, JSON.stringify(await measureLatency()));
  if (isAsked("table")) {
    const table = tableOf(existsSync(latencyFile) ? JSON.parse(readFileSync(latencyFile, "utf8")) : undefined);
    console.log(table);
    if (values.write) putBetween("docs/measurements/kinds.md", ["<!-- costs -->", "<!-- /costs -->"], table);
  }
} finally {
  if (values.folder === undefined) rmSync(folder, { recursive: true });
}

/** Runs the task for a row, unless its result is stored. */
function runTask({ name, run }, i) {
  if (run === undefined) return;
  const args = [join(root, "dist/cli.js"), "run", ...run, "--task-file", offline.file, "--tasks", task];
  const { status, stderr } = spawnSync(process.execPath, [...args, "--results", join(folder, `results-${i}`)], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${name}: ${stderr}`);
}

/** Returns the stored result of a row's run. */
function resultOf(i) {
  const results = join(folder, `results-${i}`);
  const [file] = readdirSync(results, { recursive: true }).filter((path) => String(path).endsWith(`${task}.json`));
  return JSON.parse(readFileSync(join(results, String(file)), "utf8"));
}

/** Measures each part of a query's way, in milliseconds by the number of documents. */
async function measureLatency() {
  const { openKernels } = await built("models/runtime/ort-kernels.js");
  const { hubSettings, openSnapshot } = await built("datasets/hub.js");
  const { openByKind } = await built("models/kinds.js");
  const { pythonRandom } = await built("datasets/random/python.js");
  const threads = availableParallelism();
  const open = async (id) =>
    openByKind(await openSnapshot({ kind: "model", id }, hubSettings(process.env)), { device: "cpu", threads });
  const kernels = await openKernels({ threads });
  const random = pythonRandom(11);
  const texts = makeTexts(Math.max(...sizes), random);
  const queries = makeTexts(timedQueries + 3, random);
  const parts = { words: searchWords, static: searchVectors, dense: searchVectors, tokens: searchTokens };
  const ids = { static: isStatic, dense, tokens: made.late };
  const found = {};
  for (const [part, search] of Object.entries(parts)) {
    const model = ids[part] === undefined ? undefined : await open(ids[part]);
    found[part] = [];
    for (const size of sizes) {
      const documents = texts.slice(0, size);
      found[part].push(await timePerQuery(queries, await search(documents, kernels, model)));
    }
    if (part === "dense") {
      const milliseconds = await timePerQuery(queries, (query) => model.encode([query, ...texts.slice(0, candidates)]));
      found.candidates = sizes.map(() => milliseconds);
    }
    await model?.close();
  }
  const reranker = await open(made.reranker);
  const pair = (query) => reranker.score(texts.slice(0, candidates).map((text) => [query, text]));
  const milliseconds = await timePerQuery(queries, pair);
  found.pairs = sizes.map(() => milliseconds);
  await reranker.close();
  await kernels.close();
  return { found, machine: `${cpus()[0].model}, ${threads} threads` };
}

/** Returns the median of the milliseconds that queries take, one after the other; the first three warm up. */
async function timePerQuery(queries, run) {
  const times = [];
  for (const query of queries) {
    const began = performance.now();
    await run(query);
    times.push(performance.now() - began);
  }
  return median(times.slice(3));
}

async function searchWords(documents) {
  const { createBm25 } = await built("models/lexical/index.js");
  const { bestDocuments } = await built("tasks/protocols/rank-by-words.js");
  const corpus = await createBm25().index(documents, { languages: ["eng-Latn"] });
  const ids = documents.map((_, row) => `d${row}`);
  const descending = Uint32Array.from(ids.keys()).sort((a, b) => (ids[a] < ids[b] ? 1 : -1));
  return (query) => bestDocuments(corpus.score(query), candidates, ids, descending);
}

/** Made-up vectors stand for those of the documents: what is searched takes as long. */
async function searchVectors(documents, kernels, model) {
  const { openBest } = await built("tasks/search/exact.js");
  const { dims } = model.info;
  const held = await kernels.hold({ data: drawValues(documents.length * dims), rows: documents.length, dims });
  return async (query) => {
    const products = await held.product(await model.encode([query], { role: "query" }));
    const best = openBest({ count: 1, k: candidates, idOf: (row) => `d${row}` });
    best.enter({ data: products.data, rows: documents.length, dims: 1 });
    return best.best(0);
  };
}

async function searchTokens(documents, kernels, model) {
  const { openBest } = await built("tasks/search/exact.js");
  const { maxSim } = await built("tasks/search/max-sim.js");
  const { dims } = model.info;
  const starts = new Int32Array(documents.length + 1);
  // A token for each word, and three around a text.
  documents.forEach((text, row) => {
    starts[row + 1] = starts[row] + text.split(" ").length + 3;
  });
  const rows = starts[documents.length];
  const held = { vectors: { data: drawValues(rows * dims), rows, dims }, starts };
  return async (query) => {
    const asked = await model.encode([query], { role: "query" });
    const best = openBest({ count: 1, k: candidates, idOf: (row) => `d${row}` });
    best.enter(await maxSim(asked, held, "maxsim", kernels));
    return best.best(0);
  };
}

/** Makes the table; where latency was not measured there are dashes. */
function tableOf(latency) {
  const heading = [
    "by",
    "nDCG@10",
    "bytes per document",
    ...sizes.map((size) => `ms, ${size.toLocaleString("en")} documents`),
  ];
  const indexed = (name) => rows.findIndex(({ cost = [] }) => cost.length === 1 && cost[0] === name);
  const lines = rows.map(({ name, run, cost, indexOf }, i) => {
    const score = run === undefined ? "—" : (resultOf(i).scores.test[0].ndcg_at_10 * 100).toFixed(2);
    const bytes = resultOf(indexOf === undefined ? i : indexed(indexOf)).pramana_run.bytes_per_document;
    const times = sizes.map((_, at) => latency && cost?.reduce((sum, part) => sum + latency.found[part][at], 0));
    return [
      name,
      score,
      Math.round(bytes).toLocaleString("en"),
      ...times.map((ms) => (ms === undefined ? "—" : Number(ms.toPrecision(3)).toLocaleString("en"))),
    ];
  });
  const text = numberTable(heading, lines);
  if (latency === undefined) return `${text}\n\nLatency was not measured.`;
  return `${text}\n\n${latency.machine}, ONNX Runtime in fp32; medians of ${timedQueries} queries, one at a time.`;
}
