import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { beirConfigs } from "./beir.ts";
import { hubSettings } from "./hub.ts";
import { openDataset } from "./load.ts";
import { valuesOf } from "./packed-texts.ts";
import { messageFrom } from "./testing/hub-world.ts";

const settings = hubSettings({ HF_HOME: "/nonexistent", HF_HUB_OFFLINE: "1" });
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pramana-beir-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (files: Readonly<Record<string, string | Buffer>>): void => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
};
const open = () => openDataset({ id: folder }, settings);
const splitsOf = (files: readonly string[]) =>
  beirConfigs(files)?.map(({ name, splits }) => [name, splits.map((split) => [split.name, split.files])]);
const corpus = '{"_id": "007", "title": "", "text": "a", "metadata": {}}\n{"_id": "7", "title": "T", "text": "b"}\n';
const queries = '{"_id": "1.0", "text": "q", "metadata": {"url": "x"}}\n';
const qrels = "query-id\tcorpus-id\tscore\n1.0\t007\t1\n1.0\t7\t0\n";
const judged = { "query-id": ["1.0", "1.0"], "corpus-id": ["007", "7"], score: [1, 0] };

describe("a folder in BEIR's form", () => {
  it("is a data set for retrieval; ids stay the texts that they are, splits have the names of their files", async () => {
    put({ "corpus.jsonl": corpus, "queries.jsonl": queries, "qrels/test.tsv": qrels, "qrels/dev.tsv": qrels });
    const dataset = await open();
    expect(dataset.configs).toEqual(["corpus", "queries", "default"]);
    expect(dataset.splits("default")).toEqual(["dev", "test"]);
    const documents = await dataset.read("corpus", "corpus", ["text"]);
    expect([documents.rows, documents.columns["_id"]]).toEqual([2, ["007", "7"]]);
    expect(valuesOf(documents.columns["text"] ?? [])).toEqual(["a", "b"]);
    expect((await dataset.read("default", "dev")).columns).toEqual(judged);
  });

  it("may be compressed, and have its judgements and candidates as JSON lines", async () => {
    put({
      "corpus.jsonl.gz": gzipSync(corpus),
      "queries.jsonl.gz": gzipSync(queries),
      "qrels/test.tsv.gz": gzipSync(qrels),
      "top_ranked.jsonl": '{"query-id": "1.0", "corpus-ids": ["007"]}\n',
    });
    const dataset = await open();
    expect(dataset.configs).toEqual(["corpus", "queries", "default", "top_ranked"]);
    expect((await dataset.read("default", "test")).columns).toEqual(judged);
    expect((await dataset.read("top_ranked", "top_ranked")).columns["corpus-ids"]).toEqual([["007"]]);
  });

  it.each([
    { files: ["corpus.parquet", "queries.parquet", "qrels.jsonl"], judgements: [["test", ["qrels.jsonl"]]] },
    {
      files: ["corpus.jsonl", "queries.jsonl", "qrels/train.jsonl", "qrels/test.parquet", "train.csv", "qrels/.x.tsv"],
      judgements: [
        ["train", ["qrels/train.jsonl"]],
        ["test", ["qrels/test.parquet"]],
      ],
    },
    {
      files: ["corpus/a.jsonl", "queries/b.jsonl", "qrels/v1.2.tsv"],
      judgements: [["v1.2", ["qrels/v1.2.tsv"]]],
    },
  ])("$files", ({ files, judgements }) => {
    expect(splitsOf(files)?.at(-1)).toEqual(["default", judgements]);
  });

  it("may lie in shards, of which none may be missing", async () => {
    const shards = ["corpus-00000-of-00002.jsonl", "corpus-00001-of-00002.jsonl"];
    expect(splitsOf([...shards, "queries.jsonl", "qrels.tsv"])?.[0]).toEqual(["corpus", [["corpus", shards]]]);
    put({ [shards[1] as string]: corpus, "queries.jsonl": queries, "qrels.tsv": qrels });
    expect(await messageFrom((await open()).read("corpus", "corpus"))).toContain(
      "corpus-00000-of-00002.jsonl is missing, one of 2 files",
    );
  });

  it("is not seen in a folder that holds less than two of its parts, or whose card lists configs", async () => {
    for (const files of [["corpus.jsonl"], ["train.jsonl", "queries.jsonl"], ["en/corpus.jsonl", "en/queries.jsonl"]]) {
      expect(beirConfigs(files)).toBeUndefined();
    }
    put({ "corpus.jsonl": corpus, "queries.jsonl": queries, "qrels.tsv": qrels });
    put({ "README.md": "---\nconfigs:\n- config_name: x\n  data_files: corpus.jsonl\n---\n" });
    expect((await open()).configs).toEqual(["x"]);
  });

  it("lacks a part", () => {
    expect(() => beirConfigs(["corpus.jsonl", "queries.jsonl", "qrels/test.txt"])).toThrow(
      "data files: corpus.jsonl and queries.jsonl make a data set for retrieval, of which qrels is missing; expected " +
        "qrels/test.tsv beside them",
    );
    expect(() => beirConfigs(["queries.jsonl", "qrels/dev.tsv"])).toThrow("of which corpus is missing");
    put({ "corpus.jsonl": corpus });
    return expect(open().then((dataset) => dataset.read("corpus", "test"))).rejects.toThrow(
      "its configs are default; for retrieval, a folder without a card holds corpus.jsonl, queries.jsonl, qrels/test.tsv",
    );
  });

  it("has a part twice, or in a form that changes ids", () => {
    const rest = ["queries.jsonl", "qrels/test.tsv"];
    expect(() => beirConfigs(["corpus.jsonl", "corpus.parquet", ...rest])).toThrow(
      "data files: corpus.jsonl and corpus.parquet hold the same part of a data set for retrieval",
    );
    expect(() => beirConfigs(["corpus.jsonl", "corpus/a.jsonl", ...rest])).toThrow("hold the same part");
    expect(() => beirConfigs(["corpus.jsonl", ...rest, "qrels/test.jsonl"])).toThrow("hold the same part");
    expect(() => beirConfigs(["corpus.jsonl", ...rest, "qrels.jsonl"])).toThrow("hold the same part");
    expect(() => beirConfigs(["corpus.csv", ...rest])).toThrow(
      "data files: corpus.csv would lose the form of its ids; expected corpus.jsonl, or the same in .jsonl",
    );
  });
});
