import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { parseYaml } from "../../datasets/front-matter.ts";
import { toResultFile } from "../../runners/results/result-file.ts";
import { getTask } from "../../tasks/index.ts";
import { resultWith, run } from "../testing/results.ts";
import { evalResults } from "./eval-results.ts";
import { indexedResults, mergedIndex } from "./model-index.ts";
import { publication, publicationText, publishedName } from "./publication.ts";
import type { PublishedTask } from "./published-task.ts";

function published(name: string, scores: Record<string, Record<string, number>>): PublishedTask {
  const result = { ...resultWith(name, scores), run };
  return { spec: getTask(name), result, text: JSON.stringify(toResultFile(result)) };
}
const sts = published("STS12", { test: { default: 0.723690123 } });
const several = published("STS17", { test: { "en-de": 0.5, "en-fr": Number.NaN } });

describe("the name of a publication", () => {
  const stored = { model: "acme/embed", revision: "0123abc" };
  const local = { model: "local/embed[prompts=mine]", revision: "hash" };

  it("is the model's own, or the one that is given", () => {
    expect(publishedName(stored, {})).toEqual(stored);
    const given = { model: "acme/embed-2", revision: "9f2c1e7" };
    expect(publishedName(local, given)).toEqual(given);
  });

  it.each([
    [{ ...stored, model: "acme/embed[limit=50]" }, { model: "a/b", revision: "1" }, "drawn share of the data"],
    [{ ...stored, model: "acme/embed[estimator=ml]" }, { model: "a/b", revision: "1" }, "other learners than mteb's"],
    [
      { ...stored, model: "acme/embed[precision=int8]" },
      {},
      "bears marks of its settings; --name ORG/MODEL --revision",
    ],
    [{ ...stored, model: "acme/embed@256d" }, {}, "bears marks of its settings"],
    [{ ...stored, model: "acme/embed@256d" }, { model: "acme/embed", revision: "1" }, "is not acme/embed: its scores"],
    [{ ...stored, model: "local/embed" }, {}, "is no model of the Hub"],
    [{ ...stored, model: "endpoint/host:80/m" }, {}, "is no model of the Hub"],
    [stored, { revision: "1" }, "give --name too"],
    [local, { model: "a/b" }, "--name a/b needs --revision"],
    [local, { model: "a/b", revision: "a b" }, "--name a/b needs --revision"],
    [local, { model: "local/b", revision: "1" }, '--name is "local/b"; expected ORG/MODEL'],
    [local, { model: "../b", revision: "1" }, '--name is "../b"; expected ORG/MODEL'],
  ])("%j with %j is refused", (from, given, message) => {
    expect(() => publishedName(from, given)).toThrow(InputError);
    expect(() => publishedName(from, given)).toThrow(message);
  });
});

describe("a publication", () => {
  const parts = {
    tasks: [sts],
    meta: { name: "local/x", revision: "hash", embed_dim: 8 },
    cardName: "README.md",
  };
  const files = publication(
    { model: "acme/embed", revision: "0123abc" },
    { ...parts, card: "---\ntags: mine\n---\nText.\n" },
  );
  const textOf = (path: string): string => files.find((file) => file.path === path)?.text ?? "";

  it("has the results as the repository of results has them, without what is our own", () => {
    expect(files.map(({ path }) => path)).toEqual([
      "results/acme__embed/0123abc/STS12.json",
      "results/acme__embed/0123abc/model_meta.json",
      "model/README.md",
      "model/.eval_results/STS12.yaml",
    ]);
    expect(Object.keys(JSON.parse(textOf("results/acme__embed/0123abc/STS12.json")))).toEqual([
      ...["dataset_revision", "task_name", "mteb_version", "scores", "evaluation_time", "kg_co2_emissions", "date"],
      "evaluation_phases",
    ]);
    expect(JSON.parse(textOf("results/acme__embed/0123abc/model_meta.json"))).toEqual({
      ...{ name: "acme/embed", revision: "0123abc", embed_dim: 8 },
    });
  });

  it("has the card with its text, a tag and the scores", () => {
    expect(textOf("model/README.md")).toMatch(/^---\ntags:\n {2}- mine\n {2}- mteb\nmodel-index:\n {2}- name: embed\n/);
    expect(textOf("model/README.md")).toMatch(/---\nText\.\n$/);
  });

  it("is told, with what is left out", () => {
    const told = publicationText(
      { model: "acme/embed", revision: "0123abc" },
      files.slice(0, 1),
      ["STS13", "STS14", "STS15", "STS16"].map((task) => ({ task, why: "no result" })),
      undefined,
    );
    expect(told).toMatch(
      /^acme\/embed at 0123abc, 1 file:\n {2}results\/acme__embed\/0123abc\/STS12\.json \(\d+ bytes\)\n/,
    );
    expect(told).toContain("left out: STS13, STS14, STS15 and 1 more: no result\nnothing was written");
  });
});

describe("the scores of .eval_results", () => {
  it("are in percent, of each subset, and of the whole task where all of it is there", () => {
    const source = { url: "https://github.com/embeddings-benchmark/mteb/", name: "Obtained using MTEB v2.26.24" };
    const dataset = { id: "mteb/sts12-sts", revision: "0123abcd" };
    const rest = { value: 72.36901, date: "2026-11-21", notes: "Obtained using MTEB v2.26.24" };
    expect(parseYaml(evalResults(sts, "me"))).toEqual([
      { dataset: { ...dataset, task_id: "STS12_default_test" }, ...rest, source: { ...source, user: "me" } },
      { dataset: { ...dataset, task_id: "STS12" }, ...rest, source: { ...source, user: "me" } },
    ]);
    const parts: { dataset: { task_id: string } }[] = parseYaml(evalResults(several));
    expect(parts.map((one) => one.dataset.task_id)).toEqual(["STS17_en-de_test"]);
  });
});

describe("the model-index", () => {
  const own = indexedResults([sts]);
  const entry = (metrics: object[], change: object = {}) => ({
    dataset: { type: "mteb/sts12-sts", config: "default", split: "test", revision: "0123abcd", ...change },
    metrics,
  });

  it("replaces what is measured anew and keeps the rest", () => {
    const old = entry([
      { type: "cosine_spearman", value: 1 },
      { type: "cosine_pearson", value: 2 },
    ]);
    const other = entry([{ type: "cosine_spearman", value: 1 }], { split: "validation" });
    const gone = entry([{ type: "cosine_spearman", value: 3 }]);
    expect(mergedIndex([{ name: "mine", results: [old, other, gone, "odd"] }], "embed", own, "README.md")).toEqual([
      { name: "mine", results: [entry([{ type: "cosine_pearson", value: 2 }]), other, "odd", ...own] },
    ]);
  });

  it("is made where there is none, and of several models the one of the name is taken", () => {
    expect(mergedIndex(undefined, "embed", own, "README.md")).toEqual([{ name: "embed", results: own }]);
    expect(mergedIndex([], "embed", own, "README.md")).toEqual([{ name: "embed", results: own }]);
    const two = [{ name: "a", results: [] }, { name: "embed" }];
    expect(mergedIndex(two, "embed", own, "README.md")).toEqual([two[0], { name: "embed", results: own }]);
  });

  it.each([
    ["text", "is no list"],
    [[{ name: "a" }, { name: "b" }], "has 2 models, none of which is called embed"],
    [["text"], "is no list of models with results"],
    [[{ name: "a", results: "none" }], "has results that are no list"],
  ])("%j is refused", (existing, what) => {
    const merge = () => mergedIndex(existing, "embed", own, "README.md");
    expect(merge).toThrow(new InputError(`card README.md: its model-index ${what}; mend it, or take the field out`));
  });
});
