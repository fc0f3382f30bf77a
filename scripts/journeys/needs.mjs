/** What lies in a user's folder before a journey, made of the reference material's data sets and models. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { root } from "../prepare.mjs";

/** Returns the folder of a repository's only commit in the reference material. */
function snapshotOf(shared, kind, id) {
  const folder = join(shared, "hub", `${kind}--${id.replace("/", "--")}`, "snapshots");
  return join(folder, readdirSync(folder)[0]);
}

/** Writes checkpoints of the small model with noise on their weights. */
function disturb(shared, folder, plan) {
  const model = snapshotOf(shared, "models", "pramana/static-minilm-128");
  const script = join(root, "scripts/imitate-training.mjs");
  execFileSync(process.execPath, [script, model, folder, plan, "--pause", "0"], { stdio: "ignore" });
}

function oneModel(shared, folder) {
  disturb(shared, `${folder}-made`, "1=0.3");
  renameSync(`${folder}-made/checkpoint-1`, folder);
  rmSync(`${folder}-made`, { recursive: true });
}

async function rowsOf(repository, file) {
  return parquetReadObjects({ file: await asyncBufferFromFile(join(repository, file)), compressors });
}

const jsonLines = (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** Messages about banking, some of each topic. */
async function writeMails(shared, folder) {
  const repository = snapshotOf(shared, "datasets", "mteb/banking77");
  mkdirSync(folder, { recursive: true });
  for (const split of ["train", "test"]) {
    const files = readdirSync(repository, { recursive: true }).filter((name) => name.includes(`${split}-`));
    const rows = await rowsOf(repository, files[0]);
    const few = rows.filter(({ label }) => Number(label) < 8);
    const lines = few.map(({ text, label_text: topic }) => ({ message: text, topic }));
    writeFileSync(join(folder, `${split}.jsonl`), jsonLines(lines));
  }
}

/** A corpus in BEIR's form. */
async function writeCorpus(shared, folder) {
  const repository = snapshotOf(shared, "datasets", "pramana/trecqa-retrieval");
  const [corpus, queries, judgements] = await Promise.all(
    ["corpus", "queries", "data"].map((part) => rowsOf(repository, `${part}/test-00000-of-00001.parquet`)),
  );
  mkdirSync(join(folder, "qrels"), { recursive: true });
  writeFileSync(join(folder, "corpus.jsonl"), jsonLines(corpus));
  writeFileSync(join(folder, "queries.jsonl"), jsonLines(queries));
  const lines = judgements.map((row) => [row["query-id"], row["corpus-id"], row.score].join("\t"));
  writeFileSync(join(folder, "qrels/test.tsv"), `query-id\tcorpus-id\tscore\n${lines.join("\n")}\n`);
  const task = { name: "my-corpus", type: "Retrieval", dataset: { path: "./my-corpus" } };
  writeFileSync(`${folder}.json`, JSON.stringify({ ...task, languages: { default: ["eng-Latn"] } }));
}

/** Each thing that a journey may need: a function that puts it at a place. */
export const needs = {
  "my-model": oneModel,
  candidate: oneModel,
  out: (shared, folder) => disturb(shared, join(folder, "my-run"), "500=0.9,1000=0.5,1500=0.3,2000=0.8"),
  "my-corpus": writeCorpus,
  "my-mails": writeMails,
  official: (shared, folder) => {
    const id = "sentence-transformers/all-MiniLM-L6-v2";
    const commit = readdirSync(join(shared, `hub/models--${id.replace("/", "--")}/snapshots`))[0];
    cpSync(join(shared, "goldens/mteb/all-MiniLM-L6-v2"), join(folder, id.replace("/", "__"), commit), {
      recursive: true,
    });
  },
};
