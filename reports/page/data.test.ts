import { describe, expect, it } from "vitest";
import { makeLeaderboard } from "../leaderboard.ts";
import { standardShape } from "../required.ts";
import { stored, task } from "../testing/results.ts";
import { makePageData } from "./data.ts";
import { makeProfiles } from "./profiles.ts";
import { makeScatter, parametersAxis, throughputAxis } from "./scatter.ts";
import { board, evilName, measuredData, pageData, results, tasks } from "./testing/sample.ts";

const about = { title: "t", origin: "o" };
const data = pageData();
const plot = { width: 400, height: 300 };
const modelOf = (name: string, from = data) => from.models.find((model) => model.name === name)!;

describe("makePageData", () => {
  it("has the rows of the leaderboard in percent, with what they lack", () => {
    expect(data.models.map(({ name }) => name)).toEqual(board.rows.map(({ model }) => model));
    const large = modelOf("acme/large");
    expect(large.scores).toEqual([80, 70, 60, 90]);
    expect(large.parts).toEqual([90, 60, 75]);
    expect(large.mean).toBe(75);
    expect(large.lack).toBeUndefined();
    expect(modelOf("acme/half")).toMatchObject({
      mean: null,
      lack: "lacks 2 of 4 tasks (1)",
      parts: [null, null, 99],
    });
  });

  it("has a column of throughput only where it is known", () => {
    const headings = data.columns.map(({ heading }) => heading);
    expect(headings).not.toContain("texts/s");
    const measured = measuredData({ "acme/small": 812.4 });
    const speeds = measured.columns.slice(-3);
    expect(speeds.map(({ heading, heat, first }) => [heading, heat, first])).toEqual([
      ["texts/s", false, "descending"],
      ["tokens/s", false, "descending"],
      ["p50 ms, 128 tokens", false, "ascending"],
    ]);
    expect(modelOf("acme/small", measured).cells.at(-3)).toEqual({ text: "812", value: 812.4 });
    expect(modelOf("acme/large", measured).cells.at(-3)).toEqual({ text: "—", value: null });
  });

  it("colours columns of quality alone", () => {
    expect(data.columns.filter(({ heat }) => !heat).map(({ heading }) => heading)).toEqual([
      "Rank",
      "Parameters",
      "Dimensions",
      "Max tokens",
    ]);
  });

  it("groups what was run alike, with the prompts that the files hold", () => {
    const names = ["Sts1", "Sts2", "Search", "Pairs"];
    expect(modelOf("acme/large").runs).toEqual([
      {
        tasks: names,
        revision: "main",
        how: "Pramana 0.1.0, fp32, Some CPU",
        prompts: { query: "<query>: ", document: "" },
      },
    ]);
    expect(modelOf("acme/small").runs).toEqual([{ tasks: names, revision: "main", how: "mteb 2.26.24" }]);
  });

  it("tells results by another adapter apart", () => {
    const [first, ...others] = results;
    const run = first.result.run && { ...first.result.run, adapters: { text: "separation" } };
    const page = makePageData(
      board,
      [{ ...first, result: { ...first.result, ...(run && { run }) } }, ...others],
      about,
    );
    const runs = page.models.find(({ name }) => name === first.model)?.runs ?? [];
    expect(runs.map(({ tasks, adapters }) => [tasks.length, adapters])).toEqual([
      [3, undefined],
      [1, { text: "separation" }],
    ]);
  });

  it("keeps the results that the rows are of, and tells rows of one name apart", () => {
    const own = [...stored("local/m", { Sts1: 0.5 }, "a1"), ...stored("local/m", { Sts1: 0.6 }, "b2")];
    const one = [task("Sts1")];
    const page = makePageData(makeLeaderboard(own, one, one), own, about);
    expect(page.models.map(({ name, runs }) => [name, runs.map(({ revision }) => revision)])).toEqual([
      ["local/m @ b2", ["b2"]],
      ["local/m @ a1", ["a1"]],
    ]);
  });

  it("counts the revisions of a task's data", () => {
    const [first, ...others] = results;
    const moved = { ...first, result: { ...first.result, datasetRevision: "moved" } };
    const page = makePageData(board, [moved, ...others], about);
    expect(page.tasks[0]?.dataRevisions).toEqual([
      { revision: "0123abcd", models: 4 },
      { revision: "moved", models: 1 },
    ]);
  });
});

describe("makeScatter", () => {
  it("leaves incomplete models out of points and front, and steps from the smallest to the edge", () => {
    const { points, front, xDomain } = makeScatter(data, parametersAxis, plot);
    expect(points.map(({ name }) => name)).not.toContain("half");
    expect(points.filter(({ onFront }) => onFront).map(({ x, y }) => [x, y])).toEqual([
      [300, 75],
      [30, 68.75],
      [20, 50],
    ]);
    expect(front).toEqual([
      { x: 20, y: 50 },
      { x: 30, y: 50 },
      { x: 30, y: 68.75 },
      { x: 300, y: 68.75 },
      { x: 300, y: 75 },
      { x: xDomain[1], y: 75 },
    ]);
  });

  it("turns round where more is better", () => {
    const measured = measuredData({ "acme/large": 10, "acme/small": 100, "acme/slow": 5 });
    const { points, front, xDomain } = makeScatter(measured, throughputAxis, plot);
    expect(points.map(({ name, onFront }) => [name, onFront])).toEqual([
      ["large", true],
      ["small", true],
      ["slow", false],
    ]);
    expect(front).toEqual([
      { x: xDomain[0], y: 75 },
      { x: 10, y: 75 },
      { x: 10, y: 68.75 },
      { x: 100, y: 68.75 },
    ]);
  });

  it("stands on one model", () => {
    const one = { ...data, models: [modelOf("acme/large")] };
    const { xDomain, yDomain, xTicks, labels } = makeScatter(one, parametersAxis, plot);
    expect(xDomain[1] / xDomain[0]).toBeGreaterThan(4);
    expect(Math.sqrt(xDomain[0] * xDomain[1])).toBeCloseTo(300);
    expect((yDomain[0] + yDomain[1]) / 2).toBe(75);
    expect(xTicks).toEqual([200, 300, 500]);
    expect(labels.map(({ text }) => text)).toEqual(["large"]);
  });
});

describe("makeProfiles", () => {
  it("measures from the median of the complete models", () => {
    const { profiles, againstMedian, domain } = makeProfiles(data);
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
    const page = makePageData(makeLeaderboard(results.slice(0, 4), tasks), results.slice(0, 4), about);
    const { againstMedian, domain, profiles } = makeProfiles(page);
    expect([againstMedian, domain]).toEqual([false, [0, 100]]);
    expect(profiles[0]?.rows.map(({ difference }) => difference)).toEqual([90, 60, 75]);
  });
});

describe("what a benchmark's table shows of its own", () => {
  const group = (label: string, name: string) => ({
    grouping: "Memory Type",
    label,
    tasks: tasks.filter((one) => one.name === name),
  });
  const shape = {
    ...standardShape,
    means: ["task"],
    types: false,
    groups: [group("Short", "Sts1"), group("Long", "Search")],
  } as const;

  it("has bars for its groups, in place of the types", () => {
    const page = makePageData(makeLeaderboard(results, tasks, tasks, { shape }), results, about);
    expect([page.partsOf, page.parts]).toEqual(["memory type", [{ short: "Short" }, { short: "Long" }]]);
    expect(page.models.find(({ name }) => name === "acme/large")?.parts).toEqual([80, 60]);
    expect(page.columns.map(({ short }) => short)).toEqual(["#", "Mean", "Short", "Long"]);
  });

  it("has its mean over subsets", () => {
    const bySubset = { ...standardShape, means: ["subset"] } as const;
    const page = makePageData(makeLeaderboard(results, tasks, tasks, { shape: bySubset }), results, about);
    expect([page.meanOver, page.models[0]?.mean]).toEqual(["subsets", 75]);
  });

  it("has a table by language where there are several, with those of most splits and subsets first", () => {
    const [first, ...others] = tasks.map((one, i) => (i < 3 ? one : { ...one, languages: { default: ["deu-Latn"] } }));
    const board = makeLeaderboard(results, [first!, ...others], [first!, ...others], { languages: "all" });
    const page = makePageData(board, results, about);
    expect(page.languages.map(({ short, heading }) => [short, heading])).toEqual([
      ["eng", "English (eng-Latn)"],
      ["deu", "German (deu-Latn)"],
    ]);
    expect(page.models.find(({ name }) => name === "acme/half")?.languages).toEqual([
      { text: "~99.00", value: 99 },
      { text: "—", value: null },
    ]);
    const alone = makePageData(makeLeaderboard(results, tasks, tasks, { languages: "all" }), results, about);
    expect(alone.languages).toEqual([]);
  });
});
