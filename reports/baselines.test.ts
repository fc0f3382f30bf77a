import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharedFolder } from "../datasets/testing/shared.ts";
import { readMainScores } from "../runners/results/read-results.ts";
import { joinRevisions } from "../runners/results/revisions.ts";
import { baselineResults, readBaselines } from "./baselines.ts";
import { makeLeaderboard } from "./leaderboard.ts";
import { requiredOf } from "./required.ts";
import { taskScore } from "./scores.ts";
import { stored } from "./testing/results.ts";

const published = await readBaselines();
const benchmark = requiredOf(published.benchmark);
const withScores = published.models.filter(({ scores }) => scores !== undefined);
/** A model that has this score on all of the table's tasks, each in its own subset. */
const everywhere = (model: string, score: number, revision = "main") =>
  stored(model, Object.fromEntries(benchmark.map(({ name }) => [name, score])), revision).map((one) => {
    const subset = published.tasks[one.result.task] ?? "";
    const entry = { subset, languages: [], mainScore: score, scores: {}, undefinedScores: {} };
    return { ...one, result: { ...one.result, splits: { test: [entry] } } };
  });

describe("the published scores", () => {
  it("are 17 models on the 41 tasks of MTEB(eng, v2), each with its revision", () => {
    expect(withScores).toHaveLength(17);
    expect(Object.keys(published.tasks).sort()).toEqual(benchmark.map(({ name }) => name).sort());
    const results = baselineResults(published);
    expect(results).toHaveLength(697);
    expect(results.every(({ revision }) => revision !== "")).toBe(true);
    for (const task of benchmark) {
      const own = results.filter(({ result }) => result.task === task.name);
      expect(
        own.map(({ result }) => taskScore(result, task).score ?? -1).every((score) => score > 0 && score < 1),
      ).toBe(true);
    }
  });

  it("make complete rows, marked, among which one's own model is ranked", () => {
    const { rows, notes } = makeLeaderboard(everywhere("me/mine", 0.75), benchmark, benchmark, {
      published,
      baselines: true,
    });
    expect(rows).toHaveLength(18);
    expect(rows.filter(({ baseline }) => !baseline).map(({ model }) => model)).toEqual(["me/mine"]);
    expect(rows.every(({ rank }) => rank !== null)).toBe(true);
    expect(notes).toEqual([]);
    const rankOf = (score: number) =>
      makeLeaderboard(everywhere("me/mine", score), benchmark, benchmark, { published, baselines: true }).rows.find(
        ({ model }) => model === "me/mine",
      )?.rank;
    expect([rankOf(1), rankOf(0)]).toEqual([1, 18]);
  });

  it("rank on the tasks that one has run, where no benchmark is named", () => {
    const sts = everywhere("me/mine", 0.75).filter(({ result }) => ["STS12", "STS13"].includes(result.task));
    const board = makeLeaderboard(sts, benchmark, undefined, { published, baselines: true });
    expect(board.tasks.map(({ name }) => name)).toEqual(["STS12", "STS13"]);
    expect(board.rows.filter(({ rank }) => rank !== null)).toHaveLength(18);
  });

  it("give way to a complete row of the same model, and stand beside one that is not", () => {
    const model = "BAAI/bge-base-en-v1.5";
    const own = everywhere(model, 0.5);
    const rows = (results: typeof own) => {
      const board = makeLeaderboard(results, benchmark, benchmark, { published, baselines: true });
      return {
        notes: board.notes,
        baselines: board.rows.filter((row) => row.model === model).map((row) => row.baseline),
      };
    };
    expect(rows(own)).toEqual({
      notes: [`published scores left out, the results have the model's own: ${model}`],
      baselines: [false],
    });
    expect(rows(own.slice(1))).toEqual({ notes: [], baselines: [true, false] });
  });

  it("are left out, with a line, where they lack a task", () => {
    const other = requiredOf("BEIR");
    const { rows, notes } = makeLeaderboard(stored("me/mine", { ArguAna: 0.5 }), other, other, {
      published,
      baselines: true,
    });
    expect(rows).toHaveLength(1);
    expect(notes).toEqual(["17 published baselines left out: they lack some of the tasks"]);
  });
});

describe.skipIf(sharedFolder() === undefined)("the data file (skipped without the shared folder)", () => {
  it("holds the scores of the official files, to the last place", async () => {
    const known = new Set(benchmark.map(({ name }) => name));
    const { results } = await readMainScores([join(sharedFolder() ?? "", "results")], { now: 0, known });
    const mainRevisions = new Map(published.models.map(({ model, revision }) => [model, revision]));
    const rows = joinRevisions(results, mainRevisions);
    const found = joinRevisions(baselineResults(published));
    expect(found.map(({ model }) => model).sort()).toEqual(rows.map(({ model }) => model).sort());
    for (const { model, results: own } of rows) {
      const same = found.find((one) => one.model === model);
      for (const task of benchmark) {
        const [ours, official] = [same?.results.get(task.name), own.get(task.name)];
        expect([model, task.name, ours?.revision, ours && taskScore(ours.result, task)]).toEqual([
          ...[model, task.name, official?.revision, official && taskScore(official.result, task)],
        ]);
      }
    }
  });
});
