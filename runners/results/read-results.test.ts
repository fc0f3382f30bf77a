import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sharedFolder } from "../../datasets/testing/shared.ts";
import { result, run } from "../testing/task-results.ts";
import { mainScoresFromData, onlyMainScores } from "./main-scores.ts";
import { parseModelMeta } from "./model-meta.ts";
import { fileName } from "./names.ts";
import { readMainScores, readRecords, readResults } from "./read-results.ts";
import { parseResultFile, toResultFile } from "./result-file.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pramana-read-"));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const fixtures = join(import.meta.dirname, "fixtures");
const official = readFileSync(join(fixtures, "mteb-2.26.24-STSBenchmark.json"), "utf8");
const known = new Set(["STSBenchmark", "STS12", "CMedQAv2-reranking", "Banking77Classification"]);

function put(path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
}

const changed = (change: (file: Record<string, unknown>) => unknown): string => {
  const file = JSON.parse(official);
  return JSON.stringify(change(file) ?? file);
};

describe("readMainScores", () => {
  it("keeps the main scores, and of tasks that are not known the name", async () => {
    put("a__x/r/STSBenchmark.json", official);
    put("a__x/r/Odd.json", official.replace("STSBenchmark", "Odd"));
    const { results, skipped } = await readMainScores([root], { now: 0, known });
    expect(skipped).toEqual([]);
    const entry = { subset: "default", languages: [], mainScore: 0.750501, scores: {}, undefinedScores: {} };
    expect(results.map(({ result }) => [result.task, result.splits])).toEqual([
      ["Odd", {}],
      ["STSBenchmark", { test: [entry] }],
    ]);
    expect(results[1]?.result).toMatchObject({ mtebVersion: "2.26.24", date: 1795251851.147195 });
  });

  it("says of every file that is not read why, and reads the others", async () => {
    put("a__x/r/STSBenchmark.json", official);
    put("a__x/r/STS12.json", official.slice(0, 300));
    put("a__x/r/STS13.json", "[]");
    put(
      "a__x/r/STS14.json",
      changed((file) => ({ ...file, task_name: "STS14", scores: {} })),
    );
    put(
      "a__x/r/STS15.json",
      changed((file) => ({ ...file, task_name: "STS15", scores: { test: [{ hf_subset: "x" }] } })),
    );
    put("a__x/r/STS16.json", official);
    put(
      "a__x/r/model_meta.json",
      '{"name": "a/x", "n_parameters": NaN, "embed_dim": [64, 256, 128], "max_tokens": 1e999}',
    );
    const { results, models, skipped } = await readMainScores([root], { now: 0, known });
    expect(results.map(({ result }) => result.task)).toEqual(["STSBenchmark"]);
    expect(models).toEqual([{ model: "a/x", revision: "r", parameters: null, dimensions: 256, maxTokens: null }]);
    expect(skipped.map(({ file, reason }) => [file.slice(root.length + "/a__x/r/".length), reason])).toEqual([
      [
        "STS12.json",
        expect.stringMatching(/^result: damaged JSON at line 1\d, column \d+: .*; delete the file or make it again$/),
      ],
      [
        "STS13.json",
        "result: not a result file: top level: expected object, received array; delete the file or run the task again",
      ],
      ["STS14.json", "it holds no scores"],
      [
        "STS15.json",
        "result: not a result file: scores.test[0].main_score: expected number; scores.test[0].languages: expected array, received undefined; delete the file or run the task again",
      ],
      ["STS16.json", "it holds the result of STSBenchmark, whose file is STSBenchmark.json"],
    ]);
  });

  it("reads files of mteb 1.x under the names they had", async () => {
    for (const name of ["CMedQAv2", "banking77classification"]) {
      put(`a__x/r/${name}.json`, readFileSync(join(fixtures, "historic", `${name}.json`), "utf8"));
    }
    const { results, skipped } = await readMainScores([root], { now: 0, known });
    expect(skipped).toEqual([]);
    expect(results.map(({ result }) => [result.task, result.splits["test"]?.[0]?.mainScore])).toEqual([
      ["CMedQAv2-reranking", 0.8],
      ["Banking77Classification", 0.84375],
    ]);
  });

  it("reads of wanted tasks only, by the names of their files today", async () => {
    for (const name of ["STSBenchmark", "STS12", "stsbenchmark", "CMedQAv2"]) {
      put(`a__x/r/${name}.json`, name === "STSBenchmark" ? official : "{");
    }
    put(`a__x/r/${fileName("a/b", "task")}.json`, official.replace('"STSBenchmark"', '"a/b"'));
    const wanted = new Set(["STSBenchmark", "CMedQAv2-reranking", "a/b"]);
    const { results, skipped } = await readMainScores([root], { now: 0, known: wanted, wanted });
    expect(results.map(({ result }) => result.task)).toEqual(["STSBenchmark", "a/b"]);
    expect(skipped).toEqual([]);
  });

  it("takes bare NaN as undefined", async () => {
    put("a__x/r/STSBenchmark.json", official.replace('"main_score": 0.750501', '"main_score": NaN'));
    const { results } = await readMainScores([root], { now: 0, known });
    expect(results[0]?.result.splits["test"]?.[0]?.mainScore).toBeNaN();
  });

  it("tells how far it is, and stops when it is told to", async () => {
    for (let i = 0; i < 130; i++) put(`a__x/r${i}/STSBenchmark.json`, official);
    const seen: [number, number][] = [];
    await readMainScores([root], { now: 0, known, onProgress: (done, total) => seen.push([done, total]) });
    expect(seen).toEqual([
      [64, 130],
      [128, 130],
      [130, 130],
    ]);
    const controller = new AbortController();
    const stopped = readMainScores([root], {
      ...{ now: 0, known, signal: controller.signal },
      onProgress: () => controller.abort(new Error("enough")),
    });
    await expect(stopped).rejects.toThrow("enough");
  });
});

describe("readRecords", () => {
  it("keeps the record of a run, and of others' files the main scores", async () => {
    put("a__x/r/STSBenchmark.json", official);
    const own = { ...parseResultFile(official, "result"), run };
    put("b__y/r/STSBenchmark.json", JSON.stringify(toResultFile(own)));
    const { results } = await readRecords([root], { now: 0, known });
    expect(results.map(({ result }) => result.run?.precision)).toEqual([undefined, run.precision]);
    const scores = results.map(({ result }) => Object.keys(result.splits["test"]?.[0]?.scores ?? {}).length);
    expect(scores).toEqual([0, Object.keys(own.splits["test"]?.[0]?.scores ?? {}).length]);
  });
});

describe("readMainScores of a large folder", () => {
  it("gives at a second call what the files hold: the same, changed, damaged, gone, new", async () => {
    const cacheFolder = join(root, "cache");
    const results = join(root, "results");
    const tasks = Array.from({ length: 25 }, (_, i) => `T${i}`);
    const score = (i: number, value: string): string =>
      official
        .replace('"main_score": 0.750501', `"main_score": ${value}`)
        .replace('"STSBenchmark"', `"${tasks[i % tasks.length]}"`);
    const at = (i: number): string => `results/a__m${Math.floor(i / tasks.length)}/r/${tasks[i % tasks.length]}.json`;
    for (let i = 0; i < 500; i++) put(at(i), i === 3 ? "{" : score(i, `0.${i + 100}`));
    put("results/a__m0/r/CMedQAv2.json", readFileSync(join(fixtures, "historic", "CMedQAv2.json"), "utf8"));
    const settings = { now: Date.now() / 1000 + 3600, known: new Set(tasks) };
    const both = async () => {
      const kept = await readMainScores([results], { ...settings, cacheFolder });
      expect(isDeepStrictEqual(kept, await readMainScores([results], settings))).toBe(true);
      return kept;
    };
    const first = await both();
    expect([first.results.length, first.skipped.length]).toEqual([500, 1]);
    expect(readdirSync(join(cacheFolder, "scores"))).toHaveLength(1);
    expect(isDeepStrictEqual(await both(), first)).toBe(true);
    put(at(1), score(1, "0.999"));
    put(at(2), "[]");
    put(at(3), score(3, "NaN"));
    rmSync(join(root, at(4)));
    put(at(500), score(500, "0.5"));
    const second = await both();
    expect([second.results.length, second.skipped.length]).toEqual([500, 1]);
    expect(isDeepStrictEqual(await both(), second)).toBe(true);
    // A task that is not known has no scores, kept or not.
    const none = await readMainScores([results], { ...settings, cacheFolder, known: new Set() });
    expect(none.results.every(({ result }) => Object.keys(result.splits).length === 0)).toBe(true);
  });
});

describe("mainScoresFromData", () => {
  it("is the whole reading with its main scores alone", async () => {
    const whole = parseResultFile(official, "x");
    expect(mainScoresFromData(JSON.parse(official))).toEqual(onlyMainScores(whole));
  });

  it.each([
    ["no object", () => []],
    ["no scores", () => ({ task_name: "x", dataset_revision: "d" })],
    [
      "a text as a score",
      (file: { scores: { test: object[] } }) => ({
        ...file,
        scores: { test: [{ ...file.scores.test[0], main_score: "1" }] },
      }),
    ],
    [
      "a subset twice in a file of ours",
      (file: { scores: { test: object[] } }) => ({
        ...file,
        pramana_run: {},
        scores: { test: [...file.scores.test, ...file.scores.test] },
      }),
    ],
    [
      "languages that are no texts",
      (file: { scores: { test: object[] } }) => ({
        ...file,
        scores: { test: [{ ...file.scores.test[0], languages: [1] }] },
      }),
    ],
    ["a date that is none", (file: object) => ({ ...file, date: {} })],
  ])("leaves %s to the reading that says what is wrong", (_, change) => {
    expect(mainScoresFromData(change(JSON.parse(official)))).toBeUndefined();
  });
});

describe("parseModelMeta", () => {
  it("reads what tables show", () => {
    expect(
      parseModelMeta('{"name": "a/x", "n_parameters": 335000000, "embed_dim": 1024, "max_tokens": 512.0}', "meta"),
    ).toEqual({ model: "a/x", parameters: 335000000, dimensions: 1024, maxTokens: 512 });
    expect(parseModelMeta('{"name": "a/x", "n_parameters": -1, "embed_dim": null}', "meta")).toEqual({
      ...{ model: "a/x", parameters: null, dimensions: null, maxTokens: null },
    });
  });

  it.each(["[]", "{}", '{"name": 5}', "null"])("refuses %s", (text) => {
    expect(() => parseModelMeta(text, "meta")).toThrow(
      'meta: no name in it; expected a text under "name"; delete the file or make it again',
    );
  });
});

describe.skipIf(sharedFolder() === undefined)("the official results (skipped without the shared folder)", () => {
  it("have the same main scores whether read whole or not", async () => {
    const folder = join(sharedFolder() ?? "", "results");
    // A copy of some, so that both readings see a folder that nobody else changes.
    for (const model of readdirSync(folder).slice(0, 3))
      cpSync(join(folder, model), join(root, model), { recursive: true });
    const whole = await readResults([root], { now: 0 });
    const tasks = new Set(whole.results.map(({ result }) => result.task));
    const lean = await readMainScores([root], { now: 0, known: tasks });
    expect(lean.results).toEqual(whole.results.map((one) => ({ ...one, result: onlyMainScores(one.result) })));
  });
});

describe("scores of a share of the units", () => {
  const limited = JSON.stringify(
    toResultFile(result({ task: "STS12", run: { ...run, limit: { most: 50, seed: 42, scored: [50, 90] } } })),
  );
  const read = { whole: () => readResults([root], { now: 0 }), main: () => readMainScores([root], { now: 0, known }) };

  it.each(["whole", "main"] as const)("are read in rows of theirs only, and whole ones in theirs (%s)", async (how) => {
    put("a__x[limit=50]/r/STS12.json", limited);
    put("a__x[limit=50]/r/STSBenchmark.json", official);
    put("a__x[limit=60]/r/STS12.json", limited);
    put("a__x/r/STS12.json", limited);
    put("a__x/r/STSBenchmark.json", official);
    const { results, skipped } = await read[how]();
    expect(results.map(({ model, result: { task } }) => [model, task])).toEqual([
      ["a/x", "STSBenchmark"],
      ["a/x[limit=50]", "STS12"],
    ]);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      "it holds scores of at most 50 units of each subset, and a/x those of all units",
      "it holds scores of all units, and a/x[limit=50] those of at most 50 units of each subset",
      "it holds scores of at most 50 units of each subset, and a/x[limit=60] those of at most 60 units of each subset",
    ]);
  });
});
