import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharedFolder } from "../datasets/testing/shared.ts";
import { readResults } from "../runners/store.ts";
import type { StsTask, TaskType } from "../tasks/task.ts";
import { type LeaderboardRow, makeLeaderboard, type RequiredTask, requiredTask, taskScore } from "./leaderboard.ts";
import { type TaskTypeName, taskTypes } from "./task-types.ts";
import { resultWith, stored, task } from "./testing/results.ts";

const sts1 = task("Sts1");
const sts2 = task("Sts2");
const search = task("Search", "Retrieval");
const tasks = [sts1, sts2, search];

const only = (rows: readonly LeaderboardRow[]): LeaderboardRow => {
  expect(rows).toHaveLength(1);
  return rows[0]!;
};

describe("taskScore", () => {
  const wide: RequiredTask = { name: "T", type: "STS", splits: ["test", "dev"], subsets: ["en", "de"] };

  it("is the mean over all required splits and subsets, each counting once, and over nothing else", () => {
    const scores = { test: { en: 0.1, de: 0.2, fr: 0.9 }, dev: { en: 0.3, de: 0.8 }, train: { en: 1 } };
    const outcome = taskScore(resultWith("T", scores), wide);
    expect(outcome.score).toBeCloseTo(0.35, 15);
  });

  it("says everything that is missing or undefined", () => {
    expect(taskScore(resultWith("T", { test: { en: 0.1 }, dev: { en: Number.NaN, de: 0.5 } }), wide)).toEqual({
      score: null,
      reason: "split test, subset de: missing; split dev, subset en: undefined (one label only)",
    });
    expect(
      taskScore(resultWith("T", { test: { en: 0.1, de: Number.POSITIVE_INFINITY } }), { ...wide, splits: ["test"] }),
    ).toEqual({
      score: null,
      reason: "split test, subset de: undefined",
    });
    expect(taskScore(resultWith("T", {}), { ...wide, subsets: [] })).toEqual({
      score: null,
      reason: "no split or subset required",
    });
  });
});

describe("requiredTask", () => {
  it("takes the subsets from the languages", () => {
    const spec: StsTask = {
      name: "T",
      type: "STS",
      dataset: { path: "a/b", revision: "c" },
      splits: ["test"],
      languages: { "en-en": ["eng-Latn"], de: ["deu-Latn"] },
      mainScore: "cosine_spearman",
      settings: { columns: ["a", "b"], minScore: 0, maxScore: 5 },
      licence: "not specified",
      reference: "",
    };
    expect(requiredTask(spec)).toEqual({ name: "T", type: "STS", splits: ["test"], subsets: ["en-en", "de"] });
  });
});

describe("makeLeaderboard", () => {
  it("averages over tasks and over types, which differ", () => {
    const { rows, types, notes } = makeLeaderboard(stored("a/x", { Sts1: 0.5, Sts2: 0.7, Search: 0.3 }), tasks);
    expect(types).toEqual(["Retrieval", "STS"]);
    expect(notes).toEqual([]);
    const row = only(rows);
    expect(row).toMatchObject({ model: "a/x", revision: "main", rank: 1, missing: [] });
    expect(row.scores).toEqual({ Sts1: 0.5, Sts2: 0.7, Search: 0.3 });
    expect(row.byType.STS).toBeCloseTo(0.6, 15);
    expect(row.meanTask).toBeCloseTo(0.5, 15);
    expect(row.meanType).toBeCloseTo(0.45, 15);
  });

  it("averages over no hole: a missing task takes the means it belongs to, and no other", () => {
    const row = only(makeLeaderboard(stored("a/x", { Sts1: 0.9, Search: 0.3 }), tasks, tasks).rows);
    expect(row).toEqual({
      model: "a/x",
      revision: "main",
      reported: [],
      rank: null,
      meanTask: null,
      meanType: null,
      byType: { Retrieval: 0.3, STS: null },
      scores: { Sts1: 0.9, Sts2: null, Search: 0.3 },
      missing: [{ task: "Sts2", type: "STS", reason: "missing" }],
    });
  });

  it("treats an undefined score as a hole, with its reason", () => {
    const row = only(makeLeaderboard(stored("a/x", { Sts1: 0.9, Sts2: Number.NaN, Search: 0 }), tasks).rows);
    expect([row.meanTask, row.meanType, row.byType]).toEqual([null, null, { Retrieval: 0, STS: null }]);
    expect(row.missing).toEqual([
      { task: "Sts2", type: "STS", reason: "split test, subset default: undefined (one label only)" },
    ]);
  });

  it("ranks complete rows by their mean, ties alike, and puts incomplete ones behind by what they lack", () => {
    const scores = (value: number) => ({ Sts1: value, Sts2: value, Search: value });
    const { rows } = makeLeaderboard(
      [
        ...stored("z/lacks-two", { Sts1: 0.99 }),
        ...stored("z/lacks-one", { Sts1: 0.99, Sts2: 0.99 }),
        ...stored("b/low", scores(0.1)),
        ...stored("b/tied", scores(0.5)),
        ...stored("a/tied", scores(0.5), "r2"),
        ...stored("a/tied", scores(0.5), "r1"),
        ...stored("c/best", scores(0.75)),
      ],
      tasks,
    );
    expect(rows.map(({ rank, model, revision }) => [rank, model, revision])).toEqual([
      [1, "c/best", "main"],
      [2, "a/tied", "r1"],
      [2, "a/tied", "r2"],
      [2, "b/tied", "main"],
      [5, "b/low", "main"],
      [null, "z/lacks-one", "main"],
      [null, "z/lacks-two", "main"],
    ]);
  });

  it("without a benchmark has the known tasks that any result belongs to, in the known order", () => {
    const results = [
      ...stored("a/x", { Search: 0.5, Mystery: 1, Enigma: 1 }),
      ...stored("b/y", { Sts1: 0.5, Mystery: 0 }),
    ];
    const board = makeLeaderboard(results, tasks);
    expect(board.tasks.map(({ name }) => name)).toEqual(["Sts1", "Search"]);
    expect(board.rows.map(({ model, missing }) => [model, missing.map((one) => one.task)])).toEqual([
      ["a/x", ["Sts1"]],
      ["b/y", ["Search"]],
    ]);
    expect(board.notes).toEqual(["2 tasks of the results not known and left out: Enigma, Mystery"]);
  });

  it("with a benchmark has its tasks, and says which models have none of them", () => {
    const board = makeLeaderboard(
      [...stored("a/x", { Sts1: 0.5, Search: 0.1 }), ...stored("b/y", { Search: 0.5 }, "r")],
      tasks,
      [sts1],
    );
    expect(board.rows.map(({ model, meanTask }) => [model, meanTask])).toEqual([["a/x", 0.5]]);
    expect(board.notes).toEqual(["b/y at r left out: it has none of the tasks"]);
  });

  it("takes the first of two results of one task, and says so", () => {
    const [first, second] = [stored("a/x", { Sts1: 0.5 }), stored("a/x", { Sts1: 0.9 })];
    const board = makeLeaderboard([...first, { ...second[0]!, file: "elsewhere/Sts1.json" }], tasks);
    expect(only(board.rows).meanTask).toBe(0.5);
    expect(board.notes).toEqual([
      "elsewhere/Sts1.json left out: results/a__x/main/Sts1.json is the same task's result",
    ]);
  });

  it("fills the only revision's gaps with results reported without one, and says which", () => {
    const board = makeLeaderboard(
      [
        ...stored("a/x", { Sts1: 0.9, Sts2: 0.9, Other: 0.1 }, "external"),
        ...stored("a/x", { Sts1: 0.5, Search: 0.5 }, "r1"),
      ],
      tasks,
    );
    expect(only(board.rows)).toMatchObject({
      revision: "r1",
      rank: 1,
      scores: { Sts1: 0.5, Sts2: 0.9, Search: 0.5 },
      reported: ["Sts2"],
    });
    expect(board.notes).toContain(
      "results/a__x/external/Sts1.json left out: results/a__x/r1/Sts1.json is the same task's result",
    );
  });

  it("leaves them apart where a model has several revisions, or none", () => {
    const results = ["external", "r1", "r2"].flatMap((revision) => stored("a/x", { Sts1: 0.5 }, revision));
    const rows = (chosen: typeof results) =>
      makeLeaderboard(chosen, tasks).rows.map(({ revision, reported }) => [revision, reported]);
    expect(rows(results)).toEqual([
      ["external", []],
      ["r1", []],
      ["r2", []],
    ]);
    expect(rows(results.slice(0, 1))).toEqual([["external", []]]);
  });

  it("has no rows without results", () => {
    expect(makeLeaderboard([], tasks)).toEqual({ tasks: [], types: [], rows: [], notes: [] });
    expect(makeLeaderboard([], tasks, tasks).rows).toEqual([]);
  });

  it("does not depend on the order of the results", () => {
    const results = ["a/x", "b/y", "c/z"].flatMap((model, i) =>
      stored(model, { Sts1: 0.3 * i, Sts2: 0.1, ...(i === 1 ? {} : { Search: 0.7 }) }),
    );
    expect(makeLeaderboard([...results].reverse(), tasks)).toEqual(makeLeaderboard(results, tasks));
  });
});

describe("taskTypes", () => {
  it("cover the types of the catalogue", () => {
    const same: TaskType extends TaskTypeName ? (TaskTypeName extends TaskType ? true : false) : false = true;
    expect(same).toBe(true);
    expect(new Set(taskTypes.map((one) => one.type)).size).toBe(7);
  });
});

interface BenchmarkTask {
  readonly name: string;
  readonly type: TaskTypeName;
  readonly splits: string[];
  readonly subsets: string[];
}

describe.skipIf(sharedFolder() === undefined)("the official table (skipped without the shared folder)", () => {
  const read = (name: string) => JSON.parse(readFileSync(join(sharedFolder() ?? "", name), "utf8"));

  it("is what mteb 2.26.24 makes of the same files, all 17 models and all means", async () => {
    const benchmark: RequiredTask[] = read("facts-benchmarks.json")["MTEB(eng, v2)"].map(
      ({ name, type, splits, subsets }: BenchmarkTask) => ({ name, type, splits, subsets }),
    );
    const { results } = await readResults([join(sharedFolder() ?? "", "results")], 0);
    const board = makeLeaderboard(results, benchmark, benchmark);
    const complete = board.rows.filter(({ rank }) => rank !== null);
    const computed: Record<string, number | string>[] = read("goldens/leaderboard-eng-v2.json").computed;
    expect(complete.map(({ model }) => model).sort()).toEqual(computed.map((row) => String(row["Model"])).sort());
    for (const row of computed) {
      const ours = complete.find(({ model }) => model === row["Model"])!;
      // The published numbers are rounded to ten places.
      const close = (value: number | null | undefined, key: string) =>
        expect(value, `${ours.model} ${key}`).toBeCloseTo(Number(row[key]), 9);
      close(ours.meanTask, "Mean (Task)");
      close(ours.meanType, "Mean (TaskType)");
      for (const { type } of taskTypes) close(ours.byType[type], type);
    }
  });
});
