import { describe, expect, it } from "vitest";
import type { StoredResult } from "../runners/results/read-results.ts";
import type { Aggregate } from "../tasks/aggregates.ts";
import { withAggregates } from "./aggregates.ts";
import { makeLeaderboard } from "./leaderboard.ts";
import { leaderboardMarkdown } from "./render.ts";
import { type RequiredTask, requiredTask } from "./required.ts";
import { task } from "./testing/results.ts";

const aggregate: Aggregate = {
  name: "Forums",
  type: "Retrieval",
  parts: ["ForumA", "ForumB"],
  revision: "1",
  splits: ["test"],
  languages: { default: ["eng-Latn"] },
  mainScore: "ndcg_at_10",
};
const parts: RequiredTask[] = aggregate.parts.map((name) => ({
  name,
  type: "Retrieval",
  splits: ["test"],
  subsets: ["default"],
  languages: aggregate.languages,
}));

const stored = (model: string, task: string, mainScore: number): StoredResult => ({
  model,
  revision: "r",
  file: `${model}/${task}.json`,
  result: {
    task,
    datasetRevision: "d",
    mtebVersion: "2.26.24",
    splits: { test: [{ subset: "default", languages: [], mainScore, scores: {}, undefinedScores: {} }] },
    evaluationSeconds: 1,
    date: 5,
  },
});
const scoresOf = (results: readonly StoredResult[]): Record<string, number | undefined> =>
  Object.fromEntries(
    withAggregates(results, parts, [aggregate])
      .filter(({ result }) => result.task === "Forums")
      .map(({ model, result }) => [model, result.splits["test"]?.[0]?.mainScore]),
  );

describe("withAggregates", () => {
  it("is the plain mean of all parts", () => {
    expect(scoresOf([stored("a/x", "ForumA", 0.25), stored("a/x", "ForumB", 0.75)])).toEqual({ "a/x": 0.5 });
  });

  it("is not there where a part is missing, and undefined where one is", () => {
    expect(scoresOf([stored("a/x", "ForumA", 0.25), stored("b/y", "ForumB", 0.5)])).toEqual({});
    expect(scoresOf([stored("a/x", "ForumA", 0.25), stored("a/x", "ForumB", Number.NaN)])).toEqual({
      "a/x": Number.NaN,
    });
  });

  it("leaves one that is stored as it is", () => {
    const own = [stored("a/x", "ForumA", 0.25), stored("a/x", "ForumB", 0.75), stored("a/x", "Forums", 0.375)];
    expect(scoresOf(own)).toEqual({ "a/x": 0.375 });
  });

  it("leaves one that is stored at another revision, but not that of another row", () => {
    const external = { ...stored("a/x", "Forums", 0.375), revision: "external" };
    const parts = [stored("a/x", "ForumA", 0.25), stored("a/x", "ForumB", 0.75)];
    expect(scoresOf([...parts, external])).toEqual({ "a/x": 0.375 });
    expect(scoresOf([...parts, { ...external, model: "b/y" }])).toEqual({ "a/x": 0.5, "b/y": 0.375 });
  });

  it("counts in ranks only where this program ran the parts: mteb has none of its own parts' mean", () => {
    const forums = requiredTask(aggregate);
    const ranksOf = (isOurs: boolean) => {
      const ran = (one: StoredResult) => ({
        ...one,
        result: { ...one.result, ...(isOurs ? { isOurs: true as const } : {}) },
      });
      const made = ["ForumA", "ForumB"].map((name) => ran(stored("a/x", name, 0.75)));
      const results = [...made, stored("b/y", "Forums", 0.5), stored("a/x", "Other", 0.1), stored("b/y", "Other", 0.1)];
      const other = task("Other");
      const board = makeLeaderboard(withAggregates(results, parts, [aggregate]), [forums, other], [forums, other]);
      return board.rows.map(({ rank, model, scores }) => [rank, model, scores["Forums"]]);
    };
    expect(ranksOf(true)).toEqual([
      [1, "a/x", 0.75],
      [2, "b/y", 0.5],
    ]);
    expect(ranksOf(false)).toEqual([
      [1, "b/y", 0.5],
      [2, "a/x", 0.75],
    ]);
  });

  it("stands in the table in place of its parts", () => {
    const ran = [stored("a/x", "ForumA", 0.25), stored("a/x", "ForumB", 0.75)].map((one) => ({
      ...one,
      result: { ...one.result, isOurs: true as const },
    }));
    const board = makeLeaderboard(withAggregates(ran, parts, [aggregate]), parts, [requiredTask(aggregate)]);
    expect(leaderboardMarkdown(board)).toContain("|    1 | a/x   | r        |       50.00 |       50.00 |     50.00 |");
  });
});
