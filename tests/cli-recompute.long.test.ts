import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { forge, improved } from "../runners/verify/testing/forge.ts";
import { fixture, sample } from "./built-cli.ts";
import { edit, openSigned } from "./signed-results.ts";

const { pramana, inCwd, verify, copied, signAnew, prepare } = openSigned();

beforeAll(prepare, 60_000);

describe("pramana verify --recompute", () => {
  it("finds a forgery whose scores, samples and receipt fit each other only by computing units again", async () => {
    const folder = copied("forged");
    const forged = [3, 14, 15, 26, 53];
    await forge(folder, "MiniSTS", (samples) => improved(samples, forged));
    await signAnew(folder, "mallory");
    expect((await verify(folder)).faults).toEqual([]);
    const whole = await verify(folder, "--recompute", "100%", "--tasks", "MiniSTS");
    expect([whole.code, whole.faults]).toEqual([
      1,
      [{ what: "MiniSTS", told: "5 of 75 units that were computed again came out otherwise" }],
    ]);
    const task = whole.recomputed?.tasks.find((one) => one.task === "MiniSTS");
    const units = task !== undefined && "units" in task ? task.units.differing.map(({ unit }) => unit) : [];
    expect(units).toEqual(forged.map((place) => `row ${place + 1}`));
  });

  it("accuses nobody: shares of all tasks of a run, and of a limited one, come out again", async () => {
    for (const limit of [[], ["--limit", "12"]]) {
      const folder = `all${limit.join("")}`;
      const asked = ["run", "--model", sample, "--benchmark", "pramana-mini", "--results", folder];
      expect((await pramana([...asked, ...limit])).code).toBe(0);
      const { faults, recomputed } = await verify(folder, "--recompute", "5", "--seed", "4");
      expect(faults).toEqual([]);
      const units = (recomputed?.tasks ?? []).flatMap((one) => ("units" in one ? [[one.task, one.units.same]] : []));
      expect(units).toContainEqual(["MiniSummarization", 5]);
      expect(units.length).toBeGreaterThan(4);
    }
  });

  it("finds better labels and better queries, each by its name", async () => {
    const folder = copied("forged others");
    await forge(folder, "MiniClassification", (samples) => improved(samples, [0, 9]));
    await forge(folder, "MiniRetrieval", (samples) => improved(samples, [4]));
    const { recomputed, code } = await verify(folder, "--recompute", "100%");
    const names = (recomputed?.tasks ?? []).flatMap((one) =>
      "units" in one ? one.units.differing.map(({ unit }) => [one.task, unit]) : [],
    );
    expect([code, names]).toEqual([
      1,
      [
        ["MiniClassification", "row 1"],
        ["MiniClassification", "row 10"],
        ["MiniRetrieval", expect.stringMatching(/./)],
      ],
    ]);
  });

  it("finds units that were left out, and labels of the data that were changed", async () => {
    const folder = copied("left out");
    await forge(folder, "MiniSTS", (samples) =>
      samples.kind === "correlation"
        ? { ...samples, gold: samples.gold.slice(5), scores: samples.scores.slice(5) }
        : expect.unreachable(),
    );
    await forge(folder, "MiniClassification", (samples) =>
      samples.kind === "labels" ? { ...samples, truth: samples.predicted[0] ?? samples.truth } : expect.unreachable(),
    );
    const { out, code } = await pramana(["verify", folder, "--recompute", "50%", "--seed", "3"]);
    expect([code, out]).toEqual([
      1,
      expect.stringMatching(/MiniSTS, test\/default, its units: the samples have 70 units, the data 75/),
    ]);
    expect(out).toMatch(/row \d+: by the data another one is right/);
  });

  it("asks for the folder of a model that lies in one, and tells another one", async () => {
    mkdirSync(inCwd("mine"));
    cpSync(fixture, inCwd("mine/model-a"), { recursive: true });
    expect((await pramana(["run", "--model", "mine/model-a", "--tasks", "MiniSTS", "--results", "own"])).code).toBe(0);
    const asked = await verify("own", "--recompute", "10");
    expect([asked.code, asked.faults[0]?.told]).toEqual([1, expect.stringContaining("give --model FOLDER")]);
    const right = await verify("own", "--recompute", "10", "--model", "mine/model-a");
    expect([right.code, right.faults]).toEqual([0, []]);
    edit(inCwd("mine/model-a/config.json"), (text) =>
      text.replace('"layer_norm_eps": 1e-12', '"layer_norm_eps": 1e-10'),
    );
    const other = await verify("own", "--recompute", "10", "--model", "mine/model-a");
    expect([other.code, other.faults[0]?.told]).toEqual([
      1,
      expect.stringMatching(/^another model: the results are of local\/model-a at/),
    ]);
  });

  it("computes variants again as they were run: limits, dimensions, prompts, quantized vectors", async () => {
    writeFileSync(inCwd("mine.json"), JSON.stringify({ query: "query: ", document: "passage: ", STS: "text: " }));
    const variants = [
      ["--limit", "20"],
      ["--dimensions", "32", "--tasks", "MiniClassification,MiniSTS", "--estimator", "ml"],
      ["--prompts", "mine.json"],
      ["--quantize", "binary"],
      ["--quantize", "int8"],
    ];
    for (const [i, options] of variants.entries()) {
      const run = ["run", "--model", sample, "--results", `v${i}`];
      const tasks = options.includes("--tasks") ? [] : ["--tasks", "MiniSTS,MiniRetrieval"];
      expect((await pramana([...run, ...tasks, ...options])).code).toBe(0);
      const found = await verify(`v${i}`, "--recompute", i === 4 ? "100%" : "50%");
      expect([options, found.code, found.faults]).toEqual([options, 0, []]);
      const done = (found.recomputed?.tasks ?? []).filter((one) => "units" in one || "scores" in one);
      expect(done).toHaveLength(2);
    }
  }, 60_000);

  it("computes a run again that stopped once it was sure, over whole corpora", async () => {
    const run = ["run", "--model", sample, "--tasks", "MiniSTS,MiniRetrieval,MiniClassification", "--results", "sure"];
    expect((await pramana(run)).code).toBe(0);
    const worse = ["--dimensions", "2", "--base", sample, "--stop-when-sure", "0.05"];
    expect((await pramana([...run, ...worse])).err).toContain("worse: ");
    const [row] = readdirSync(inCwd("sure")).filter((name) => name.endsWith("[limit=50,corpora=whole]"));
    const found = await verify(`sure/${row}`, "--recompute", "20");
    expect([found.code, found.faults]).toEqual([0, []]);
    expect((found.recomputed?.tasks ?? []).filter((one) => "units" in one)).toHaveLength(3);
  });
});
