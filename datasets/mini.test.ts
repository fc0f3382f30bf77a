import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findBuiltin } from "./builtin.ts";
import { openDataset } from "./load.ts";
import { hubSettings } from "./settings.ts";

const folder = join(import.meta.dirname, "mini");

const rows = (file: string): Record<string, unknown>[] =>
  readFileSync(join(folder, file), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

const pairs = rows("sts/test.jsonl");
const train = rows("classification/train.jsonl");
const test = rows("classification/test.jsonl");
const labels = ["library", "repair café", "allotments", "choir", "hall booking"];
const notices = rows("clustering/test.jsonl");
const questions = rows("pairs/test.jsonl");
const reports = rows("summarization/test.jsonl");

/** Reads the files of a collection with queries and judgements. */
const collection = (name: string) => ({
  documents: rows(`${name}/corpus.jsonl`),
  queries: rows(`${name}/queries.jsonl`),
  judgements: rows(`${name}/qrels/test.jsonl`),
});
const retrieval = collection("retrieval");
const reranking = collection("reranking");
const candidates = rows("reranking/top_ranked.jsonl");

/** Counts how often each value of a column occurs. */
const counts = (table: Record<string, unknown>[], column: string): Record<string, number> => {
  const found: Record<string, number> = {};
  for (const row of table) found[String(row[column])] = (found[String(row[column])] ?? 0) + 1;
  return found;
};

describe("the sample benchmark", () => {
  it("has 75 pairs graded over the whole scale in steps of 0.2", () => {
    expect(pairs).toHaveLength(75);
    const scores = pairs.map(({ score }) => Number(score));
    const steps = Array.from({ length: 26 }, (_, i) => i / 5);
    for (const step of steps)
      expect([step, scores.filter((score) => score === step).length >= 2]).toEqual([step, true]);
    expect(scores.filter((score) => !steps.includes(score))).toEqual([]);
  });

  it("has 16 training and 14 test texts for each of five labels", () => {
    for (const [split, size] of [
      [train, 16],
      [test, 14],
    ] as const) {
      for (const [label, name] of labels.entries()) {
        expect(split.filter((row) => row["label"] === label && row["label_text"] === name)).toHaveLength(size);
      }
      expect(split).toHaveLength(size * labels.length);
    }
  });

  it("has 15 notices of each of six columns", () => {
    const columns = { market: 15, river: 15, school: 15, football: 15, museum: 15, transport: 15 };
    expect(counts(notices, "labels")).toEqual(columns);
  });

  it("has as many pairs of questions that agree as of such that do not", () => {
    expect(counts(questions, "labels")).toEqual({ 0: 30, 1: 30 });
  });

  it("judges each of 25 queries against 60 documents that are there", () => {
    expect(retrieval.documents).toHaveLength(60);
    expect(retrieval.queries).toHaveLength(25);
    const best = retrieval.judgements.filter(({ score }) => score === 2).map((row) => row["query-id"]);
    expect(new Set(best)).toEqual(new Set(retrieval.queries.map((row) => row["_id"])));
    expect(counts(retrieval.judgements, "score")).toEqual({ 0: 2, 1: 10, 2: 26 });
  });

  it("gives each of 20 questions eight candidates, one to three of which answer it", () => {
    expect(candidates.map((row) => row["query-id"])).toEqual(reranking.queries.map((row) => row["_id"]));
    expect(candidates).toHaveLength(20);
    for (const row of candidates) {
      const ids = row["corpus-ids"] as string[];
      expect(new Set(ids).size).toBe(8);
      const answers = reranking.judgements.filter((judgement) => judgement["query-id"] === row["query-id"]);
      expect([1, 2, 3]).toContain(answers.length);
      for (const answer of answers)
        expect([ids.includes(String(answer["corpus-id"])), answer["score"]]).toEqual([true, 1]);
    }
    expect(new Set(candidates.flatMap((row) => row["corpus-ids"] as string[])).size).toBe(100);
  });

  it.each([
    ["retrieval", retrieval],
    ["reranking", reranking],
  ])("judges only what there is in %s, nothing twice", (_name, { documents, queries, judgements }) => {
    const ids = (table: Record<string, unknown>[]): Set<unknown> => new Set(table.map((row) => row["_id"]));
    expect(ids(documents).size).toBe(documents.length);
    expect(ids(queries).size).toBe(queries.length);
    for (const judgement of judgements) {
      expect(ids(queries)).toContain(judgement["query-id"]);
      expect(ids(documents)).toContain(judgement["corpus-id"]);
    }
    expect(new Set(judgements.map((one) => `${one["query-id"]} ${one["corpus-id"]}`)).size).toBe(judgements.length);
  });

  it("has eight reports of three to five sentences with three summaries and five judged ones", () => {
    expect(reports).toHaveLength(8);
    for (const { text, human_summaries, machine_summaries, relevance } of reports) {
      expect(String(text).match(/[.?!](\s|$)/g)?.length).toBeGreaterThanOrEqual(3);
      expect(String(text).match(/[.?!](\s|$)/g)?.length).toBeLessThanOrEqual(5);
      expect([human_summaries, machine_summaries, relevance]).toMatchObject([
        { length: 3 },
        { length: 5 },
        { length: 5 },
      ]);
      const judged = relevance as number[];
      expect(judged.filter((one) => one >= 1 && one <= 5 && Number.isInteger(2 * one))).toHaveLength(5);
      // Correlation with a constant is undefined.
      expect(new Set(judged).size).toBeGreaterThan(1);
    }
  });

  it("has the columns that its cards name, and no others", () => {
    for (const pair of pairs) expect(Object.keys(pair)).toEqual(["sentence1", "sentence2", "score"]);
    for (const row of [...train, ...test]) expect(Object.keys(row)).toEqual(["text", "label", "label_text"]);
    for (const row of notices) expect(Object.keys(row)).toEqual(["sentences", "labels"]);
    for (const row of questions) expect(Object.keys(row)).toEqual(["sentence1", "sentence2", "labels"]);
    for (const { documents, queries, judgements } of [retrieval, reranking]) {
      for (const row of documents) expect(Object.keys(row)).toEqual(["_id", "title", "text"]);
      for (const row of queries) expect(Object.keys(row)).toEqual(["_id", "text"]);
      for (const row of judgements) expect(Object.keys(row)).toEqual(["query-id", "corpus-id", "score"]);
    }
    for (const row of reports)
      expect(Object.keys(row)).toEqual(["text", "human_summaries", "machine_summaries", "relevance"]);
  });

  it("has 787 different texts, none blank, none with blanks around", () => {
    const texts = [
      ...[...pairs, ...questions].flatMap(({ sentence1, sentence2 }) => [sentence1, sentence2]),
      ...[...train, ...test].map(({ text }) => text),
      ...notices.map(({ sentences }) => sentences),
      ...[retrieval, reranking].flatMap(({ documents, queries }) => [...documents, ...queries].map(({ text }) => text)),
      ...reports.flatMap((row) => [row["text"], row["human_summaries"], row["machine_summaries"]].flat()),
    ].map(String);
    expect(texts).toHaveLength(787);
    expect(new Set(texts.map((text) => text.toLowerCase())).size).toBe(787);
    for (const text of texts) expect(text).toMatch(/^\S.{8,}\S$/u);
  });

  it.each(readdirSync(folder).filter((entry) => entry !== "README.md"))(
    "has a card in %s that names every file there, and a row in the package's table",
    (name) => {
      const card = readFileSync(join(folder, name, "README.md"), "utf8");
      const named = [...card.matchAll(/^ {8}path: (\S+)$/gm)].map((match) => match[1]);
      expect(named.sort()).toEqual(
        readdirSync(join(folder, name), { recursive: true })
          .map(String)
          .filter((file) => file.endsWith(".jsonl"))
          .sort(),
      );
      expect(findBuiltin("dataset", `pramana/mini-${name}`, "1")?.folder).toBe(join(folder, name));
      expect(readFileSync(join(folder, "README.md"), "utf8")).toContain(`| \`${name}/\` |`);
    },
  );

  it("opens by its ids, without a network", async () => {
    const dataset = await openDataset({ id: "pramana/mini-reranking", revision: "1" }, hubSettings({}));
    expect(dataset.configs).toEqual(["corpus", "queries", "default", "top_ranked"]);
    const table = await dataset.read("top_ranked", "test");
    expect(table.columns["corpus-ids"]).toEqual(candidates.map((row) => row["corpus-ids"]));
  });
});
