import type { ServedRepository } from "../../datasets/testing/hub-server.ts";
import { getTask } from "../../tasks/index.ts";
import type { TaskSpec } from "../../tasks/task.ts";

export const commit = "c".repeat(40);
const rows = (lines: readonly object[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
const config = (name: string, splits: Readonly<Record<string, string>>): string =>
  [`- config_name: ${name}`, "  data_files:"]
    .concat(Object.entries(splits).flatMap(([split, path]) => [`  - split: ${split}`, `    path: ${path}`]))
    .join("\n");
const card = (...configs: readonly string[]): string => `---\nconfigs:\n${configs.join("\n")}\n---\n`;

export const pair = rows([
  { sentence1: "a", sentence2: "b", score: 1 },
  { sentence1: "c", sentence2: "d", score: 2 },
]);
export const repositories: readonly ServedRepository[] = [
  {
    name: "datasets/org/pairs",
    refs: {},
    commits: {
      [commit]: {
        "README.md": card(
          config("deu", { test: "deu/test.jsonl", train: "deu/train.jsonl" }),
          config("fra", { test: "fra/test.jsonl" }),
        ),
        "deu/test.jsonl": pair,
        "deu/train.jsonl": pair,
        "fra/test.jsonl": pair.replaceAll("a", "e"),
      },
    },
  },
  {
    name: "datasets/org/ranked",
    refs: {},
    commits: {
      [commit]: {
        "README.md": card(
          config("default", { test: "qrels.jsonl", dev: "dev.jsonl" }),
          config("corpus", { corpus: "corpus.jsonl" }),
          config("queries", { queries: "queries.jsonl" }),
          config("other", { test: "other.jsonl" }),
        ),
        "qrels.jsonl": rows([{ "query-id": "q", "corpus-id": "d", score: 1 }]),
        "dev.jsonl": rows([{ "query-id": "q", "corpus-id": "d", score: 1 }]),
        "corpus.jsonl": rows([{ _id: "d", title: "", text: "a text" }]),
        "queries.jsonl": rows([{ _id: "q", text: "a question" }]),
        "other.jsonl": rows([{ text: "unused" }]),
      },
    },
  },
];

const task = (name: string, path: string, more: object): TaskSpec =>
  ({ ...getTask(name), name: path, dataset: { path, revision: commit }, ...more }) as TaskSpec;
export const pairs = task("STS12", "org/pairs", { languages: { deu: ["deu-Latn"], fra: ["fra-Latn"] } });
export const ranked = task("SciFact", "org/ranked", {});
