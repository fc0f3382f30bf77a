import { describe, expect, it } from "vitest";
import { makeLeaderboard } from "../../leaderboard.ts";
import { makePageData } from "../data.ts";
import { evilName, pageData, results, tasks } from "../testing/sample.ts";
import { makeProfiles } from "./profiles.mjs";

describe("makeProfiles", () => {
  it("measures from the median of the complete models", () => {
    const { profiles, againstMedian, domain } = makeProfiles(pageData());
    expect(againstMedian).toBe(true);
    // Medians of 90, 90, 80, 50; of 60, 40, 50, 50; of 75, 72.5, 60, 50.
    const large = profiles.find(({ name }) => name === "acme/large")!;
    expect(large.rows.map(({ difference }) => difference)).toEqual([5, 10, 8.75]);
    const half = profiles.find(({ name }) => name === "acme/half")!;
    expect(half.rows.map(({ score }) => score)).toEqual([null, null, 99]);
    expect(domain).toEqual([-35, 32.75]);
    expect(profiles.map(({ name }) => name)).toContain(evilName);
  });

  it("shows plain scores where there are fewer than three", () => {
    const board = makeLeaderboard(results.slice(0, 4), tasks);
    const page = makePageData(board, results.slice(0, 4), { title: "t", origin: "o" });
    const { againstMedian, domain, profiles } = makeProfiles(page);
    expect([againstMedian, domain]).toEqual([false, [0, 100]]);
    expect(profiles[0]?.rows.map(({ difference }) => difference)).toEqual([90, 60, 75]);
  });
});
