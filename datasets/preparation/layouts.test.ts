import { describe, expect, it } from "vitest";
import { InputError } from "../errors.ts";
import { isPacked, openColumn, valuesOf } from "../packed-texts.ts";
import { prepareDataset } from "../prepare.ts";
import type { Dataset, Table } from "../table.ts";
import type { LayoutStep } from "./layout-steps.ts";

type Configs = Readonly<Record<string, Readonly<Record<string, Table["columns"]>>>>;

function made(configs: Configs): Dataset {
  return {
    id: "a/b",
    revision: "1",
    configs: Object.keys(configs),
    splits: (config) => Object.keys(configs[config] ?? {}),
    read: async (config, split) => {
      const columns = configs[config]?.[split];
      if (columns === undefined) {
        throw new InputError(
          `data set a/b: there is no ${config}, ${split}; there are ${Object.keys(configs).join(", ")}`,
        );
      }
      return { name: `a/b (${config}, ${split})`, rows: Object.values(columns)[0]?.length ?? 0, columns };
    },
  };
}

const read = (configs: Configs, step: LayoutStep, config: string, subsetNames = ["default"]) =>
  prepareDataset(made(configs), { steps: [step], subsetNames }).read(config, "test");

describe("linked pairs", () => {
  const step = { step: "linkedPairs", query: "question", document: "passage", link: "link" } as const;
  const rows = { test: { link: ["u", "v", "u"], passage: ["first", "second", "other"], question: ["a", "b", "a"] } };

  it("have the first passage of a link, and each question once", async () => {
    const configs = { de: rows, en: { test: { ...rows.test, passage: ["x", "y", "z"] } } };
    expect(await read(configs, step, "de-en-corpus", ["de-en"])).toMatchObject({
      rows: 2,
      columns: { id: ["C0", "C1"], text: ["first", "second"] },
    });
    const { columns } = await read(configs, step, "de-en-queries", ["de-en"]);
    expect(columns).toEqual({ id: ["Q0", "Q1"], text: ["a", "b"] });
  });

  it.each<[string, Configs, string, string]>([
    ["a config that is missing", { de: rows }, "de-en", "data set a/b: there is no en, test; there are de"],
    ["a subset of one language", { de: rows }, "de", 'data set a/b: the subset "de" names no pair of configs'],
    [
      "a missing column",
      { de: { test: { link: ["u"], question: ["a"] } } },
      "de-de",
      'data set a/b (de, test): there is no column "passage"; its columns are link, question',
    ],
    [
      "a link without a document",
      { de: rows, en: { test: { ...rows.test, link: ["u", "w", "u"] } } },
      "de-en",
      'data set a/b (en, test): column "link", row 2 holds "w", which no row of a/b (de, test) holds there',
    ],
  ])("refuse %s", async (_, configs, subset, message) => {
    await expect(read(configs, step, `${subset}-corpus`, [subset])).rejects.toThrow(message);
  });

  it("know their parts", async () => {
    await expect(read({ de: rows }, step, "de-en-top_ranked", ["de-en"])).rejects.toThrow(
      'data set a/b: there is no part "de-en-top_ranked"; its parts are de-en-corpus, de-en-queries, de-en-qrels',
    );
  });
});

describe("a layout", () => {
  const step = {
    step: "retrievalLayout",
    corpus: { config: "docs", split: "{split}", id: "doc", text: "content" },
    queries: { config: "asked", split: "{split}", id: { scheme: "row", start: 1, prefix: "q" }, text: "query" },
    qrels: {
      config: "asked",
      split: "{split}",
      query: { scheme: "row", start: 1, prefix: "q" },
      documents: { scheme: "column", column: "gold", prefix: "d" },
      score: { scheme: "place" },
    },
    excluded: { config: "asked", split: "{split}", query: "id", documents: "bad", none: ["N/A"] },
  } as const;
  const rows = { test: { id: ["x", "y"], query: ["one", "two"], gold: [[4, 2], []], bad: [["N/A"], ["d1"]] } };
  const docs = { test: { doc: ["d1", "d2", "d1"], content: ["old", "b", "new"] } };

  it("has the last text of an id at its first place, judgements by place, and lists of what is left out", async () => {
    const configs = { docs, asked: rows };
    expect((await read(configs, step, "corpus")).columns).toEqual({ id: ["d1", "d2"], text: ["new", "b"] });
    expect((await read(configs, step, "queries")).columns).toEqual({ id: ["q1", "q2"], text: ["one", "two"] });
    expect((await read(configs, step, "qrels")).columns).toEqual({
      "query-id": ["q1", "q1"],
      "corpus-id": ["d4", "d2"],
      score: [1, 2],
    });
    expect((await read(configs, step, "excluded")).columns["corpus-ids"]).toEqual([[], ["d1"]]);
  });

  it("keeps packed texts packed, and asks for them by the names that they have", async () => {
    const asked: (readonly string[] | undefined)[] = [];
    const { read: readRows, ...rest } = made({ docs, asked: rows });
    const dataset = prepareDataset(
      {
        ...rest,
        read: async (config, split, pack) => {
          asked.push(pack);
          const table = await readRows(config, split);
          const content = openColumn(true);
          for (const text of table.columns["content"] as string[]) content.push(text);
          return { ...table, columns: { ...table.columns, content } };
        },
      },
      { steps: [step] },
    );
    const { columns } = await dataset.read("corpus", "test", ["title", "text"]);
    expect(asked).toEqual([["content"]]);
    expect(isPacked(columns["text"]) && valuesOf(columns["text"])).toEqual(["new", "b"]);
  });

  it.each<[string, Configs, LayoutStep, string, string]>([
    ["a config that is missing", { docs }, step, "queries", "data set a/b: there is no asked, test; there are docs"],
    [
      "a missing column",
      { docs: { test: { id: ["d"], content: ["x"] } } },
      step,
      "corpus",
      'data set a/b (docs, test): there is no column "doc"; its columns are id, content',
    ],
    [
      "a value that no row holds",
      { docs: { test: { ...docs.test, length: [256, 512, 256] } } },
      { ...step, corpus: { ...step.corpus, where: { column: "length", equals: "1024" } } },
      "corpus",
      'data set a/b (docs, test): no row of column "length" holds "1024"; it holds 256, 512',
    ],
    [
      "numbers that are none, by which documents are judged",
      { docs, rels: { test: { q: ["x"], d: ["d1"], score: ["1.0"] } } },
      {
        ...step,
        qrels: {
          config: "rels",
          split: "test",
          query: "q",
          document: "d",
          score: { scheme: "above", column: "score", above: 0 },
        },
      },
      "qrels",
      'data set a/b (rels, test): column "score", row 1 holds "1.0"; expected a number',
    ],
    [
      "a judged document that is not there, where copies are one",
      { docs, asked: rows },
      {
        ...step,
        corpus: { ...step.corpus, mergeCopies: true },
        qrels: { ...step.qrels, documents: { scheme: "column", column: "gold", prefix: "e" } },
      },
      "qrels",
      'data set a/b (asked, test): the document "e4" is judged, which a/b (docs, test) lacks',
    ],
    [
      "another repository that is not open",
      { docs },
      { ...step, qrels: { ...step.qrels, repository: "c/d" } },
      "qrels",
      "data set a/b: its layout needs the repository c/d, which is not open",
    ],
    [
      "copies of a document among many, some of which are left out",
      { docs: { test: { doc: Array.from({ length: 1001 }, (_, i) => i % 1000), content: Array(1001).fill("x") } } },
      step,
      "corpus",
      'data set a/b (docs, test): the id "0" in row 1001 comes again',
    ],
  ])("refuses %s", async (_, configs, layout, config, message) => {
    await expect(read(configs, layout, config)).rejects.toThrow(message);
  });
});

describe("pairs", () => {
  const counted = {
    step: "pairs",
    query: "q",
    documents: ["d"],
    queryId: { scheme: "sharedCounter" },
    documentId: { scheme: "sharedCounter" },
  } as const;

  it("know the documents of earlier splits by the numbers of there", async () => {
    const configs = { default: { train: { q: ["x", "y"], d: ["a", "b"] }, test: { q: ["z", "w"], d: ["c", "a"] } } };
    const across = { ...counted, acrossSplits: true };
    expect((await read(configs, across, "corpus")).columns).toEqual({ id: ["1"], text: ["c"] });
    const judged = ["1", "1"];
    expect((await read(configs, across, "qrels")).columns["corpus-id"]).toEqual(judged);
    expect((await read(configs, counted, "corpus")).columns["id"]).toEqual(["1", "3"]);
  });

  it("judge one document of a row, and its copies where they count", async () => {
    const step = {
      step: "pairs",
      query: "q",
      documents: ["a", "b", "c"],
      queryId: { scheme: "column", column: "id", prefix: "{subset}-", lastOfText: true },
      documentId: { scheme: "ofQuery", suffix: "/" },
      relevant: { default: 2 },
      candidates: true,
    } as const;
    const rows = { id: [1, 2], q: ["x", "y"], a: ["s", "s"], b: ["t", "s"], c: ["t", "u"] };
    const judged = async (own: LayoutStep, part: string) =>
      (await read({ default: { test: rows } }, own, part)).columns;
    expect((await judged(step, "qrels"))["corpus-id"]).toEqual(["default-1/2", "default-2/2"]);
    expect((await judged({ ...step, copies: true }, "qrels"))["corpus-id"]).toEqual([
      "default-1/2",
      "default-1/3",
      "default-2/1",
      "default-2/2",
    ]);
    expect((await judged(step, "top_ranked"))["corpus-ids"]).toEqual(
      ["default-1", "default-2"].map((id) => [`${id}/1`, `${id}/2`, `${id}/3`]),
    );
  });

  it.each<[string, Table["columns"], LayoutStep, string]>([
    [
      "a place that no document has",
      { q: ["x"], d: ["a"] },
      { ...counted, relevant: 2 },
      'the document that counts for the subset "default" is 2; expected its place in a row, 1 to 1',
    ],
    [
      "a subset of which no document counts",
      { q: ["x"], d: ["a"] },
      { ...counted, relevant: { other: 1 } },
      'the document that counts for the subset "default" is not said; expected its place in a row, 1 to 1',
    ],
    ["a missing column", { q: ["x"] }, counted, 'there is no column "d"; its columns are q'],
    [
      "a missing text",
      { q: ["x", null], d: ["a", "b"] },
      counted,
      'column "q", row 2 holds nothing (null); expected a text',
    ],
    [
      "a counter for one of both",
      { q: ["x"], d: ["a"] },
      { ...counted, queryId: { scheme: "row", start: 0 } },
      "queries and documents are numbered by one counter, or neither is",
    ],
  ])("refuse %s", async (_, columns, step, message) => {
    await expect(read({ default: { test: columns } }, step, "corpus")).rejects.toThrow(message);
  });
});
