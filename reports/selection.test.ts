import { describe, expect, it } from "vitest";
import { InputError } from "../datasets/errors.ts";
import { makeLeaderboard } from "./leaderboard.ts";
import { commonHint, commonTasks, modelsNamed, scopeOf, sortedBy, taskNamed, tasksNamed } from "./selection.ts";
import { stored, task } from "./testing/results.ts";

const tasks = [task("Sts1"), task("Sts2"), task("Search", "Retrieval")];
const results = [
  ...stored("acme/large", { Sts1: 0.8, Sts2: 0.7, Search: 0.25 }),
  ...stored("acme/small", { Sts1: 0.25, Sts2: 0.25, Search: 0.5 }),
  ...stored("other/half", { Sts1: 0.9, Search: 0.5 }),
];
const board = makeLeaderboard(results, tasks);
const named = (by: string): string[] => sortedBy(board, by).rows.map(({ model }) => model);

describe("the choice of a table's tasks and models", () => {
  it("finds tasks whatever their case, in the order of the table", () => {
    expect(tasksNamed(tasks, ["search", "Sts1", "STS1"]).map(({ name }) => name)).toEqual(["Sts1", "Search"]);
    const twins = [task("A"), task("a")];
    expect(taskNamed(twins, "a")).toBe(twins[1]);
  });

  it("finds models with and without their organization", () => {
    const isNamed = modelsNamed(["acme/large", "acme/small", "folder"], ["LARGE", "folder"]);
    expect(["acme/large", "acme/small", "folder"].filter(isNamed)).toEqual(["acme/large", "folder"]);
  });

  it.each([
    [
      () => taskNamed(tasks, "Sts3"),
      '--tasks: there is no task "Sts3" (did you mean "Sts1"?); `pramana tasks` lists them, --task-file adds your own',
    ],
    [() => taskNamed(tasks, "Sts3", "B"), '--tasks: B has no task "Sts3" (did you mean "Sts1"?)'],
    [
      () => modelsNamed(["acme/large"], ["acme/larg"]),
      '--models: there is no result of "acme/larg" here (did you mean "acme/large"?)',
    ],
    [() => modelsNamed([], ["a"]), '--models: there is no result of "a" here; there are no results at all'],
    [() => sortedBy(board, "meantask1"), '--sort: the table has no column "meantask1" (did you mean "meanTask"?)'],
    [
      () => commonTasks(makeLeaderboard([...stored("a/x", { Sts1: 1 }), ...stored("a/y", { Sts2: 1 })], tasks)),
      "--common: no task has a score in all 2 rows; choose some with --models, or see --by task",
    ],
  ])("refuses what is not there %#", (choose, message) => {
    expect(choose).toThrow(InputError);
    expect(choose).toThrow(message);
  });

  it("says by how many tasks all rows could be ranked, where that is some and not all of them", () => {
    expect(commonHint(board)).toEqual(["--common ranks all rows by 2 tasks, of which every row has a score"]);
    expect(commonHint(makeLeaderboard(results.slice(0, 6), tasks))).toEqual([]);
    expect(commonHint(makeLeaderboard(stored("a/x", { Sts1: 1 }), tasks.slice(1)))).toEqual([]);
  });

  it("keeps the tasks that every row has", () => {
    expect(commonTasks(board).map(({ name }) => name)).toEqual(["Sts1", "Search"]);
    expect(commonTasks(makeLeaderboard([], tasks))).toEqual([]);
  });
});

describe("sorting by a column", () => {
  it("puts the highest score first, what has none last, and equal ones as they were", () => {
    const byRank = board.rows.map(({ model }) => model);
    expect(byRank).toEqual(["other/half", "acme/large", "acme/small"]);
    expect(named("sts1")).toEqual(["other/half", "acme/large", "acme/small"]);
    expect(named("Sts2")).toEqual(["acme/large", "acme/small", "other/half"]);
    expect(named("retrieval")).toEqual(["other/half", "acme/small", "acme/large"]);
    expect(named("Mean (Task)")).toEqual(["acme/large", "acme/small", "other/half"]);
    // A window has the short headings.
    expect(named("Mean")).toEqual(["acme/large", "acme/small", "other/half"]);
    expect(named("Retr")).toEqual(named("retrieval"));
  });

  it("puts names by letters, and sorts tables by task too", () => {
    expect(named("model")).toEqual(["acme/large", "acme/small", "other/half"]);
    const view = sortedBy(makeLeaderboard(results, tasks, tasks, { by: "task" }), "meanTask");
    expect(view.rows.map(({ model }) => model)).toEqual(["acme/large", "acme/small", "other/half"]);
    expect(view.by).toBe("task");
  });
});

it("says what a table is over", () => {
  expect([scopeOf("B", 41, 41), scopeOf("B", 8, 41), scopeOf(undefined, 9, 9)]).toEqual([
    "over all 41 tasks of B",
    "over 8 of the 41 tasks of B",
    "over all 9 tasks that some row has a result of",
  ]);
  expect([scopeOf("B", 1, 1), scopeOf(undefined, 1, 1), scopeOf(undefined, 2, 9)]).toEqual([
    "over all 1 task of B",
    "over the one task that some row has a result of",
    "over 2 of the 9 tasks that some row has a result of",
  ]);
});
