/**
 * `node scripts/answers.mjs [--write] [--keep]` plants faults in models and data, one after the other, and asks `pramana samples` or
 * `pramana check` what is wrong. Prints what is named first; ends with 1 where fewer than nine tenths are. The models are
 * copies of all-MiniLM-L6-v2 from the reference material (../shared). `--write` puts the table into docs/answers.md.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { putBetween, textTable } from "./marked-text.mjs";
import { openOffline } from "./offline-program.mjs";
import { root } from "./prepare.mjs";
import { generator } from "./random.mjs";

const { shared, scratch, settings, pramana } = openOffline("answers");

const minilm = join(shared, "hub/models--sentence-transformers--all-MiniLM-L6-v2");
const original = join(minilm, "snapshots", readFileSync(join(minilm, "refs/main"), "utf8").trim());

/** Copies the model into a folder, and lets `change` edit some of its JSON files. */
function copyModel(name, changes = {}) {
  const folder = join(scratch, name);
  cpSync(realpathSync(original), folder, { recursive: true, dereference: true });
  for (const [file, change] of Object.entries(changes)) {
    const path = join(folder, file);
    const json = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify(change(json) ?? json));
  }
  return folder;
}

const prompting = (text) => ({
  "config_sentence_transformers.json": (json) => ({ ...json, prompts: { query: text }, default_prompt_name: "query" }),
});
const pooling = (mode) => ({
  "1_Pooling/config.json": (json) => {
    for (const key of Object.keys(json))
      if (key.startsWith("pooling_mode_")) json[key] = key === `pooling_mode_${mode}`;
  },
});

/** Faults of the candidate beside the base: what changes in either, options of its run, and what is to be named first. */
const faults = [
  { name: "pooling by the first token", changes: pooling("cls_token"), expected: /Pooling \(.*cls/ },
  { name: "pooling by the maximum", changes: pooling("max_tokens"), expected: /Pooling \(.*max/ },
  {
    name: "cut after 8 tokens",
    changes: { "sentence_bert_config.json": (json) => ({ ...json, max_seq_length: 8 }) },
    expected: /cuts texts after 8 tokens/,
  },
  { name: "prompt missing", base: prompting("query: "), expected: /puts no prompt before/ },
  {
    name: "prompt doubled",
    base: prompting("query: "),
    changes: prompting("query: query: "),
    expected: /a prompt twice/,
  },
  {
    name: "prompt of another model",
    base: prompting("query: "),
    changes: prompting("passage: "),
    expected: /"passage: "/,
  },
  {
    name: "no normalization, inner product",
    changes: {
      "modules.json": (json) => json.filter(({ type }) => !type.endsWith("Normalize")),
      "config_sentence_transformers.json": (json) => ({ ...json, similarity_fn_name: "dot" }),
    },
    expected: /Normalize/,
  },
  {
    name: "case kept by a lower-casing vocabulary",
    changes: {
      "tokenizer.json": (json) => ({ ...json, normalizer: { ...json.normalizer, lowercase: false } }),
      "tokenizer_config.json": (json) => ({ ...json, do_lower_case: false }),
    },
    expected: /tokenizers differ|unknown to its vocabulary/,
  },
  { name: "binary vectors", options: ["--quantize", "binary"], expected: /vectors in/ },
  { name: "int8 weights", options: ["--precision", "int8"], expected: /precision/ },
  { name: "first 32 of 384 values", options: ["--dimensions", "32"], expected: /32d/ },
];

function samplesOf(base, candidate, task, ...more) {
  const sides = candidate === undefined ? [base] : [base, candidate];
  return JSON.parse(pramana("samples", ...sides, "--task", task, "--format", "json", ...more));
}

/** Runs a model on a task, and returns the name by which its results are found. */
function runOn(folder, results, ...options) {
  pramana("run", "--model", folder, "--results", join(scratch, results), ...options);
  return join(scratch, results);
}

const task = "STSBenchmark";
const rows = [];
for (const [i, { name, base = {}, changes = {}, options = [], expected }] of faults.entries()) {
  const folders = [copyModel(`base-${i}`, base), copyModel(`candidate-${i}`, changes)];
  const asked = ["--tasks", task, "--limit", "300"];
  const runs = [
    runOn(folders[0], `results-base-${i}`, ...asked),
    runOn(folders[1], `results-${i}`, ...asked, ...options),
  ];
  const { causes } = samplesOf(...runs, task, "--base-model", folders[0], "--candidate-model", folders[1]);
  const first = causes[0]?.what ?? "nothing";
  rows.push({ name, first, found: expected.test(first) });
  console.error(`${expected.test(first) ? "✓" : "✗"} ${name}: ${first}`);
}
for (const planted of [shuffledClass, repeatedDocuments]) rows.push(planted());

const found = rows.filter((row) => row.found).length;
const table = `${textTable(
  ["fault", "named first", ""],
  rows.map((row) => [row.name, row.first, row.found ? "✓" : "✗"]),
)}\n\n${found} of ${rows.length} are named first.`;
console.log(table);
if (process.argv.includes("--write")) putBetween("docs/answers.md", ["<!-- planted -->", "<!-- /planted -->"], table);
process.exitCode = found < 0.9 * rows.length ? 1 : 0;

/** Texts of three kinds; the labels of one kind are shuffled among the test rows. */
function shuffledClass() {
  const random = generator(7);
  const subjects = {
    travel: ["ferry", "train", "ticket"],
    food: ["soup", "bread", "pepper"],
    music: ["violin", "choir", "drum"],
  };
  const kinds = Object.keys(subjects);
  const textOf = (kind) =>
    `The ${subjects[kind][Math.floor(random() * 3)]} was ${["good", "late", "loud", "fine"][Math.floor(random() * 4)]} on day ${Math.floor(random() * 1000)}`;
  const rowsOf = (count, labelOf) =>
    Array.from({ length: count }, (_, i) => kinds[i % 3]).map((kind) => ({ text: textOf(kind), label: labelOf(kind) }));
  const shuffled = (kind) => (kind === "food" ? kinds[Math.floor(random() * 3)] : kind);
  const folder = join(scratch, "shuffled");
  mkdirSync(folder);
  const jsonl = (list) => list.map((row) => `${JSON.stringify(row)}\n`).join("");
  writeFileSync(join(folder, "train.jsonl"), jsonl(rowsOf(90, (kind) => kind)));
  writeFileSync(join(folder, "test.jsonl"), jsonl(rowsOf(300, shuffled)));
  const file = join(scratch, "shuffled.json");
  pramana("init", folder, "--output", file);
  const name = JSON.parse(readFileSync(file, "utf8")).tasks?.[0]?.name ?? JSON.parse(readFileSync(file, "utf8")).name;
  const results = runOn(copyModel("shuffled-model"), "results-shuffled", "--task-file", file, "--tasks", name);
  const { confusions } = samplesOf(
    results,
    undefined,
    name,
    "--task-file",
    file,
    "--base-model",
    join(scratch, "shuffled-model"),
  );
  const [one] = confusions;
  const first = one === undefined ? "nothing" : `${one.said} where ${one.right} is right: ${one.base}`;
  return { name: "shuffled labels of one class", first, found: one?.said === "food" };
}

/** A corpus in which each document lies three times, under other ids. */
function repeatedDocuments() {
  const folder = join(scratch, "repeated");
  mkdirSync(join(folder, "qrels"), { recursive: true });
  const jsonl = (list) => list.map((row) => `${JSON.stringify(row)}\n`).join("");
  const documents = Array.from({ length: 30 }, (_, i) => `Document ${i} tells of thing ${i * 7}`);
  const corpus = documents.flatMap((text, i) =>
    ["a", "b", "c"].map((copy) => ({ _id: `d${i}${copy}`, title: "", text })),
  );
  writeFileSync(join(folder, "corpus.jsonl"), jsonl(corpus));
  writeFileSync(
    join(folder, "queries.jsonl"),
    jsonl(documents.map((_, i) => ({ _id: `q${i}`, text: `thing ${i * 7}` }))),
  );
  const qrels = documents.map((_, i) => `q${i}\td${i}a\t1\n`).join("");
  writeFileSync(join(folder, "qrels/test.tsv"), `query-id\tcorpus-id\tscore\n${qrels}`);
  const file = join(scratch, "repeated.json");
  pramana("init", folder, "--output", file);
  const checked = spawnSync(process.execPath, [join(root, "dist/cli.js"), "check", file, "--format", "json"], settings);
  const [first] = JSON.parse(checked.stdout)[0].findings;
  return {
    name: "corpus in three copies",
    first: first?.kind ?? "nothing",
    // Either names the copies: that they are there, or what they do to the relevant ones.
    found: ["document-text-repeated", "relevant-copy-unjudged"].includes(first?.kind),
  };
}
