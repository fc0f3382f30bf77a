/**
 * `npm run bench -- profile [MODELS…] [--folder FOLDER] [--threads N] [--runs N] [--write]`: where the time of a model's
 * graph goes, in fp32 and int8, for long texts and for short ones. A node counts with its fastest run, so that other work
 * on the machine counts little. Products are told in operations per second beside a bare product of the same kind, which
 * is measured in the same process. Models are all-MiniLM-L6-v2, where the hub's folder has it, and shapes of
 * `shape-repositories.mjs`, whose made-up weights FOLDER keeps. --write puts the table into docs/measurements/profile.md.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { putBetween, textTable } from "./marked-text.mjs";
import { built } from "./prepare.mjs";
import { shapes, writeRepository } from "./shape-repositories.mjs";
import { multiplyAdds, nodesIn } from "./work/products.mjs";

const miniLm = "sentence-transformers/all-MiniLM-L6-v2";
const usual = [miniLm, "Tarka-Embedding-150M-V1", "Tarka-Embedding-350M-V1", "multilingual-e5-large"];
/** Texts and tokens of each. */
const batches = [
  [8, 128],
  [64, 16],
];
const precisions = ["fp32", "int8"];
/** Rows, width and outputs of the bare product. */
const bare = [1024, 768, 3072];
const products = ["FusedMatMul", "MatMulIntegerToFloat"];
/** Operators of a graph that are told by name. */
const named = 7;

export async function benchProfile(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      folder: { type: "string" },
      threads: { type: "string", default: "1" },
      runs: { type: "string", default: "5" },
      write: { type: "boolean", default: false },
    },
  });
  const settings = { threads: Number(values.threads), runs: Number(values.runs) };
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), "pramana-profile-shapes-"));
  const rows = [];
  try {
    const limits = {};
    for (const precision of precisions) limits[precision] = await bareSpeed(precision, settings);
    for (const model of positionals.length > 0 ? positionals : usual) {
      const repository = repositoryOf(model, folder);
      for (const precision of precisions) {
        const graph = await graphOf(repository, precision);
        for (const batch of batches) {
          console.error(`${model}, ${precision}, ${batch.join(" × ")} …`);
          rows.push({
            model,
            precision,
            batch,
            limit: limits[precision],
            nodes: await nodesOf(graph, batch, settings),
          });
        }
      }
    }
    const table = `${headingOf(limits, settings)}\n\n${tableOf(rows)}`;
    console.log(table);
    if (values.write) putBetween("docs/measurements/profile.md", ["<!-- profile -->", "<!-- /profile -->"], table);
  } finally {
    if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns a model's name or folder; the repository of a shape is written where it is not there yet. */
function repositoryOf(model, folder) {
  const shape = shapes.find(({ name }) => name === model);
  if (shape === undefined) return model;
  const repository = join(folder, shape.name);
  if (!existsSync(join(repository, "modules.json"))) writeRepository(repository, shape);
  return repository;
}

/** Writes a repository's graph as models are opened with on the processor. */
async function graphOf(id, precision) {
  const { hubSettings, openSnapshot } = await built("datasets/hub.js");
  const { names, writeEncoderGraph } = await built("models/graph/pipeline.js");
  const { readRepository } = await built("models/repository/repository.js");
  const { formatOf, providerOf } = await built("models/runtime/providers/index.js");
  const snapshot = await openSnapshot({ kind: "model", id }, hubSettings(process.env));
  const { modules } = await readRepository(snapshot);
  const lowerings = await providerOf("cpu").lowerings?.();
  const written = await writeEncoderGraph(snapshot, modules, { format: formatOf(precision, "cpu"), lowerings });
  return { ...written, names, vocabulary: modules[0].config.vocab_size };
}

/** Runs a batch of full rows under ONNX Runtime's profiler and returns its nodes. */
async function nodesOf({ model, externalFolder, names, vocabulary }, [texts, tokens], settings) {
  const dims = [texts, tokens];
  const feeds = () => ({
    [names.ids]: { data: Int32Array.from({ length: texts * tokens }, (_, i) => (i * 7919 + 17) % vocabulary), dims },
    [names.mask]: { data: new Int32Array(texts * tokens).fill(1), dims },
    [names.types]: { data: new Int32Array(texts * tokens), dims },
  });
  return profiled({ model, externalFolder }, feeds, names.embedding, settings);
}

/** Returns the speed of one product of that precision, in 1e9 operations per second. */
async function bareSpeed(precision, settings) {
  const { createGraph } = await built("models/graph/builder.js");
  const { project } = await built("models/graph/layers.js");
  const { formatOf } = await built("models/runtime/providers/index.js");
  const [rows, width, out] = bare;
  const graph = createGraph();
  const x = graph.input("x", "float", [rows, width]);
  const weight = graph.floats(
    Array.from({ length: out * width }, (_, i) => Math.sin(i)),
    [out, width],
  );
  graph.output(project(graph.in(formatOf(precision, "cpu")), x, { weight }), "y", [rows, out]);
  const values = () => Float32Array.from({ length: rows * width }, (_, i) => Math.cos(i));
  const feeds = () => ({ x: { data: values(), dims: [rows, width] } });
  const nodes = await profiled(await graph.serialize(), feeds, "y", { ...settings, runs: 20 });
  return speedOf(nodes.filter(isProduct));
}

/** Returns the nodes of a graph, each with the microseconds of its fastest run and the operations of a product. */
async function profiled(graph, feeds, output, { threads, runs }) {
  const { openSession } = await built("models/runtime/session.js");
  const session = await openSession({ ...graph, threads, executionProvider: { name: "cpu" }, profiled: true });
  for (let run = 0; run < runs; run++) await session.run(feeds(), [output]);
  const ran = nodesIn(await session.profile());
  await session.close();
  const nodes = new Map();
  for (const node of ran) {
    const { index, micros } = node;
    const found = nodes.get(index);
    if (found === undefined) nodes.set(index, { type: node.type, micros, operations: operationsOf(node) });
    else found.micros = Math.min(found.micros, micros);
  }
  return [...nodes.values()];
}

const isProduct = ({ type }) => products.includes(type);
/** Counts the operations of a product; those of other operators are not told. */
const operationsOf = (node) => (isProduct(node) ? 2 * multiplyAdds(node.type, node.inputs, node.outputs) : 0);

const total = (nodes, key) => nodes.reduce((sum, node) => sum + node[key], 0);
/** Returns 1e9 operations per second. */
const speedOf = (nodes) => total(nodes, "operations") / total(nodes, "micros") / 1e3;

function headingOf(limits, { threads, runs }) {
  const [rows, width, out] = bare.map((size) => size.toLocaleString("en"));
  const speeds = precisions.map((precision) => `${precision} ${Math.round(limits[precision])}`).join(", ");
  return `${cpus()[0].model}, threads: ${threads}, runs: ${runs}. Bare product of ${rows} × ${width} by ${width} × ${out}, GOP/s: ${speeds}.`;
}

function tableOf(rows) {
  const head = [
    "model",
    "tokens",
    "precision",
    "ms",
    "tokens/s",
    "products",
    "GOP/s",
    "of the bare one",
    "other operators",
  ];
  const lines = rows.map(({ model, batch, precision, limit, nodes }) => {
    const micros = total(nodes, "micros");
    const multiplying = nodes.filter(isProduct);
    const share = (part) => `${((100 * part) / micros).toFixed(1)} %`;
    return [
      model.split("/").at(-1),
      batch.join(" × "),
      precision,
      (micros / 1e3).toFixed(micros < 1e6 ? 1 : 0),
      Math.round((batch[0] * batch[1] * 1e6) / micros).toLocaleString("en"),
      share(total(multiplying, "micros")),
      Math.round(speedOf(multiplying)),
      `${Math.round((100 * speedOf(multiplying)) / limit)} %`,
      othersOf(nodes)
        .map(([type, part]) => `${type} ${share(part)}`)
        .join(", "),
    ];
  });
  return textTable(head, lines);
}

/** Returns the operators besides products that take longest, with their microseconds. */
function othersOf(nodes) {
  const byType = new Map();
  for (const node of nodes) {
    if (!isProduct(node)) byType.set(node.type, (byType.get(node.type) ?? 0) + node.micros);
  }
  return [...byType].sort(([, a], [, b]) => b - a).slice(0, named);
}
