import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isHistoric, modernLayout, presentTaskName } from "./historic-file.ts";
import { parseResultFile } from "./result-file.ts";

const folder = join(import.meta.dirname, "fixtures/historic");
interface Expected {
  readonly task: string;
  readonly version: string;
  readonly seconds: number;
  readonly mainScores: Record<string, Record<string, number | null>>;
  readonly languages: Record<string, Record<string, string[]>>;
}
const expected: Record<string, Expected> = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
const read = (name: string) => parseResultFile(readFileSync(join(folder, `${name}.json`), "utf8"), name);

describe("files of mteb before 1.11", () => {
  it("are all there with what mteb makes of them", () => {
    const files = readdirSync(folder).filter((name) => name !== "expected.json");
    expect(files.sort()).toEqual(
      Object.keys(expected)
        .map((name) => `${name}.json`)
        .sort(),
    );
  });

  it.each(Object.entries(expected))("%s is read as mteb reads it", (name, { task, version, seconds, ...scores }) => {
    const result = read(name);
    expect([result.task, result.evaluationSeconds]).toEqual([task, seconds]);
    expect(result.mtebVersion).toBe(version === "mteb version not available" ? "unknown" : version);
    const found = Object.entries(result.splits).map(([split, entries]) => [
      split,
      Object.fromEntries(entries.map(({ subset, mainScore }) => [subset, Number.isNaN(mainScore) ? null : mainScore])),
    ]);
    expect(Object.fromEntries(found)).toEqual(scores.mainScores);
    for (const [split, entries] of Object.entries(result.splits)) {
      for (const { subset, languages } of entries) {
        // The catalogue has only the subsets that its benchmarks measure.
        if (languages.length > 0) expect(languages).toEqual(scores.languages[split]?.[subset]);
      }
    }
  });

  it("say why a main score that had another name then is undefined", () => {
    const entry = read("AskUbuntuDupQuestions").splits["test"]?.[0];
    expect(entry?.undefinedScores).toEqual({ main_score: "this file of an older mteb has no map_at_1000" });
    expect(entry?.scores).toEqual({ map: 0.62, mrr: 0.75 });
  });

  it("of a task that is not known here say so", () => {
    const file = { mteb_dataset_name: "Unknown", mteb_version: "1.0.0", test: { ndcg_at_10: 0.5 } };
    expect(parseResultFile(JSON.stringify(file), "x").splits["test"]?.[0]?.undefinedScores).toEqual({
      main_score: "this file of an older mteb has no main_score, and its task is not known",
    });
  });

  it("have their similarities flattened to today's names", () => {
    const scores = read("TwitterSemEval2015").splits["test"]?.[0]?.scores;
    expect(scores).toMatchObject({ cosine_ap: 0.71, dot_ap: 0.5, max_ap: 0.72, cosine_accuracy_threshold: 0.7 });
    expect(scores).not.toHaveProperty("cos_sim");
  });
});

describe("modernLayout", () => {
  it("leaves out what is no split, and takes a task that is not known as it comes", () => {
    const file = { mteb_dataset_name: "Own", mteb_version: "1.0.0", dataset_version: 3, test: { accuracy: 0.5 } };
    expect(isHistoric(file)).toBe(true);
    expect(modernLayout(file)).toMatchObject({
      task_name: "Own",
      dataset_revision: "not available",
      scores: { test: [{ accuracy: 0.5, main_score: null, hf_subset: "default", languages: [] }] },
    });
  });

  it("refuses a name that is none, like any file", () => {
    expect(() => parseResultFile('{"mteb_dataset_name": 5, "test": {"accuracy": 1}}', "x.json")).toThrow(
      "x.json: not a result file: task_name: expected string, received number; delete the file or run the task again",
    );
  });
});

describe("presentTaskName", () => {
  it("follows renames and letter case, and leaves the rest", () => {
    expect(["CMedQAv1", "stsbenchmark", "Own"].map(presentTaskName)).toEqual([
      "CMedQAv1-reranking",
      "STSBenchmark",
      "Own",
    ]);
  });
});
