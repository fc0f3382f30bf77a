import { describe, expect, it } from "vitest";
import { InputError } from "../datasets/errors.ts";
import { checkTasks, parseTaskFile } from "./task-file.ts";
import { faultOf, ownTask, wayOut } from "./testing/own-task.ts";

const faults = (type: string, more: object): string => faultOf(ownTask(type, more));

describe("what is refused", () => {
  it("a file that is not JSON", () => {
    expect(() => parseTaskFile("{name: 1}", "own.json")).toThrow(InputError);
    expect(() => parseTaskFile("{name: 1}", "own.json")).toThrow(
      /^task file own\.json: not valid JSON \(.+ \(line 1 column 2\)\); docs\/custom-tasks\.md lists the fields$/,
    );
    const late = '{\n  "name": "Own"\n  "type": "STS"\n}';
    expect(() => parseTaskFile(late, "own.json")).toThrow(/\(line 3 column 3\)\); docs/);
  });

  it.each([
    ["3", "task 1 is 3; expected an object with the fields of a task"],
    ["null", "task 1 is null; expected an object with the fields of a task"],
    ['["STS12"]', 'task 1 is "STS12"; expected an object with the fields of a task'],
    ["[]", "it holds no task"],
  ])("%s", (text, fault) => {
    expect(() => parseTaskFile(text, "own.json")).toThrow(new InputError(`task file own.json: ${fault}; ${wayOut}`));
  });

  it.each([
    ['{"benchmarks": 3}', `benchmarks is 3; expected a list of one benchmark or more; ${wayOut}`],
    ['{"benchmarks": []}', `benchmarks is []; expected a list of one benchmark or more; ${wayOut}`],
    ['{"tasks": []}', `it holds no task; ${wayOut}`],
    [
      '{"tasks": [], "benchmark": []}',
      'benchmark is not a field of a task file (did you mean "benchmarks"?); expected tasks and benchmarks',
    ],
    ['{"benchmarks": ["BEIR"]}', `benchmark 1 is "BEIR"; expected an object with name and tasks; ${wayOut}`],
    ['{"benchmarks": [{"name": "b"}]}', `benchmark "b": tasks is missing (expected a list); ${wayOut}`],
    [
      '{"benchmarks": [{"name": "b", "tasks": []}]}',
      `benchmark "b": tasks is [] (expected the name of one task or more); ${wayOut}`,
    ],
    [
      '{"benchmarks": [{"name": "", "tasks": ["STS12"]}]}',
      `benchmark 1: name is "" (expected a text that is not empty); ${wayOut}`,
    ],
    [
      '{"benchmarks": [{"name": "b", "tasks": ["STS12", 3], "tests": 1}]}',
      `benchmark "b": tasks[1] is 3 (expected the name of a task, or an object with name, subsets and splits); tests is not a field of a benchmark (did you mean "tasks"?); ${wayOut}`,
    ],
    [
      '{"benchmarks": [{"name": "b", "tasks": ["STS12", "STS13", "STS12"]}]}',
      'benchmark "b": tasks has "STS12" twice; expected each task once',
    ],
    [
      '{"benchmarks": [{"name": "b", "tasks": ["STS12"]}, {"name": "b", "tasks": ["STS13"]}]}',
      'two benchmarks are called "b"; rename one',
    ],
  ])("%s", (text, fault) => {
    expect(() => parseTaskFile(text, "own.json")).toThrow(new InputError(`task file own.json: ${fault}`));
  });

  it("a type there is none of", () => {
    const types =
      "STS, Classification, Clustering, PairClassification, Retrieval, Reranking, Summarization, BitextMining, MultilabelClassification, Regression, InstructionRetrieval, " +
      "InstructionReranking";
    expect(faults("clasification", {})).toBe(
      'task file own.json: task "Own": type is "clasification" (did you mean "Classification"?); ' +
        `expected one of ${types}`,
    );
    expect(faultOf([ownTask("STS", { settings: { minScore: 0, maxScore: 1 } }), {}])).toBe(
      `task file own.json: task 2: type is missing; expected one of ${types}`,
    );
    expect(faultOf({ name: "Own", typ: "STS" })).toBe(
      `task file own.json: task "Own": type is missing (is "typ" meant to be it?); expected one of ${types}`,
    );
    expect(faults("toString", {})).toContain('type is "toString"; expected one of');
  });

  it.each([
    ["a field too many", { prompts: "x" }, 'prompts is not a field of this type (did you mean "prompt"?)'],
    [
      "a setting too many",
      { settings: { samples: 8, seed: 1 } },
      'settings.samples is not a field of this type (did you mean "samplesPerLabel"?); settings.seed is not a field of this type',
    ],
    [
      "fields with slips",
      { langauges: {}, mainScore: "acuracy", prepare: [{ step: "renam" }] },
      /mainScore is "acuracy" \(did you mean "accuracy"\?\) .*step is "renam" \(did you mean "rename"\?\) .*langauges is not a field of this type \(did you mean "languages"\?\)/,
    ],
    ["no languages", { languages: undefined }, "languages is missing (expected an object)"],
    ["no subset", { languages: {} }, "languages is {} (expected one subset or more, such as default)"],
    [
      "a language by its short name",
      { languages: { default: ["en"] } },
      'languages.default[0] is "en" (expected ISO 639-3 and script, such as eng-Latn)',
    ],
    ["no split", { splits: [] }, "splits is [] (expected one text or more)"],
    [
      "a number of samples that is none",
      { settings: { samplesPerLabel: 0 } },
      "settings.samplesPerLabel is 0 (expected a number above 0)",
    ],
    ["half an experiment", { settings: { experiments: 2.5 } }, "settings.experiments is 2.5 (expected a whole number)"],
    [
      "a score of another type",
      { mainScore: "map_at_10" },
      'mainScore is "map_at_10" (expected one of accuracy, f1, f1_weighted, precision, precision_weighted, recall, recall_weighted, ap, ap_weighted, lrap, hamming)',
    ],
    [
      "a name that is a path",
      { name: "../own" },
      'name is "../own" (expected letters, digits and . _ - + ( ), as it becomes the name of a file)',
    ],
    ["a prompt that is a number", { prompt: 5 }, "prompt is 5 (expected a text, or an object with query and document)"],
    [
      "a step there is none of",
      { prepare: [{ step: "lowercase" }] },
      'prepare[0].step is "lowercase" (expected one of rename, flatten, chunk, batch, sampleLists, stack, splitLabel, dropRareLabels, dropRepeats, keepRows, dropRows, dropBlank, head, shuffle, sample, stratifiedSample, iterativeStratifiedSample, mapValues, copy, firstOf, join, splitText, firstParts, number, placeOfLargest, encodeLabels, …)',
    ],
    [
      "new splits without their sizes",
      { prepare: [{ step: "resplit", from: "test", seed: 42, stratifyBy: "label", testRows: 9 }] },
      "prepare[0] is { step: 'resplit', from: 'test', seed: 42, stratifyBy: 'label', testRows: 9 } (expected testShare, or trainRows and testRows)",
    ],
    [
      "what JSON has no form for",
      { settings: { samplesPerLabel: 8n } },
      "settings.samplesPerLabel is 8n (expected a number)",
    ],
    [
      "several things at once",
      { splits: 1, licence: "" },
      'splits is 1 (expected a list); licence is "" (expected a text that is not empty)',
    ],
  ])("%s", (_what, more, fault) => {
    const name = "name" in more ? more.name : "Own";
    const told = faults("Classification", more);
    if (typeof fault === "string") expect(told).toBe(`task file own.json: task "${name}": ${fault}; ${wayOut}`);
    else expect(told).toMatch(fault);
  });

  it("a range that is none", () => {
    const fault = "settings.maxScore is 1 (expected minScore below maxScore)";
    for (const type of ["STS", "Summarization"]) {
      expect(faults(type, { settings: { minScore: 1, maxScore: 1 } })).toBe(
        `task file own.json: task "Own": ${fault}; ${wayOut}`,
      );
      expect(faults(type, {})).toBe(
        `task file own.json: task "Own": settings is missing (expected an object); ${wayOut}`,
      );
    }
  });

  it("a main score of pairs of texts where texts are laid out on a plane, and the other way round", () => {
    const settings = { arrangements: true };
    const fault = "needs settings.arrangements left out; otherwise expected one of alpha_auc";
    const inFront = `task file own.json: task "Own": mainScore is`;
    expect(faults("STS", { settings })).toBe(
      `${inFront} missing (cosine_spearman, the standard one, ${fault}); ${wayOut}`,
    );
    expect(faults("STS", { settings, mainScore: "pearson" })).toBe(`${inFront} "pearson" (${fault}); ${wayOut}`);
    expect(faults("STS", { settings: { minScore: 0, maxScore: 1 }, mainScore: "alpha_auc" })).toMatch(
      /: mainScore is "alpha_auc" \(needs settings\.arrangements true; otherwise expected one of cosine_pearson, .*, spearman\);/,
    );
    expect(checkTasks(ownTask("STS", { settings, mainScore: "alpha_auc" }), "own.json")[0]?.mainScore).toBe(
      "alpha_auc",
    );
  });

  it("a mean over sub-queries that are not merged", () => {
    const mainScore = "max_over_subqueries_map_at_1000";
    expect(faults("Reranking", { mainScore })).toContain(
      `: mainScore is "${mainScore}" (needs settings.mergeSubqueries true; otherwise expected one of ndcg_at_1, `,
    );
    expect(
      checkTasks(ownTask("Reranking", { mainScore, settings: { mergeSubqueries: true } }), "own.json")[0]?.mainScore,
    ).toBe(mainScore);
  });

  it("settings of the new clustering in the old one", () => {
    expect(faults("Clustering", { settings: { legacy: true, maxFraction: null } })).toBe(
      `task file own.json: task "Own": settings.maxFraction is not a field of this type; ${wayOut}`,
    );
    expect(faults("Clustering", { settings: { legacy: false } })).toBe(
      `task file own.json: task "Own": settings.legacy is false (expected true); ${wayOut}`,
    );
  });

  it("names that are taken, before any field", () => {
    expect(faults("Retrieval", { name: "ArguAna", settings: undefined, languages: undefined })).toBe(
      'task file own.json: the catalogue has a task "ArguAna" already; choose another name',
    );
    expect(faults("Retrieval", { name: "ArguAna" })).toBe(
      'task file own.json: the catalogue has a task "ArguAna" already; choose another name',
    );
    expect(faults("Retrieval", { name: "CQADupstackRetrieval" })).toBe(
      'task file own.json: the catalogue has a task "CQADupstackRetrieval" already; choose another name',
    );
    expect(faultOf([ownTask("Retrieval"), ownTask("Reranking")])).toBe(
      'task file own.json: two tasks are called "Own"; rename one',
    );
  });
});
