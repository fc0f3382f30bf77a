/** The drill's benchmark: six tasks of several subsets over the built-in texts, and a model, on a Hub of its own. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root } from "../prepare.mjs";
import { testServer } from "../test-server.mjs";

const commit = "d".repeat(40);
/** A Transformer, whose vectors are kept on disk too. */
export const model = { id: "drill/bert", revision: commit };
const mini = join(root, "datasets/mini");
const rowsOf = (file) => readFileSync(join(mini, file), "utf8").trimEnd().split("\n");
const part = (rows, i, parts) => rows.filter((_, row) => row % parts === i);
const textOf = (rows) => `${rows.join("\n")}\n`;

/** Makes a data set whose subsets each have a share of the rows of every split; large files are compressed. */
function shared(splits, subsets) {
  const entries = subsets.flatMap((subset, i) =>
    Object.entries(splits).map(([split, rows]) => [
      `${subset}/${split}.jsonl.gz`,
      gzipSync(textOf(part(rows, i, subsets.length))),
    ]),
  );
  const configs = subsets.map(
    (subset) =>
      `- config_name: ${subset}\n  data_files:\n${Object.keys(splits)
        .map((split) => `  - split: ${split}\n    path: ${subset}/${split}.jsonl.gz\n`)
        .join("")}`,
  );
  return { "README.md": `---\nconfigs:\n${configs.join("")}---\n`, ...Object.fromEntries(entries) };
}

function halves(file) {
  const rows = rowsOf(file);
  return { dev: part(rows, 0, 2), test: part(rows, 1, 2) };
}

function folderFiles(folder, prefix = "") {
  return Object.fromEntries(
    readdirSync(folder).flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory()
        ? Object.entries(folderFiles(path, `${prefix}${name}/`))
        : [[`${prefix}${name}`, readFileSync(path)]];
    }),
  );
}

const three = ["east", "north", "west"];
const languages = (subsets) => Object.fromEntries(subsets.map((subset) => [subset, ["eng-Latn"]]));
const task = (name, type, subsets, rest = {}) => ({
  name: `Drill${name}`,
  type,
  dataset: { path: `drill/${name.toLowerCase()}`, revision: commit },
  languages: languages(subsets),
  licence: "apache-2.0",
  ...rest,
});

const columns = ["d", "b", "a", "c"];
const pairsOf = (names) =>
  names.flatMap((one) => names.filter((other) => other !== one).map((other) => `${one}-${other}`));

/** Makes a table with a column of texts for each name; texts of one row are about the same, or not. */
function parallelRows() {
  const rows = rowsOf("sts/test.jsonl").map((row) => JSON.parse(row));
  const sentenceOf = (row, i) => (i % 2 === 0 ? row.sentence1 : row.sentence2);
  return rows.map((row, r) =>
    JSON.stringify(Object.fromEntries(columns.map((name, i) => [name, sentenceOf(i < 2 ? row : rows[r >> 1], i)]))),
  );
}

const tasks = [
  task("Sts", "STS", three, { splits: ["dev", "test"], settings: { minScore: 0, maxScore: 5 } }),
  task("Clustering", "Clustering", three, {
    splits: ["test"],
    settings: { maxFraction: null, documentsPerExperiment: 48, experiments: 3, batchSize: 32 },
  }),
  task("Classification", "Classification", ["east", "west"], { settings: { samplesPerLabel: 4, experiments: 3 } }),
  task("Pairs", "PairClassification", three),
  task("Retrieval", "Retrieval", ["default"]),
  {
    ...task("Columns", "BitextMining", pairsOf(columns)),
    dataset: { path: "drill/columns", revision: commit, subsetPairs: true },
  },
];

const data = {
  sts: shared(halves("sts/test.jsonl"), three),
  clustering: shared({ test: rowsOf("clustering/test.jsonl") }, three),
  classification: shared({ train: rowsOf("classification/train.jsonl"), test: rowsOf("classification/test.jsonl") }, [
    "east",
    "west",
  ]),
  pairs: shared({ test: rowsOf("pairs/test.jsonl") }, three),
  retrieval: folderFiles(join(mini, "retrieval")),
  columns: shared({ test: parallelRows() }, ["default"]),
};

const words = "the old river stone music garden window light time hand small bright engine people book quickly".split(
  " ",
);

/**
 * Makes a retrieval task with a corpus of made-up documents in a folder, many of which are the same or score the same; returns
 * its task file and the model that runs it, which is quick.
 */
export function makeCorpus(folder, documents, random) {
  const text = () =>
    Array.from({ length: 2 + Math.floor(random() * 4) }, () => words[Math.floor(random() * words.length)]);
  const rows = Array.from({ length: documents }, (_, i) => ({ _id: `d${i}`, title: "", text: text().join(" ") }));
  const judged = Array.from({ length: 50 }, (_, i) => ({ query: `q${i}`, document: (i * 7919) % documents }));
  const lines = (list) => textOf(list.map((row) => JSON.stringify(row)));
  mkdirSync(join(folder, "qrels"), { recursive: true });
  writeFileSync(join(folder, "corpus.jsonl"), lines(rows));
  writeFileSync(
    join(folder, "queries.jsonl"),
    lines(judged.map(({ query, document }) => ({ _id: query, text: rows[document].text }))),
  );
  writeFileSync(
    join(folder, "qrels/test.tsv"),
    textOf(["query-id\tcorpus-id\tscore", ...judged.map(({ query, document }) => `${query}\td${document}\t1`)]),
  );
  const taskFile = join(folder, "task.json");
  const languages = { default: ["eng-Latn"] };
  const own = { name: "DrillCorpus", type: "Retrieval", dataset: { path: folder }, languages };
  writeFileSync(taskFile, JSON.stringify([own]));
  return { taskFile, model: "pramana/static-minilm-128", files: [`${own.name}.json`, `${own.name}.samples.parquet`] };
}

/** Returns the repositories that a Hub must serve for the benchmark. */
const repositories = [
  ...Object.entries(data).map(([name, files]) => ({
    name: `datasets/drill/${name}`,
    commits: { [commit]: files },
    refs: { main: commit },
  })),
  {
    name: `models/${model.id}`,
    commits: { [commit]: folderFiles(join(root, "models/fixtures/bert-cls")) },
    refs: { main: commit },
  },
];

/** Writes the task file into a folder; returns a function that starts a server. */
export async function prepareBenchmark(folder) {
  const taskFile = join(folder, "tasks.json");
  writeFileSync(taskFile, JSON.stringify(tasks));
  const { startHubServer } = await testServer();
  return {
    taskFile,
    files: tasks.flatMap(({ name }) => [`${name}.json`, `${name}.samples.parquet`]),
    startServer: () => startHubServer(repositories),
  };
}
