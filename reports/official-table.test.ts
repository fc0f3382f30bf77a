import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharedFolder } from "../datasets/testing/shared.ts";
import { readMainScores } from "../runners/results/read-results.ts";
import { taskTypes } from "../tasks/types/index.ts";
import { readBaselines } from "./baselines.ts";
import { makeLeaderboard } from "./leaderboard.ts";
import { leaderboardJson } from "./render.ts";
import { type RequiredTask, requiredOf } from "./required.ts";

describe.skipIf(sharedFolder() === undefined)("the official table (skipped without the shared folder)", () => {
  const read = (name: string) => JSON.parse(readFileSync(join(sharedFolder() ?? "", name), "utf8"));

  it("the catalogue measures the splits and subsets of the reference", () => {
    const expected: RequiredTask[] = read("facts-benchmarks.json")["MTEB(eng, v2)"];
    const byName = (all: readonly RequiredTask[]) =>
      [...all]
        .map(({ name, type, splits, subsets }) => ({ name, type, splits, subsets }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(byName(requiredOf("MTEB(eng, v2)"))).toEqual(byName(expected));
  });

  it("is what mteb 2.26.24 makes of the same files: every value and Borda rank, all figures", async () => {
    const benchmark = requiredOf("MTEB(eng, v2)");
    const known = new Set(benchmark.map(({ name }) => name));
    const { results, models } = await readMainScores([join(sharedFolder() ?? "", "results")], { now: 0, known });
    const context = { descriptions: models, published: await readBaselines() };
    const { rows, types } = makeLeaderboard(results, benchmark, benchmark, context);
    const computed: Record<string, number | string>[] = read("goldens/leaderboard-eng-v2.json").computed;
    expect(rows.map(({ rank, model }) => [rank, model])).toEqual(
      computed.map((row) => [row["Rank (Borda)"], row["Model"]]),
    );
    expect(types).toHaveLength(7);
    for (const [i, row] of computed.entries()) {
      const ours = rows[i];
      // The reference's numbers are rounded to ten places.
      const close = (value: number | null | undefined, key: string) =>
        expect(value, `${ours.model} ${key}`).toBeCloseTo(Number(row[key]), 9);
      close(ours.meanTask, "Mean (Task)");
      close(ours.meanType, "Mean (TaskType)");
      for (const type of types) close(ours.byType[type], type);
      expect([ours.dimensions, ours.maxTokens]).toEqual([row["Embedding Dimensions"], row["Max Tokens"]]);
      expect(Math.round((ours.parameters ?? 0) / 1e6)).toBe(Math.round(Number(row["Total Parameters (B)"]) * 1e3));
    }
  });

  it("is the published one: 15 of 17 rows in nine columns, Tarka's two within 0.1", async () => {
    const published: Record<string, number | string>[] = read("goldens/leaderboard-eng-v2.json").published;
    const board = makeLeaderboard([], [], requiredOf("MTEB(eng, v2)"), {
      published: await readBaselines(),
      baselines: true,
    });
    const fields = ["meanTask", "meanType", ...board.types.map((type) => taskTypes[type].field)];
    const differences = JSON.parse(leaderboardJson(board)).map((row: Record<string, number | string>) => {
      const other = published.find(({ model }) => String(row["model"]).endsWith(`/${model}`))!;
      const cents = fields.map((field) =>
        Math.abs(Math.round(Number(row[field]) * 100) - Math.round(Number(other[field]) * 100)),
      );
      return [other["model"], Math.max(...cents)];
    });
    expect(differences).toHaveLength(17);
    expect(differences.filter(([, cents]: [string, number]) => cents > 0).sort()).toEqual([
      ["Tarka-Embedding-150M-V1", 10],
      ["Tarka-Embedding-350M-V1", 1],
    ]);
  });
});
