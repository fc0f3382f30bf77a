import { describe, expect, it } from "vitest";
import { mean } from "../tasks/metrics/lists.ts";
import { taskTypes } from "../tasks/types/index.ts";
import { columnsFor } from "./columns.ts";
import { makeLeaderboard } from "./leaderboard.ts";
import { makePageData } from "./page/data.ts";
import { pageHtml } from "./page/page.ts";
import { leaderboardJson } from "./render.ts";
import { stored, task } from "./testing/results.ts";

describe("task types", () => {
  const types = Object.values(taskTypes);
  const all = types.map(({ type }) => task(type, type));
  const scores = types.map((_, i) => (i + 1) / 16);
  const results = stored("a/x", { ...Object.fromEntries(types.map(({ type }, i) => [type, scores[i]])), More: 1 });
  const board = makeLeaderboard(results, [...all, task("More", types[0].type)]);
  const byType = [(scores[0] + 1) / 2, ...scores.slice(1)];

  it("each count in Mean (Type), none more for having more tasks", () => {
    const [row] = board.rows;
    expect(row.byType).toEqual(Object.fromEntries(types.map(({ type }, i) => [type, byType[i]])));
    expect(row.meanType).toBeCloseTo(mean(byType), 14);
    expect(row.meanTask).toBeCloseTo(mean([...scores, 1]), 14);
  });

  it("each have a column for people and a field for programs", () => {
    const headings = columnsFor(board).map(({ heading }) => heading);
    const [row] = JSON.parse(leaderboardJson(board));
    for (const [i, { field, heading }] of types.entries()) {
      expect(headings).toContain(heading);
      expect(row[field]).toBe(byType[i] * 100);
    }
  });

  it("are all counted on the page, in words", () => {
    const data = makePageData(board, results, { title: "All", origin: "o" });
    expect(new Set(data.tasks.map(({ type }) => type)).size).toBe(types.length);
    expect(data.parts.toSorted()).toEqual(types.map(({ field }) => field).sort());
    expect(pageHtml(data, { style: "", script: "" })).toMatch(/ tasks of all [a-z]+ types\./);
  });
});
