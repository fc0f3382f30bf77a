import { describe, expect, it } from "vitest";
import { baselineResults, readBaselines } from "../baselines.ts";
import { makeLeaderboard } from "../leaderboard.ts";
import { requiredOf, standardShape } from "../required.ts";
import { stored, task } from "../testing/results.ts";
import { makeProfiles } from "./browser/profiles.mjs";
import { makePageData } from "./data.ts";
import {
  board,
  context,
  measured,
  measuredData,
  modelOf,
  pageData,
  results,
  tasks,
  valuesOf,
} from "./testing/sample.ts";

const about = { title: "t", origin: "o" };
const data = pageData();

describe("makePageData", () => {
  it("has the rows of the leaderboard in percent, with what they lack", () => {
    expect(data.models.map(({ name }) => name)).toEqual(board.rows.map(({ model }) => model));
    expect(valuesOf("acme/large", data)).toEqual({
      ...{ rank: 1, meanTask: 75, meanType: 75, sts: 75, retrieval: 60, pairClassification: 90 },
      ...{ parameters: 300e6, dimensions: 384, maxTokens: 512, licence: "apache-2.0" },
    });
    expect(modelOf("acme/large", data)).toMatchObject({ scores: [80, 70, 60, 90], origin: "pramana" });
    expect(modelOf("acme/large", data).lack).toBeUndefined();
    expect(modelOf("acme/half", data)).toMatchObject({
      ...{ origin: "other", lack: "lacks 2 of 4 tasks", scores: [99, 99, null, null] },
      missing: "Pair classification 1 of 1: Pairs; Retrieval 1 of 1: Search",
    });
    expect(valuesOf("acme/half", data)).toMatchObject({ meanTask: null, sts: 99, retrieval: null, licence: null });
  });

  it("says of each column which values are better, and has those alone that are known of any model", () => {
    const better = Object.fromEntries(data.columns.map((one) => [one.field, one.better]));
    expect(better).toEqual({
      ...{
        rank: "low",
        meanTask: "high",
        meanType: "high",
        sts: "high",
        retrieval: "high",
        pairClassification: "high",
      },
      ...{ parameters: "low", dimensions: undefined, maxTokens: "high", licence: undefined },
    });
    const fields = measuredData({ "acme/small": 812.4 }).columns.map(({ field }) => field);
    expect(fields.slice(-7, -1)).toEqual([
      ...["latencyMs", "p99Ms", "textsPerSecond", "tokensPerSecond", "memoryBytes", "loadingSeconds"],
    ]);
  });

  it("has speed beside scores, and models of which the speed alone is known", () => {
    const page = measuredData({ "acme/small": 812.4, "acme/new": 50 });
    expect(valuesOf("acme/small", page)).toMatchObject({ textsPerSecond: 812.4, memoryBytes: 200 * 2 ** 20, rank: 2 });
    expect(valuesOf("acme/large", page)["textsPerSecond"]).toBeNull();
    expect(modelOf("acme/new", page)).toMatchObject({ lack: "speed alone", origin: "pramana", runs: [] });
    expect(valuesOf("acme/new", page)).toMatchObject({ textsPerSecond: 50, rank: null, meanTask: null });
    expect(page.models.at(-1)?.name).toBe("acme/new");
  });

  it("marks speed of another machine, and leaves out how long loading took where files were fetched", () => {
    const elsewhere = measured("acme/slow", 9, { cpu: "Another" });
    const fetched = { loading: { seconds: 60, downloaded: true } };
    const page = pageData({ benches: [measured("acme/small", 8), measured("acme/large", 7, fetched), elsewhere] });
    expect(modelOf("acme/slow", page).speedMark).toBe("a");
    expect(valuesOf("acme/slow", page)["textsPerSecond"]).toBeNull();
    expect([valuesOf("acme/small", page)["loadingSeconds"], valuesOf("acme/large", page)["loadingSeconds"]]).toEqual([
      0.5,
      null,
    ]);
    expect(page.notes.at(-1)).toMatch(/^\(a\) acme\/slow: speed left out, it was measured on Another/);
  });

  it("does not say that a model is left out whose speed it shows", () => {
    const benched = { ...{ model: "acme/new", revision: "main", parameters: 5e6, dimensions: 64, maxTokens: 9 } };
    const descriptions = [...(context.descriptions ?? []), benched];
    const left = makeLeaderboard(results, tasks, tasks, { descriptions });
    const note = "acme/new at main left out: it has none of the tasks";
    expect(makePageData(left, results, about).notes).toContain(note);
    const page = makePageData(left, results, { ...about, descriptions, benches: [measured("acme/new", 5)] });
    expect(page.notes).not.toContain(note);
    expect(valuesOf("acme/new", page)).toMatchObject({ parameters: 5e6, dimensions: 64 });
  });

  it("knows of the published models what is published: kind, bytes of a vector, licence", async () => {
    const published = await readBaselines();
    const required = requiredOf(published.benchmark);
    const own = stored("acme/own", Object.fromEntries(required.map(({ name }) => [name, 0.5])));
    const both = makeLeaderboard(own, required, required, { published, baselines: true });
    const page = makePageData(both, own, { ...about, published: baselineResults(published) });
    expect(valuesOf("thenlper/gte-large", page)).toMatchObject({
      dimensions: 1024,
      bytesPerDocument: 4096,
      licence: "mit",
    });
    expect(valuesOf("acme/own", page)["bytesPerDocument"]).toBeNull();
    expect(modelOf("thenlper/gte-large", page).origin).toBe("built in");
  });

  it("groups what was run alike, with the prompts that the files hold", () => {
    const names = [0, 1, 2, 3];
    expect(modelOf("acme/large", data).runs).toEqual([
      {
        tasks: names,
        revision: "main",
        how: "Pramana 0.1.0, fp32, Some CPU",
        prompts: { query: "<query>: ", document: "" },
      },
    ]);
    expect(modelOf("acme/small", data).runs).toEqual([{ tasks: names, revision: "main", how: "mteb 2.26.24" }]);
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

  it("counts the models whose files name no revision of the data together", () => {
    const named = results.map((one, i) => ({
      ...one,
      result: { ...one.result, datasetRevision: ["None", ""][i % 3] ?? one.result.datasetRevision },
    }));
    const revisions = makePageData(board, named, about).tasks[0]?.dataRevisions ?? [];
    expect(revisions).toContainEqual({ revision: null, models: 4 });
    expect(revisions.map(({ revision }) => revision)).not.toContain("None");
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
    expect([page.partsOf, page.parts]).toEqual(["memory type", ["Memory Type: Short", "Memory Type: Long"]]);
    const [large] = makeProfiles(page).profiles;
    expect(large?.rows.map(({ part, score }) => [part, score])).toEqual([
      ["Short", 80],
      ["Long", 60],
    ]);
    expect(page.columns.map(({ short }) => short).slice(0, 4)).toEqual(["#", "Mean", "Short", "Long"]);
  });

  it("has its mean over subsets", () => {
    const bySubset = { ...standardShape, means: ["subset"] } as const;
    const page = makePageData(makeLeaderboard(results, tasks, tasks, { shape: bySubset }), results, about);
    expect([page.mean, page.sortedBy, valuesOf("acme/large", page)["meanSubset"]]).toEqual([
      "meanSubset",
      "meanSubset",
      75,
    ]);
  });

  it("has a table by language where there are several, with those of most splits and subsets first", () => {
    const [first, ...others] = tasks.map((one, i) => (i < 3 ? one : { ...one, languages: { default: ["deu-Latn"] } }));
    const board = makeLeaderboard(results, [first!, ...others], [first!, ...others], { languages: "all" });
    const page = makePageData(board, results, about);
    expect(page.languages.map(({ short, heading }) => [short, heading])).toEqual([
      ["eng", "English (eng-Latn)"],
      ["deu", "German (deu-Latn)"],
    ]);
    expect(modelOf("acme/half", page)).toMatchObject({ languages: [99, null], partly: [0, 1] });
    expect(modelOf("acme/large", page).partly).toBeUndefined();
    const alone = makePageData(makeLeaderboard(results, tasks, tasks, { languages: "all" }), results, about);
    expect(alone.languages).toEqual([]);
  });
});
