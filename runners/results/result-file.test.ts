import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { sharedFolder } from "../../datasets/testing/shared.ts";
import { reread, result, run, subset, written } from "../testing/task-results.ts";
import { mainScoresFromData } from "./main-scores.ts";
import { type SubsetResult, type TaskResult, unknownMtebVersion } from "./result.ts";
import { parseResultFile, toResultFile } from "./result-file.ts";

const fixtures = join(import.meta.dirname, "fixtures");
const official = readFileSync(join(fixtures, "mteb-2.26.24-STSBenchmark.json"), "utf8");

/** Draws numbers in [0, 1) by a linear congruential generator (Numerical Recipes). */
function* uniform(seed: number): Generator<number, never> {
  let state = seed;
  while (true) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

function randomResult(seed: number): TaskResult {
  const stream = uniform(seed);
  const draw = (n: number): number => Math.floor(stream.next().value * n);
  const score = (): number => draw(1_000_001) / 1e6;
  const entry = (_: unknown, i: number): SubsetResult => {
    const broken = draw(4) === 0;
    return {
      subset: `subset-${i} "ü"`,
      languages: ["eng-Latn", "deu-Latn"].slice(draw(2)),
      mainScore: broken ? Number.NaN : score(),
      scores: {
        ndcg_at_10: broken ? Number.NaN : score(),
        accuracy: -score(),
        scores_per_experiment: Array.from({ length: 1 + draw(3) }, () => ({ accuracy: score(), f1: score() })),
      },
      undefinedScores: broken ? { ndcg_at_10: "no query has a judged document" } : {},
    };
  };
  return result({
    splits: Object.fromEntries(["test", "dev"].map((split) => [split, Array.from({ length: draw(4) }, entry)])),
    evaluationSeconds: stream.next().value * 100,
    ...(draw(2) === 0 ? { run } : {}),
  });
}

describe("toResultFile", () => {
  it("writes what mteb writes, key by key", () => {
    // mteb's own timing of its steps; its type allows for none.
    const expected = { ...JSON.parse(official), evaluation_phases: null };
    const file = toResultFile(parseResultFile(official, "official"));
    expect(file).toEqual(expected);
    expect(Object.keys(file)).toEqual(Object.keys(expected));
    const entryOf = (value: unknown) => (value as { scores: { test: object[] } }).scores.test[0];
    expect(Object.keys(entryOf(file))).toEqual(Object.keys(entryOf(expected)));
  });

  // CPython 3.11: [[x, round(x, 6)] for x in …]; the first six lie half way.
  it.each([
    [0.0078125, 0.007812],
    [0.0234375, 0.023438],
    [-0.0078125, -0.007812],
    [0.5078125, 0.507812],
    [12.0234375, 12.023438],
    [0.9921875, 0.992188],
    [0.1234565, 0.123456],
    [0.1234575, 0.123457],
    [0.0002675, 0.000267],
    [5e-7, 0],
    [0.86130077866, 0.861301],
    [123456.7890125, 123456.789012],
    [0.7505014999999999, 0.750501],
    [1e22, 1e22],
    [-1, -1],
  ])("rounds %d to %d, as Python does", (value, expected) => {
    const { scores } = written(result({ splits: { test: [subset({ mainScore: value, scores: { a: value } })] } }));
    expect(scores.test[0]).toMatchObject({ main_score: expected, a: expected });
  });

  it("rounds inside lists, and leaves times alone", () => {
    const splits = { test: [subset({ scores: { scores_per_experiment: [{ accuracy: 1 / 3 }] } })] };
    const file = written(result({ splits, evaluationSeconds: 1 / 3 }));
    expect(file.scores.test[0].scores_per_experiment).toEqual([{ accuracy: 0.333333 }]);
    expect(file.evaluation_time).toBe(1 / 3);
  });

  it("writes null and the reason for a score without a value, and never null without one", () => {
    const entry = subset({
      mainScore: Number.NaN,
      scores: { cosine_spearman: Number.NaN, pearson: Number.NaN, ratio: Number.POSITIVE_INFINITY, f1: 0.25 },
      undefinedScores: { cosine_spearman: "all gold scores are equal" },
    });
    expect(written(result({ splits: { test: [entry] } })).scores.test[0]).toEqual({
      cosine_spearman: null,
      pearson: null,
      ratio: null,
      f1: 0.25,
      main_score: null,
      hf_subset: "default",
      languages: ["eng-Latn"],
      mteb_version: "2.26.24",
      undefined_scores: {
        cosine_spearman: "all gold scores are equal",
        pearson: "no reason recorded",
        ratio: "the value was Infinity",
      },
    });
  });
});

describe("parseResultFile", () => {
  it("gives back what was written", () => {
    for (let seed = 0; seed < 300; seed++) expect(reread(randomResult(seed))).toEqual(randomResult(seed));
  });

  it("gives back missing times and versions as what stands for them", () => {
    const unknown = { evaluationSeconds: Number.NaN, date: Number.NaN, mtebVersion: unknownMtebVersion };
    expect(written(result(unknown))).toMatchObject({ evaluation_time: null, date: null, mteb_version: null });
    expect(reread(result(unknown))).toEqual(result(unknown));
  });

  it("reads a file of mteb 1.x: bare NaN, no date, no version per subset, lists per level", () => {
    const text = `{"dataset_revision": "r", "task_name": "T", "mteb_version": "1.18.0", "evaluation_time": null,
      "scores": {"test": [{"ap": NaN, "main_score": 0.5, "hf_subset": "en", "languages": ["eng-Latn"],
      "v_measures": {"Level 0": [0.1, 0.2]}, "cosine": {"ap": 0.3, "f1": null}}]}}`;
    expect(parseResultFile(text, "x.json")).toEqual({
      task: "T",
      datasetRevision: "r",
      mtebVersion: "1.18.0",
      splits: {
        test: [
          {
            subset: "en",
            languages: ["eng-Latn"],
            mainScore: 0.5,
            scores: { ap: Number.NaN, v_measures: { "Level 0": [0.1, 0.2] }, cosine_ap: 0.3, cosine_f1: Number.NaN },
            undefinedScores: {},
          },
        ],
      },
      evaluationSeconds: Number.NaN,
      date: Number.NaN,
    });
  });

  it("reads a date as text, as mteb's own JSON dump has it", () => {
    const text = JSON.stringify({ ...toResultFile(result()), date: "2026-11-21T09:04:11Z" });
    expect(parseResultFile(text, "x.json").date).toBe(1795251851);
  });

  it("keeps lists of repetitions, and lists by level", () => {
    const scores = { v_measure: 0.5, v_measures: { "Level 0": [0.25, 0.75], "Level 1": [0.5] }, each: [0.125, 1] };
    const once = reread(result({ splits: { test: [subset({ scores })] } }));
    expect(once.splits["test"]?.[0]?.scores).toEqual(scores);
  });

  const file = toResultFile(result());
  const withEntry = (entry: object) => ({
    ...file,
    scores: { test: [{ ...written(result()).scores.test[0], ...entry }] },
  });
  it.each([
    ["a list", [], "x.json: not a result file: top level: expected object, received array; "],
    [
      "no task",
      { ...file, task_name: undefined },
      "x.json: not a result file: task_name: expected string, received undefined; ",
    ],
    [
      "a text as score",
      withEntry({ main_score: "0.5" }),
      "x.json: not a result file: scores.test[0].main_score: expected number; ",
    ],
    [
      "no main score",
      withEntry({ main_score: undefined }),
      "x.json: not a result file: scores.test[0].main_score: expected number; ",
    ],
    [
      "two problems",
      { ...withEntry({ hf_subset: 1 }), dataset_revision: null },
      "x.json: not a result file: dataset_revision: expected string, received null; scores.test[0].hf_subset: expected string, received number; ",
    ],
    [
      "a subset twice",
      { ...toResultFile(result({ run })), scores: { dev: [file, file].map(() => withEntry({}).scores.test[0]) } },
      "x.json: not a result file: scores.dev: subset default occurs twice; ",
    ],
  ])("refuses %s", (_, data, message) => {
    const read = () => parseResultFile(JSON.stringify(data), "x.json");
    expect(read).toThrow(InputError);
    expect(read).toThrow(`${message}delete the file or run the task again`);
  });

  it("reads a subset twice in a file that mteb wrote", () => {
    const { pramana_run: _run, ...theirs } = file;
    const [entry] = written(result()).scores.test;
    const read = parseResultFile(JSON.stringify({ ...theirs, scores: { dev: [entry, entry] } }), "x.json");
    expect(read.splits["dev"]).toHaveLength(2);
  });

  it("refuses a text that ends early", () => {
    expect(() => parseResultFile(official.slice(0, 200), "STS.json")).toThrow(
      "STS.json: damaged JSON at line 9, column 8: the text ends, expected a key; delete the file or make it again",
    );
  });
});

describe.skipIf(sharedFolder() === undefined)("the official result files (skipped without the shared folder)", () => {
  const folder = join(sharedFolder() ?? "", "results");
  const files = (sharedFolder() === undefined ? [] : readdirSync(folder, { recursive: true }))
    .map(String)
    .filter((path) => path.endsWith(".json") && !path.endsWith("model_meta.json"));

  it("are read, all 697, with every main score", () => {
    expect(files).toHaveLength(697);
    const scores = files.flatMap((path) => {
      const parsed = parseResultFile(readFileSync(join(folder, path), "utf8"), path);
      return Object.values(parsed.splits).flatMap((entries) => entries.map((entry) => entry.mainScore));
    });
    expect(scores).toHaveLength(4111);
    expect(scores.filter((score) => score >= -1 && score <= 1)).toHaveLength(4111);
  });

  it("keep all their scores when they are written again", () => {
    /** Computes the largest difference of two numbers in the same place; infinite where the shapes differ. */
    const drift = (a: unknown, b: unknown): number => {
      if (typeof a === "number" && typeof b === "number") return Math.abs(a - b);
      if (typeof a !== "object" || typeof b !== "object" || !a || !b) return a === b ? 0 : Number.POSITIVE_INFINITY;
      const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
      const inner = (value: object, name: string): unknown => (value as Record<string, unknown>)[name];
      return Math.max(0, ...names.map((name) => drift(inner(a, name), inner(b, name))));
    };
    let compared = 0;
    for (const path of files) {
      const text = readFileSync(join(folder, path), "utf8").replaceAll(/\bNaN\b/g, "null");
      const { scores } = written(parseResultFile(text, path));
      for (const [split, entries] of Object.entries<Record<string, unknown>[]>(JSON.parse(text).scores)) {
        for (const [i, entry] of entries.entries()) {
          const { mteb_version: _, undefined_scores: __, ...again } = scores[split][i];
          // Half of the sixth place, and the error of the subtraction.
          if (drift(again, entry) > 5e-7 + 1e-15) expect({ path, ...again }).toEqual({ path, ...entry });
          compared++;
        }
      }
    }
    expect(compared).toBe(4111);
  });
});

describe("findings", () => {
  const findings = [
    { split: "test", subset: "de", kind: "judged-document-unknown", count: 4, first: ["q3 d9"] } as const,
    { split: "dev", subset: "en", kind: "row-repeated", count: 1, first: ["row 2"] } as const,
  ];
  const file = written(result({ findings }));

  it("are in the file, and read as they were, whole or with main scores only", () => {
    expect(file.pramana_findings).toEqual(findings);
    expect(reread(result({ findings })).findings).toEqual(findings);
    expect(mainScoresFromData(file)?.findings).toEqual(findings);
    expect(written(result())).not.toHaveProperty("pramana_findings");
    expect(reread(result())).not.toHaveProperty("findings");
  });

  it("of a kind that is not known, as another version may write them, are passed over", () => {
    for (const kind of ["news", "constructor", "__proto__"]) {
      const other = { ...file, pramana_findings: [{ ...findings[0], kind, more: 1 }, findings[1]] };
      expect(parseResultFile(JSON.stringify(other), "x").findings).toEqual([findings[1]]);
      expect(mainScoresFromData(other)?.findings).toEqual([findings[1]]);
    }
  });

  it.each([5, {}, [5], [{ ...findings[0], count: "4" }], [{ ...findings[0], first: [5] }], [{ kind: "row-repeated" }]])(
    "that are none are refused: %j",
    (found) => {
      const other = { ...file, pramana_findings: found };
      expect(mainScoresFromData(other)).toBeUndefined();
      expect(() => parseResultFile(JSON.stringify(other), "x")).toThrow("pramana_findings: expected findings");
    },
  );
});
