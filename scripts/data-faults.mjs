/**
 * `node scripts/data-faults.mjs [--write] [--keep]` plants faults in real data sets, one after the other, and asks `pramana check`
 * what is wrong with the data. What it tells of the data as they were before does not count: of the kinds that it tells more
 * often than before, by half of what was planted or more, the first is to be the right one. Prints a table; ends with 1 where
 * fewer than nine tenths are. Data and models are those of the reference material (../shared). `--write` puts the table into
 * docs/data-quality.md.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { faults } from "./data-faults/faults.mjs";
import { putBetween, textTable } from "./marked-text.mjs";
import { openOffline } from "./offline-program.mjs";
import { built } from "./prepare.mjs";

const { scratch, settings, pramana } = openOffline("data-faults");

const { openDataset } = await built("datasets/load.js");
const { hubSettings } = await built("datasets/settings.js");

/** Reads a split of a repository as a list of rows with some of its columns. */
async function rowsOf(id, revision, config, split, columns) {
  const dataset = await openDataset({ id, revision }, hubSettings(settings.env));
  const table = await dataset.read(config, split);
  return Array.from({ length: table.rows }, (_, row) =>
    Object.fromEntries(columns.map((name) => [name, table.columns[name].at(row)])),
  );
}

/** The twelve first classes of Banking77. */
async function banking() {
  const of = (split) =>
    rowsOf("mteb/banking77", "0fd18e25b25c072e09e0d92ab615fda904d66300", "default", split, ["text", "label"]);
  const few = (rows) => rows.filter(({ label }) => label < 12);
  return { type: "Classification", files: { train: few(await of("train")), test: few(await of("test")) } };
}

async function sts() {
  const of = (split) =>
    rowsOf("mteb/stsbenchmark-sts", "b0fddb56ed78048fa8b90373c8a3cfc37b684831", "default", split, [
      "sentence1",
      "sentence2",
      "score",
    ]);
  return {
    type: "STS",
    settings: { columns: ["sentence1", "sentence2"], minScore: 0, maxScore: 5 },
    files: { train: (await of("train")).slice(0, 2000), test: await of("test") },
  };
}

/** The first sixty queries of TrecQA with their documents, and every eighth of the others. */
async function search() {
  const of = (config, columns) =>
    rowsOf("pramana/trecqa-retrieval", "edc7b9e7d01c7fc3a3090c19cf43739a90d6d9c4", config, "test", columns);
  const queries = (await of("queries", ["_id", "text"])).slice(0, 60);
  const ids = new Set(queries.map(({ _id }) => _id));
  const qrels = (await of("default", ["query-id", "corpus-id", "score"])).filter((one) => ids.has(one["query-id"]));
  const judged = new Set(qrels.map((one) => one["corpus-id"]));
  const corpus = (await of("corpus", ["_id", "text"])).filter(({ _id }, row) => judged.has(_id) || row % 8 === 0);
  return { type: "Retrieval", files: { corpus, queries, qrels } };
}

const bases = { banking: await banking(), sts: await sts(), search: await search() };
const modelsFor = {
  banking: ["pramana/static-minilm-128", "sentence-transformers/all-MiniLM-L6-v2"],
  sts: ["pramana/static-minilm-128", "sentence-transformers/all-MiniLM-L6-v2"],
  search: ["pramana/static-minilm-128", "sentence-transformers/all-MiniLM-L6-v2", "bm25"],
};

const card = (files) => {
  if (!files.corpus) {
    const parts = Object.keys(files).map((split) => `  - split: ${split}\n    path: ${split}.jsonl\n`);
    return `---\nconfigs:\n- config_name: default\n  data_files:\n${parts.join("")}---\n`;
  }
  const configs = { corpus: "corpus", queries: "queries", qrels: "default" };
  const lines = Object.entries(configs).map(
    ([file, config]) => `- config_name: ${config}\n  data_files:\n  - split: test\n    path: ${file}.jsonl\n`,
  );
  return `---\nconfigs:\n${lines.join("")}---\n`;
};

/** Writes a data set with its task, lets models run where they are asked, and returns how often each kind is told. */
function check(name, base, { type, settings: own, files }, withModels) {
  const folder = join(scratch, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "README.md"), card(files));
  for (const [file, rows] of Object.entries(files)) {
    writeFileSync(join(folder, `${file}.jsonl`), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  }
  const languages = { default: ["eng-Latn"] };
  const task = { name, type, dataset: { path: `./${name}` }, languages, ...(own && { settings: own }) };
  const file = join(scratch, `${name}.json`);
  writeFileSync(file, JSON.stringify(task));
  const results = join(scratch, `results-${name}`);
  const rankings = [];
  if (withModels) {
    for (const [i, model] of modelsFor[base].entries()) {
      const kept = join(scratch, `rankings-${name}-${i}`);
      if (base === "search") rankings.push(kept);
      const keep = base === "search" ? ["--save-predictions", kept] : [];
      pramana("run", "--model", model, "--task-file", file, "--tasks", name, "--results", results, ...keep);
    }
  }
  const models = withModels ? ["--results", results] : [];
  const ranked = rankings.length > 0 ? ["--predictions", ...rankings] : [];
  const [{ failure, findings }] = JSON.parse(pramana("check", file, "--format", "json", ...models, ...ranked));
  if (failure) throw new Error(`${name}: ${failure}`);
  const all = [...findings.filter((one) => !one.isSuspicion), ...findings.filter((one) => one.isSuspicion)];
  return new Map(all.map(({ kind, count }) => [kind, count]));
}

const before = new Map();
const beforeOf = (base, withModels) => {
  const key = `${base}${withModels ? "-models" : ""}`;
  if (!before.has(key)) before.set(key, check(`before-${key}`, base, structuredClone(bases[base]), withModels));
  return before.get(key);
};

const rows = [];
for (const [i, { name, base, withModels = false, plant, expected }] of faults.entries()) {
  const known = beforeOf(base, withModels);
  const data = structuredClone(bases[base]);
  const planted = plant(data.files);
  const found = check(`fault-${i}`, base, data, withModels);
  const grown = [...found].filter(([kind, count]) => {
    const more = count - (known.get(kind) ?? 0);
    return more > 0 && (more >= planted / 2 || kind === "label-of-many-doubted");
  });
  const first = grown[0]?.[0] ?? "nothing";
  const others = grown.slice(1).map(([kind]) => kind);
  const isFound = expected.includes(first);
  rows.push([
    name,
    String(planted),
    grown[0] ? `${first}: ${known.get(first) ?? 0} → ${grown[0][1]}` : first,
    isFound ? "✓" : "✗",
  ]);
  console.error(`${isFound ? "✓" : "✗"} ${name} (${planted}): ${first}; then ${others.join(", ") || "nothing"}`);
}

const right = rows.filter((row) => row.at(-1) === "✓").length;
const table = `${textTable(["fault", "planted", "named first: before → after", ""], rows)}\n\n${right} of ${rows.length} are named first.`;
console.log(table);
if (process.argv.includes("--write"))
  putBetween("docs/data-quality.md", ["<!-- planted -->", "<!-- /planted -->"], table);
process.exitCode = right < 0.9 * rows.length ? 1 : 0;
