import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError, UsageError } from "../datasets/errors.ts";
import { type InitChoice, init } from "./init.ts";
import type { Terminal } from "./terminal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pramana-init-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (files: Readonly<Record<string, string>>): void => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
};
const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const output = (): string => join(folder, "task.json");

/** Runs the command; returns what it printed. */
async function run(choice: InitChoice = {}, path = join(folder, "data")): Promise<string> {
  let printed = "";
  const out = (text: string): void => {
    printed += text;
  };
  await init(path, choice.output === "" ? {} : { output: output(), ...choice }, {
    out,
    env: { HF_HUB_OFFLINE: "1" },
  } as unknown as Terminal);
  return printed;
}
/** Runs the command; returns what it wrote besides name, schema, folder and languages. */
async function written(choice?: InitChoice): Promise<unknown> {
  await run(choice);
  const { $schema, name, dataset, languages, ...rest } = JSON.parse(readFileSync(output(), "utf8"));
  expect([name, dataset]).toEqual(["data", { path: "./data" }]);
  return rest;
}
async function failure(choice: InitChoice = {}): Promise<string> {
  const error = await run(choice).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InputError);
  expect(existsSync(output())).toBe(false);
  return (error as Error).message;
}

const texts = Array.from({ length: 24 }, (_, i) => `text ${i}`);
const classes = texts.map((text, i) => ({ text, label: i % 2 }));
const pairs = texts.map((sentence1, i) => ({ sentence1, sentence2: `${sentence1}?`, score: i / 8 }));
const beir = {
  "data/corpus.jsonl": lines([{ _id: "d", title: "", text: "a" }]),
  "data/queries.jsonl": lines([{ _id: "q", text: "a" }]),
  "data/qrels/dev.tsv": "query-id\tcorpus-id\tscore\nq\td\t1\n",
};

describe("pramana init", () => {
  it("finds the type of BEIR's form, the splits of its judgements, and candidates", async () => {
    put(beir);
    expect(await written()).toEqual({ type: "Retrieval", splits: ["dev"] });
    put({ "data/qrels/test.tsv": "query-id\tcorpus-id\tscore\nq\td\t1\n" });
    put({ "data/top_ranked.jsonl": lines([{ "query-id": "q", "corpus-ids": ["d"] }]) });
    expect(await written({ force: true })).toEqual({ type: "Reranking" });
    expect(await written({ force: true, type: "Retrieval" })).toEqual({ type: "Retrieval" });
  });

  it.each([
    [pairs, {}, { type: "STS", settings: { minScore: 0, maxScore: 2.875 } }],
    [
      pairs.map(({ sentence1, sentence2, score }) => ({
        premise: sentence1,
        hypothesis: sentence2,
        similarity: score,
      })),
      {},
      {
        type: "STS",
        settings: { columns: ["premise", "hypothesis"], minScore: 0, maxScore: 2.875 },
        prepare: [{ step: "rename", columns: { similarity: "score" } }],
      },
    ],
    [
      pairs.map(({ sentence1, sentence2 }, i) => ({
        question1: sentence1,
        question2: sentence2,
        is_duplicate: i % 2 === 0,
      })),
      {},
      { type: "PairClassification", settings: { columns: ["question1", "question2"], labelColumn: "is_duplicate" } },
    ],
    [pairs.map(({ score, ...pair }, i) => ({ ...pair, labels: i % 2 })), {}, { type: "PairClassification" }],
    [[{ sentence1: ["a", "b"], sentence2: ["c", "d"], labels: [1, 0] }], {}, { type: "PairClassification" }],
    [
      [1, 2].map(() => ({ sentence1: ["a", "b"], sentence2: ["c", "d"], labels: [1, 0] })),
      {},
      {
        type: "PairClassification",
        prepare: [{ step: "flatten", columns: ["sentence1", "sentence2", "labels"] }],
      },
    ],
    [
      texts.map((sentences, i) => ({ sentences, labels: `l${i % 3}` })),
      {},
      { type: "Clustering", settings: { maxFraction: null } },
    ],
    [
      texts.map((sentences, i) => ({ sentences, labels: [`l${i % 3}`, `m${i}`] })),
      {},
      { type: "Clustering", settings: { maxFraction: null } },
    ],
    [[{ sentences: texts, labels: texts }], {}, { type: "Clustering", settings: { legacy: true } }],
    [
      classes,
      { type: "Clustering" },
      { type: "Clustering", settings: { textColumn: "text", labelColumn: "label", maxFraction: null } },
    ],
    [pairs.map(({ score, ...pair }) => pair), {}, { type: "BitextMining" }],
    [
      [1, 4].map((n) => ({ text: "a", human_summaries: ["b"], machine_summaries: ["c", "d"], relevance: [n, 2.5] })),
      {},
      { type: "Summarization", settings: { minScore: 1, maxScore: 4 } },
    ],
  ] as const)("tells the type by the columns: case %#", async (rows, choice, expected) => {
    put({ "data/test.jsonl": lines(rows) });
    expect(await written(choice)).toEqual(expected);
  });

  it("finds classes, the split to learn from, and how few rows a label has", async () => {
    put({ "data/train.jsonl": lines(classes), "data/validation.jsonl": lines(classes) });
    expect(await written()).toEqual({ type: "Classification", splits: ["validation"] });
    const few = classes.slice(0, 10).map(({ text, label }) => ({ utterance: text, intent: `i${label}` }));
    put({ "data/train.jsonl": lines(few), "data/validation.jsonl": lines(few) });
    expect(await written({ force: true })).toEqual({
      type: "Classification",
      splits: ["validation"],
      settings: { textColumn: "utterance", labelColumn: "intent", samplesPerLabel: 4 },
    });
  });

  it("names files of rows that belong to no split", async () => {
    put({ "data/train.jsonl": lines(classes), "data/test.jsonl": lines(classes), "data/more/rest.csv": "a\n1\n" });
    put({ "data/dataset_infos.json": "{}", "data/.cache/x.json": "{}", "data/notes.txt": "" });
    expect(await run()).toContain("\nnot read: more/rest.csv; they belong to no split\n");
    rmSync(output());
    rmSync(join(folder, "data/more"), { recursive: true });
    expect(await run()).not.toContain("not read");
  });

  it("takes each config of a card for a subset", async () => {
    put({ "data/en/test.jsonl": lines(pairs), "data/de/test.jsonl": lines(pairs) });
    put({
      "data/README.md": "---\nconfigs:\n- config_name: en\n  data_dir: en\n- config_name: de\n  data_dir: de\n---\n",
    });
    await run();
    expect(JSON.parse(readFileSync(output(), "utf8")).languages).toEqual({ en: ["eng-Latn"], de: ["eng-Latn"] });
  });

  it("tells what it found, and the next command", async () => {
    put({ "data/test.csv": "sentence1,sentence2,score\na,b,1\nb,c,0.5\n" });
    const file = relative(".", join(folder, "it's.json"));
    expect(await run({ output: file })).toBe(
      `default:
  test: 2 rows of sentence1 (texts), sentence2 (texts), score (numbers)

STS: pairs in "sentence1" and "sentence2", scores from 0.5 to 1 in "score", scored on test by cosine_spearman.
Written to ${file}, where the language is assumed to be eng-Latn. Look at it, then:

  pramana run --model pramana/static-minilm-128 --task-file '${file.replace("'", "'\\''")}'
`,
    );
    expect(JSON.parse(readFileSync(file, "utf8"))).not.toHaveProperty("$schema");
  });

  it("names the schema of the package where it is installed, and the folder from where the file lies", async () => {
    put({ "data/test.jsonl": lines(pairs), "node_modules/pramana/task-file.schema.json": "{}", "tasks/x": "" });
    await run({ output: join(folder, "tasks/sts.json"), name: "Mine" });
    const { $schema, name, dataset } = JSON.parse(readFileSync(join(folder, "tasks/sts.json"), "utf8"));
    expect([$schema, name, dataset.path]).toEqual(["../node_modules/pramana/task-file.schema.json", "Mine", "../data"]);
  });
});

it("without --output, pramana init writes beside the folder, however that is named", async () => {
  put({ "data/x/test.jsonl": lines(pairs) });
  const file = join(folder, "data/x.json");
  for (const path of [`${folder}/data/./x/`, relative(".", join(folder, "data/x"))]) {
    const printed = await run({ output: "" }, path);
    expect(printed).toContain(`Written to ${path.startsWith("/") ? file : relative(".", file)},`);
    expect(JSON.parse(readFileSync(file, "utf8")).dataset).toEqual({ path: "./x" });
    rmSync(file);
  }
});

describe("pramana init asks or refuses", () => {
  it.each([
    [
      pairs.map(({ score, ...pair }, i) => ({ ...pair, label: i % 3 })),
      {},
      'init: its columns are "sentence1" (texts), "sentence2" (texts), "label" (whole numbers); is it STS or BitextMining? Give --type STS, or --type BitextMining',
    ],
    [classes, {}, "is it Clustering? Give --type Clustering"],
    [
      [{ question: "Where?", answer: "Here." }],
      {},
      "is it BitextMining (texts and their translations)? Questions and the documents that answer them are Retrieval, in corpus.jsonl, queries.jsonl and qrels/test.tsv (docs/custom-tasks.md). Give --type BitextMining",
    ],
    [classes, { type: "Classification" }, "needs the split train to learn from and another to score; there is test"],
    [[{ a: 1 }], {}, 'init: no task type fits: its columns are "a" (whole numbers); STS needs two columns of texts'],
    [pairs.map((pair) => ({ ...pair, score: 1 })), { type: "STS" }, 'all of \\"score\\" are 1'],
    [pairs, { type: "Retrieval" }, "init: Retrieval needs documents, queries and judgements"],
    [pairs, { name: "STS12" }, 'the catalogue has a task "STS12" already; choose another name'],
    [pairs, { name: "a b" }, "name is"],
  ] as const)("case %#", async (rows, choice, message) => {
    put({ "data/test.jsonl": lines(rows) });
    expect(await failure(choice)).toContain(message);
  });

  it("classes without names of columns, of which two types could be made", async () => {
    const rows = lines(texts.map((a, i) => ({ a, b: i % 2 })));
    put({ "data/train.jsonl": rows, "data/test.jsonl": rows });
    expect(await failure()).toContain(
      "is it Classification or Clustering or Regression? Give --type Classification, or --type Clustering",
    );
    expect(await written({ type: "Classification" })).toMatchObject({
      settings: { textColumn: "a", labelColumn: "b" },
    });
  });

  it("takes a column for the labels by its name, where these are texts too", async () => {
    const rows = lines(texts.map((message, i) => ({ message, topic: "abc"[i % 3] })));
    put({ "data/train.jsonl": rows, "data/test.jsonl": rows });
    expect(await written()).toMatchObject({
      type: "Classification",
      settings: { textColumn: "message", labelColumn: "topic" },
    });
  });

  it("columns that some splits lack, and lines whose fields nothing separates", async () => {
    const header = (names: string): string => `${names}\n${texts.map((text, i) => `${text},${i % 2}`).join("\n")}\n`;
    put({ "data/train.csv": header("text,label"), "data/test.csv": header("texts,label") });
    expect(await failure()).toContain(
      'its columns are "label" (whole numbers); not in all splits: "text" (train), "texts" (test); ',
    );
    put({ "data/train.csv": "text;label\na;0\n", "data/test.csv": "text;label\na;0\n" });
    expect(await failure()).toMatch(
      /its fields seem to be separated by ";": a README\.md beside the files says so, with sep: ";" \(docs\/data-files\.md\)$/,
    );
    const rows = classes.map(({ text, label }) => `${text};${label}\n`).join("");
    const card = '---\nconfigs:\n- config_name: default\n  sep: ";"\n---\n';
    put({ "data/README.md": card, "data/train.csv": `text;label\n${rows}`, "data/test.csv": `text;label\n${rows}` });
    expect(await written()).toMatchObject({ type: "Classification" });
  });

  it("rows that could not be scored, and BEIR's form without a column", async () => {
    put({ "data/test.jsonl": lines([...pairs, { sentence1: null, sentence2: "a", score: 1 }]) });
    expect(await failure()).toContain('column "sentence1", row 25 holds nothing (null)');
    rmSync(join(folder, "data"), { recursive: true });
    put({ ...beir, "data/queries.jsonl": lines([{ _id: "q", query: "a" }]) });
    expect(await failure()).toContain("init: queries, split queries, has no column text; its columns are _id, query;");
    expect(await failure({ type: "Reranking" })).toContain(
      "Reranking needs each query's candidates (top_ranked.jsonl)",
    );
  });

  it("a file that is there, a place among the data, a folder that is none", async () => {
    put({ "data/test.jsonl": lines(pairs), "task.json": "mine" });
    await expect(run()).rejects.toThrow("task.json is there already; name another --output, or replace it by --force");
    expect(readFileSync(output(), "utf8")).toBe("mine");
    for (const name of ["task.json", "..task.json"]) {
      await expect(run({ output: join(folder, "data", name) })).rejects.toThrow("and would be read as data");
    }
    await expect(run({}, join(folder, "none"))).rejects.toThrow(UsageError);
    await expect(run({}, join(folder, "task.json"))).rejects.toThrow(
      "task.json is a file; put it into a folder of its own, and name that",
    );
    await run({ force: true });
    expect(readFileSync(output(), "utf8")).toContain("STS");
  });
});
