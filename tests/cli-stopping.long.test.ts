import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { writeMadeTasks } from "../commands/testing/made-tasks.ts";
import { openCli, sample } from "./built-cli.ts";

const { cwd, pramana } = openCli();

const count = 200;
beforeAll(async () => {
  writeMadeTasks(cwd, count);
  const { code, err } = await run();
  expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
}, 120_000);

const run = (...args: string[]) =>
  pramana(["run", "--model", sample, "--task-file", "tasks.json", "--tasks", "Pairs,Notes", ...args]);
const sure = (...args: string[]) => run("--base", sample, "--stop-when-sure", "0.05", ...args);
const folders = (): string[] => readdirSync(join(cwd, "results")).filter((name) => /[[@]/.test(name));

it("tells a clearly worse model after a share of the units, as limited results", async () => {
  const { code, out, err } = await sure("--dimensions", "4", "--fail-if", "overall < -1");
  expect([code, err]).toEqual([1, expect.stringContaining("look 1 of 3: at most 50 units of each subset")]);
  expect(out).toMatch(/\nMean \(Task\): worse: −\d+\.\d\d points, at least \d+\.\d\d worse with error at most 5 %\n/);
  expect(out).toContain("Gate failed: overall < -1\n");
  const [folder, ...others] = folders();
  expect(others).toEqual([]);
  expect(folder).toMatch(/@4d\[limit=\d+,corpora=whole\]$/);
  const [revision] = readdirSync(join(cwd, "results", folder));
  const file = JSON.parse(readFileSync(join(cwd, "results", folder, revision, "Notes.json"), "utf8"));
  expect(file.pramana_run.limit).toMatchObject({ corpora: "whole", scored: [expect.any(Number), count] });
  // All documents were encoded: a query's score is that of the whole run.
  expect(file.pramana_run.texts).toBe(count + file.pramana_run.limit.scored[0]);
  // What the run told is told again, in all forms.
  const [, told] = /\nMean \(Task\): worse: (−\d+\.\d\d) points/.exec(out) ?? [];
  const names = ["compare", sample, folder.replace("__", "/"), "--task-file", "tasks.json"];
  const compared = await pramana([...names, "--fail-if", "overall < -1"]);
  expect([compared.code, compared.out]).toEqual([1, expect.stringContaining(`**Worse**: Mean (Task) ${told} points`)]);
  expect(compared.out).toContain("The candidate's run stopped early (--stop-when-sure), at look 1 of 3");
  const turned = await pramana(["compare", names[2], sample]);
  expect([turned.code, turned.err]).toEqual([1, expect.stringContaining("name that as the base")]);
});

it("scores all units of a model that is the base itself, and stops where a rule is sure to hold", async () => {
  const before = folders();
  const same = await sure("--dimensions", "128");
  expect(same.code).toBe(0);
  expect(same.out).toContain("Mean (Task): not sure which is better: 0.00 points so far, from −");
  expect(same.out).toContain("All 400 units were scored.");
  // Its whole results are those of the base; no share of them is stored.
  expect(folders()).toEqual(before);
  const passed = await sure("--dimensions", "127", "--fail-if", "overall < -6", "--format", "json");
  const { models } = JSON.parse(passed.out);
  expect(passed.code).toBe(0);
  expect(models[0].stopped).toMatchObject({
    ...{ base: expect.stringContaining(`${sample}@`), error: 0.05, ofUnits: 400 },
    subjects: [{ subject: "overall", verdict: "not sure" }],
    rules: [{ rule: "overall < -6", tripped: false }],
  });
  expect(models[0].stopped.units).toBeLessThan(400);
  expect(passed.err).toContain("Gate passed: overall < -6\n");
});

it.each([
  [["--limit", "5"], "--stop-when-sure: it chooses how many units are scored; leave --limit out"],
  [["--no-samples"], "--stop-when-sure: it compares unit by unit; leave --no-samples out"],
  [
    ["--fail-if", "STSBenchmark < 0"],
    "among the tasks that are chosen by --tasks or --benchmark there is no STSBenchmark",
  ],
])("refuses %j", async (args, message) => {
  const { code, err } = await sure(...args);
  expect([code, err]).toEqual([2, expect.stringContaining(message)]);
});

it("refuses to stop by nothing", async () => {
  const { code, err } = await run("--stop-when-sure", "0.05");
  expect([code, err]).toEqual([2, expect.stringContaining("none is named; add --base, or leave it out")]);
});
