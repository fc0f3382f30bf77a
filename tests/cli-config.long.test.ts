import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { fixture, openCli, sample } from "./built-cli.ts";

const { cwd, pramana } = openCli();
const config = join(cwd, "pramana.yaml");
const write = (text: string): void => writeFileSync(config, text);
const lastRun = join(cwd, "r", "last-run.yaml");

afterEach(() => rmSync(config, { force: true }));

it("a file in the working directory says what is run, and what ran can be run again", async () => {
  write(
    `models:\n  - ${sample}\n  - {model: ${fixture}, name: acme/own, revision: v1}\ntasks: [MiniSTS]\nresults: r\noutput: table.csv\n`,
  );
  const { code, out, err } = await pramana(["run"]);
  expect(err).toContain("options from pramana.yaml: models, tasks, results, output\n");
  expect([code, out]).toEqual([0, expect.stringMatching(/\| Task +\| pramana\/static-minilm-128 \| acme\/own \|/)]);
  expect(readFileSync(join(cwd, "table.csv"), "utf8").match(/MiniSTS/g)).toHaveLength(2);
  const ran = readFileSync(lastRun, "utf8");
  expect(ran).toMatch(/revision: f950708a006825dc0b5f0b7701d464258144dbc3\n/);
  const again = await pramana(["run", "--config", "r/last-run.yaml"]);
  expect(again.out).toBe(out);
  expect(again.err.match(/1 of 1 task stored already/g)).toHaveLength(2);
  const body = (text: string): string => text.replace(/^#.*\n/, "");
  expect(body(readFileSync(lastRun, "utf8"))).toBe(body(ran));
});

it("flags win, and --config none passes the file over", async () => {
  write(`models: [nope/one]\ntasks: [MiniRetrieval]\nresults: r\n`);
  const { out, err } = await pramana(["run", "-m", sample, "-t", "MiniSTS", "-f", "jsonl"]);
  expect(err).toContain("options from pramana.yaml: results; the command line decides on tasks\n");
  expect(JSON.parse(out)).toMatchObject({ task: "MiniSTS", model: sample });
  const without = await pramana(["run", "--config", "none", "-m", sample, "-t", "MiniSTS", "-r", "other"]);
  expect(without.err).not.toContain("options from");
  expect(existsSync(join(cwd, "other"))).toBe(true);
});

it("rules compare each model with a stored run, and decide on the status", async () => {
  write(`models: [${fixture}, ${sample}]\ntasks: [MiniSTS]\nresults: r\nbase: ${sample}\nfail-if: overall < -0.2\n`);
  const { code, out, err } = await pramana(["run"]);
  expect(code).toBe(1);
  expect(err).toContain("tripped: overall < -0.2: ");
  expect(err).toContain("base and candidate are the same stored results\n");
  expect(out.match(/Candidate `/g)).toHaveLength(2);
  const json = await pramana(["run", "-f", "json"]);
  expect([json.code, JSON.parse(json.out).models]).toEqual([1, expect.objectContaining({ length: 2 })]);
  expect((await pramana(["run", "--fail-if", "overall < -99"])).code).toBe(0);
});

it.each([
  [["--fail-if", "overall < 0"], "--fail-if: a rule compares with a stored run, and none is named; add --base"],
  [["--output", "scores.txt"], "--output: scores.txt does not say its form; expected a name that ends in .md"],
  [["--output", "nowhere/scores.md"], "run: nowhere/scores.md cannot be written"],
])("%j is wrong usage before anything runs", async (args, message) => {
  const { code, out, err } = await pramana(["run", "-m", sample, "-t", "MiniSTS", ...args]);
  expect([code, out, err]).toEqual([2, "", expect.stringContaining(message)]);
});
