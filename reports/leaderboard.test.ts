import { describe, expect, it } from "vitest";
import type { StsTask } from "../tasks/task.ts";
import type { LeaderboardRow } from "./board-row.ts";
import { makeLeaderboard } from "./leaderboard.ts";
import { type RequiredTask, requiredTask, standardShape } from "./required.ts";
import { taskScore } from "./scores.ts";
import { resultWith, stored, task } from "./testing/results.ts";

const sts1 = task("Sts1");
const sts2 = task("Sts2");
const search = task("Search", "Retrieval");
const tasks = [sts1, sts2, search];

const only = (rows: readonly LeaderboardRow[]): LeaderboardRow => {
  expect(rows).toHaveLength(1);
  return rows[0];
};

describe("taskScore", () => {
  const wide: RequiredTask = { name: "T", type: "STS", splits: ["test", "dev"], subsets: ["en", "de"], languages: {} };

  it("is the mean over all required splits and subsets, each counting once, and over nothing else", () => {
    const scores = { test: { en: 0.1, de: 0.2, fr: 0.9 }, dev: { en: 0.3, de: 0.8 }, train: { en: 1 } };
    const outcome = taskScore(resultWith("T", scores), wide);
    expect(outcome.score).toBeCloseTo(0.35, 15);
  });

  it("averages a subset that stands twice, as mteb does, with every entry counting once", () => {
    const once = resultWith("T", { test: { en: 0.1, de: 0.4 }, dev: { en: 0.1, de: 0.4 } });
    const [en] = resultWith("T", { test: { en: 0.6 } }).splits["test"] ?? [];
    const twice = { ...once, splits: { ...once.splits, test: [...(once.splits["test"] ?? []), en] } };
    expect(taskScore(twice, wide).score).toBeCloseTo((0.1 + 0.4 + 0.6 + 0.1 + 0.4) / 5, 15);
    expect(taskScore(twice, { ...wide, subsets: ["de"] }).score).toBe(0.4);
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
    expect(requiredTask(spec)).toEqual({
      name: "T",
      type: "STS",
      splits: ["test"],
      subsets: ["en-en", "de"],
      languages: spec.languages,
    });
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
      revisions: [{ revision: "main", tasks: 2 }],
      baseline: false,
      parameters: null,
      dimensions: null,
      maxTokens: null,
      kind: null,
      bytesPerDocument: null,
      rank: 1,
      meanSubset: null,
      groups: [],
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

  it("ranks by Borda count, not by mean, incomplete rows among complete ones", () => {
    const { rows } = makeLeaderboard(
      [
        ...stored("z/lacks-two", { Sts1: 0.99 }),
        ...stored("z/lacks-one", { Sts1: 0.99, Sts2: 0.99 }),
        ...stored("b/low", { Sts1: 0.1, Sts2: 0.1, Search: 0.1 }),
        // Beaten on two tasks of three, with the higher mean.
        ...stored("b/uneven", { Sts1: 0.2, Sts2: 0.2, Search: 0.9 }),
        ...stored("a/even", { Sts1: 0.3, Sts2: 0.3, Search: 0.3 }),
        ...stored("a/tied", { Sts1: 0.1, Sts2: 0.1, Search: 0.1 }),
      ],
      tasks,
    );
    // Points, of six rows less the place: 11, 10, 9.5, and thrice 4.5.
    expect(rows.map(({ rank, model }) => [rank, model])).toEqual([
      [1, "a/even"],
      [2, "b/uneven"],
      [3, "z/lacks-one"],
      [4, "a/tied"],
      [4, "b/low"],
      [4, "z/lacks-two"],
    ]);
  });

  it("ranks by what there is of an incomplete task, and counts no row that has none whole", () => {
    const wide: RequiredTask = { name: "Wide", type: "STS", splits: ["test"], subsets: ["en", "de"], languages: {} };
    const half = { ...stored("c/half", {})[0], model: "c/half", revision: "main", file: "" };
    const results = [
      ...stored("a/x", { Sts1: 0.1 }),
      ...stored("b/y", { Sts1: 0.2 }),
      { ...half, result: resultWith("Wide", { test: { en: 0.9 } }) },
      { ...half, model: "d/whole", result: resultWith("Wide", { test: { en: 0.5, de: 0.5 } }) },
    ];
    // Three rows have a task whole: b/y earns 2, a/x 1, d/whole, beaten on Wide, 1; c/half earns 2 and is not shown.
    const { rows, notes } = makeLeaderboard(results, [sts1, wide]);
    expect(rows.map(({ rank, model }) => [rank, model])).toEqual([
      [1, "b/y"],
      [3, "a/x"],
      [3, "d/whole"],
    ]);
    expect(notes).toEqual(["c/half at main left out: it has none of the tasks whole"]);
    expect(makeLeaderboard([results[2]], [wide]).rows).toMatchObject([{ model: "c/half", rank: null }]);
  });

  it("is brief where it is asked to be: one line a cause", () => {
    const others = Array.from({ length: 4 }, (_, i) => stored(`b/m${i}`, { Search: 0.5 })).flat();
    const odd = stored("a/x", { Sts1: 0.5, A: 1, B: 1, C: 1, D: 1 });
    expect(makeLeaderboard([...odd, ...others], tasks, [sts1], { brief: true }).notes).toEqual([
      "4 tasks of the results not known and left out (--task-file adds your own): A, B, C and 1 more (--verbose names them)",
      "4 models left out: they have none of the tasks (--verbose names them)",
    ]);
    expect(makeLeaderboard(odd.slice(0, 3), tasks, [sts1], { brief: true })).toEqual({
      ...makeLeaderboard(odd.slice(0, 3), tasks, [sts1]),
      brief: true,
    });
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
    expect(board.notes).toEqual([
      "2 tasks of the results not known and left out (--task-file adds your own): Enigma, Mystery",
    ]);
  });

  it("with a benchmark has its tasks, and says which models have none of them", () => {
    const board = makeLeaderboard(
      [...stored("a/x", { Sts1: 0.5, Search: 0.1 }), ...stored("b/y", { Search: 0.5 }, "r")],
      tasks,
      [sts1],
    );
    expect(board.rows.map(({ model, meanTask }) => [model, meanTask])).toEqual([["a/x", 0.5]]);
    expect(board.notes).toEqual(["b/y at r left out: it has none of the tasks"]);
    // Of others no file was read, and their folders tell that they are there.
    const size = { parameters: null, dimensions: null, maxTokens: null };
    const descriptions = ["a/x", "c/z", "c/z"].map((model, i) => ({ model, revision: `r${i}`, ...size }));
    const read = stored("a/x", { Sts1: 0.5 });
    expect(makeLeaderboard(read, tasks, [sts1], { descriptions }).notes).toEqual([
      "c/z at r1 left out: it has none of the tasks",
    ]);
    expect(makeLeaderboard(read, tasks, undefined, { descriptions }).notes).toEqual([]);
  });

  it("takes one of two results of one task, and says so", () => {
    const [first, second] = [stored("a/x", { Sts1: 0.5 }), stored("a/x", { Sts1: 0.9 })];
    const board = makeLeaderboard([{ ...second[0], file: "z/Sts1.json" }, ...first], tasks);
    expect(only(board.rows).meanTask).toBe(0.5);
    expect(board.notes).toEqual([
      "a/x: 1 result at main left out: results/a__x/main/Sts1.json is as good by the rule, and newer or first",
    ]);
  });

  it("joins revisions, says which gave how many scores, and which results were left out", () => {
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
      revisions: [
        { revision: "r1", tasks: 2 },
        { revision: "external", tasks: 1 },
      ],
    });
    expect(board.notes).toEqual([
      "1 task of the results not known and left out (--task-file adds your own): Other",
      "a/x: 1 result at external left out: those of r1 go before",
    ]);
  });

  it("shows of a model what is published, else what the row's folder says, else another's", () => {
    const size = (model: string, revision: string, parameters: number | null, maxTokens: number | null = null) => ({
      ...{ model, revision, parameters, dimensions: 8, maxTokens },
    });
    const results = [...stored("a/x", { Sts1: 0.5 }, "r1"), ...stored("b/y", { Sts1: 0.25 }, "main")];
    const descriptions = [size("a/x", "r0", 1, 512), size("a/x", "r1", 2), size("b/y", "main", 3)];
    const published = {
      ...{ origin: "", benchmark: "", split: "test", tasks: {} },
      models: [size("b/y", "main", 4, 128)],
    };
    const { rows } = makeLeaderboard(results, tasks, undefined, { descriptions, published });
    expect(rows.map(({ parameters, dimensions, maxTokens }) => [parameters, dimensions, maxTokens])).toEqual([
      [2, 8, 512],
      [4, 8, 128],
    ]);
  });

  it("has no rows without results", () => {
    expect(makeLeaderboard([], tasks)).toEqual({ tasks: [], shape: standardShape, types: [], rows: [], notes: [] });
    expect(makeLeaderboard([], tasks, tasks).rows).toEqual([]);
  });

  it("does not depend on the order of the results", () => {
    const results = ["a/x", "b/y", "c/z"].flatMap((model, i) =>
      stored(model, { Sts1: 0.3 * i, Sts2: 0.1, ...(i === 1 ? {} : { Search: 0.7 }) }),
    );
    expect(makeLeaderboard([...results].reverse(), tasks)).toEqual(makeLeaderboard(results, tasks));
  });
});

describe("rows of a share of the units", () => {
  const whole = [...stored("a/x", { Sts1: 0.5, Sts2: 0.5, Search: 0.5 }), ...stored("a/y", { Sts1: 0.6, Sts2: 0.4 })];
  const limited = stored("a/x[int8,limit=50]", { Sts1: 0.9, Sts2: 0.9, Search: 0.9 });

  it("stand below the others with their own means, without a rank, and change none", () => {
    const ranks = (rows: readonly LeaderboardRow[]) => rows.map(({ model, rank }) => [model, rank]);
    const alone = makeLeaderboard(whole, tasks, tasks);
    const both = makeLeaderboard([...whole, ...limited], tasks, tasks);
    expect(ranks(both.rows)).toEqual([...ranks(alone.rows), ["a/x[int8,limit=50]", null]]);
    expect(both.rows.at(-1)).toMatchObject({ meanTask: 0.9, scores: { Sts1: 0.9 } });
  });
});
