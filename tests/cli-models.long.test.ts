import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { fixture, openCli, sample } from "./built-cli.ts";

const { cwd, pramana } = openCli();
const run = (...args: string[]) => pramana(["run", "--tasks", "MiniSTS,MiniRetrieval", ...args]);

it("several models run one after the other, into one table", async () => {
  const { code, out, err } = await run("--model", sample, "--model", fixture, "--model", sample);
  expect(code).toBe(0);
  expect(err).toContain(`model: ${sample} is named more than once, and runs once\nmodel 1 of 2: ${sample}\n`);
  expect(err).toContain(`model 2 of 2: ${fixture}\n`);
  expect(out).toMatch(/^\| Task +\| pramana\/static-minilm-128 \| local\/bert-cls \|\n/);
  expect(out).toMatch(/\n\| +1 \| pramana\/static-minilm-128 .*\n\| +2 \| local\/bert-cls /);
  expect(readdirSync(join(cwd, "results")).sort()).toEqual([
    "last-run.yaml",
    "local__bert-cls",
    "pramana__static-minilm-128",
  ]);
});

it("one that fails is told, stops no other, and decides on the status", async () => {
  const { code, out, err } = await run("--model", "nope/one", "--model", sample);
  expect(code).toBe(1);
  expect(err).toContain("nope/one failed: hub: model nope/one at revision main is not in the cache");
  expect(err).toContain("1 of 2 models failed: nope/one\n");
  expect(out).toContain(`| ${sample} |`);
});

it("the only one that fails is wrong usage, as before", async () => {
  expect((await run("--model", "nope/one")).code).toBe(2);
});

it.each([
  [["--name", "a/b"], "--name: of one model, and here are 2"],
  [["--revision", "x", "--save-predictions", "p"], "--revision and --save-predictions: of one model"],
  [["--dry-run", "json"], "dry run: json is of one model"],
])("options of one model are refused: %j", async (args, message) => {
  const { code, err } = await run("--model", sample, "--model", "bm25", ...args);
  expect([code, err]).toEqual([2, expect.stringContaining(message)]);
});

it("--format json is one document on standard output, with the reasons of what failed", async () => {
  const { code, out } = await run("--model", "bm25", "--model", "nope/one", "--format", "json");
  const { benchmark, models, failed } = JSON.parse(out);
  expect([code, benchmark, failed]).toEqual([
    1,
    null,
    [{ model: "nope/one", reason: expect.stringContaining("not in the cache") }],
  ]);
  expect(models).toMatchObject([
    {
      model: "pramana/bm25",
      meanTask: null,
      byType: { STS: null, Retrieval: 15.301 },
      tasks: [
        { task: "MiniSTS", score: null, reason: expect.stringContaining("makes no vectors"), subsets: [] },
        { task: "MiniRetrieval", score: 15.301, reason: null, subsets: [{ split: "test", score: 15.301 }] },
      ],
      aggregates: [],
    },
  ]);
});

it("--format csv and jsonl have a line for each model and task", async () => {
  const { out } = await run("--model", sample, "--model", fixture, "--format", "csv");
  const [head, ...rows] = out.trim().split("\r\n");
  expect(head).toBe("model,revision,task,type,score,reason,evaluationSeconds,encodingSeconds,texts,tokens");
  expect(rows.map((row) => row.split(",").slice(0, 3).toSpliced(1, 1))).toEqual([
    [sample, "MiniSTS"],
    [sample, "MiniRetrieval"],
    ["local/bert-cls", "MiniSTS"],
    ["local/bert-cls", "MiniRetrieval"],
  ]);
  const lines = (await run("--model", sample, "--format", "jsonl")).out.trim().split("\n");
  expect(lines.map((line) => JSON.parse(line)).map(({ task, score }) => [task, score])).toEqual([
    ["MiniSTS", 71.0937],
    ["MiniRetrieval", 40.684],
  ]);
});
