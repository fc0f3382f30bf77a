import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const cli = fileURLToPath(new URL("./dist/cli.js", import.meta.url));
const fixture = fileURLToPath(new URL("./models/fixtures/bert-cls", import.meta.url));
const sample = "pramana/static-minilm-128";
const cwd = mkdtempSync(join(tmpdir(), "pramana-cli-"));

/** Runs the built command with nothing of this machine's own cache. */
async function pramana(
  args: readonly string[],
  input = "",
): Promise<{ code: number | null; out: string; err: string }> {
  const env = { PATH: process.env["PATH"], HF_HUB_CACHE: join(cwd, "cache"), HF_HUB_OFFLINE: "1" };
  const child = spawn(process.execPath, [cli, ...args], { cwd, env });
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}

describe("pramana run", () => {
  it("prints a table to standard output, plain progress to standard error, and stores mteb's files", async () => {
    const { code, out, err } = await pramana([
      "run",
      "--model",
      sample,
      "--benchmark",
      "pramana-mini",
      "--results",
      "out",
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/^\| Task .*\n\| -+ .*\n\| MiniSTS +\| STS +\| +71\.09 \|/);
    expect(out).toMatch(/Mean \(Task\)/);
    expect(err).toMatch(/MiniSTS: 71\.09 in/);
    expect(err).not.toContain("\u001b");
    const folder = join(cwd, "out/pramana__static-minilm-128/f950708a006825dc0b5f0b7701d464258144dbc3");
    expect(readdirSync(folder)).toEqual(
      expect.arrayContaining(["MiniClassification.json", "MiniSTS.json", "model_meta.json"]),
    );
    // mteb 2.26.24 on the same texts and vectors: 0.7109366720616441 and 0.3985714285714286.
    const score = (task: string) =>
      JSON.parse(readFileSync(join(folder, `${task}.json`), "utf8")).scores.test[0].main_score;
    expect(score("MiniSTS")).toBeCloseTo(0.7109366720616441, 5);
    expect(score("MiniClassification")).toBeCloseTo(0.3985714285714286, 5);
  });

  it("a changed run stands in a row of its own", async () => {
    const { code, out } = await pramana([
      "run",
      "--model",
      sample,
      "--tasks",
      "MiniSTS",
      "--estimator",
      "ml",
      "--results",
      "two",
    ]);
    expect(code).toBe(0);
    expect(out).toContain("pramana/static-minilm-128\\[estimator=ml\\]");
    expect(readdirSync(join(cwd, "two"))).toEqual(["pramana__static-minilm-128[estimator=ml]"]);
  });

  it("ends with 1 when a task fails, and names what is missing", async () => {
    const { code, out, err } = await pramana([
      "run",
      "--model",
      sample,
      "--tasks",
      "STS12,MiniSTS",
      "--results",
      "three",
    ]);
    expect(code).toBe(1);
    expect(err).toMatch(/STS12 failed: .*mteb\/sts12-sts.*a0d554a64d88156834ff5ae9920b964011b16384.*HF_HUB_OFFLINE/);
    expect(out).toMatch(/MiniSTS +\| STS +\| +71\.09/);
    expect(out).toMatch(/STS12.*missing/);
  });

  it.each([
    [["run"], "required option '--model <id-or-folder>' not specified"],
    [["rnu"], "Did you mean run?"],
    [
      ["run", "--model", sample, "--tasks", "MiniST"],
      'task "MiniST" is unknown (did you mean "MiniSTS"?); `pramana tasks` lists all ',
    ],
    [["run", "--model", sample, "--benchmark", "mini"], 'benchmark "mini" is unknown'],
    [["run", "--model", "no/such", "--tasks", "MiniSTS"], "model no/such at revision main is not in the cache folder"],
    [["run", "--model", sample, "--threads", "none"], "A whole number above 0 was expected."],
    [["run", "--model", sample, "--tasks", ","], "--tasks: no name was given"],
    [
      ["embed", "--model", fixture, "--prompt-name", "quer"],
      'has no prompt named quer (did you mean "query"?); it has document, query',
    ],
    [["leaderboard", "--format", "xml"], "Allowed choices are md, csv, json, html."],
    [["leaderboard", "--columns", "some"], "Allowed choices are all, published."],
    [["leaderboard", "--benchmark", "MTEB(eng, v3)"], 'did you mean "MTEB(eng, v2)"?'],
    [["baselines", "pull"], "missing required argument 'models'"],
    [["baselines", "pull", "acme/small"], "baselines: HF_HUB_OFFLINE is set, and official results lie at "],
  ])("%j is wrong usage: status 2, and a way out", async (args, message) => {
    const { code, out, err } = await pramana(args, "[]");
    expect(err).toContain(message);
    expect([code, out]).toEqual([2, ""]);
    expect(err).not.toMatch(/\n\s+at /);
  });
});

describe("pramana embed", () => {
  it("JSON in, JSON out, with the named prompt, as sentence-transformers", async () => {
    const { texts, cases } = JSON.parse(readFileSync(join(fixture, "expected.json"), "utf8"));
    writeFileSync(join(cwd, "texts.json"), JSON.stringify(texts));
    const asked = ["embed", "--model", fixture, "--prompt-name", "query", "--input", "texts.json"];
    const { code, out } = await pramana(asked);
    expect(code).toBe(0);
    const rows: number[][] = JSON.parse(out);
    const expected: number[][] = cases.find(
      (one: { prompt_name: string | null }) => one.prompt_name === "query",
    ).embeddings;
    expect(
      Math.max(...rows.flatMap((row, i) => row.map((value, j) => Math.abs(value - expected[i]![j]!)))),
    ).toBeLessThan(1e-6);
    const spelledOut = await pramana(
      ["embed", "--model", fixture, "--prompt", "Represent this sentence for searching relevant passages: "],
      JSON.stringify(texts),
    );
    expect(spelledOut.out).toBe(out);
  });

  it.each([
    ["{}", "standard input holds object; a JSON array of texts was expected"],
    ["[1]", "item 0 of standard input is 1"],
    ["[", "standard input is not JSON"],
  ])("refuses %s", async (input, message) => {
    const { code, err } = await pramana(["embed", "--model", fixture], input);
    expect([code, err.includes(message)]).toEqual([2, true]);
  });

  it("makes an empty list of an empty list", async () => {
    const { code, out } = await pramana(["embed", "--model", fixture], "[]");
    expect([code, JSON.parse(out)]).toEqual([0, []]);
  });
});

describe("pramana leaderboard", () => {
  it("ranks the published models beside one's own, without a network", async () => {
    await pramana(["run", "--model", sample, "--tasks", "MiniSTS", "--results", "board"]);
    const { code, out, err } = await pramana([
      ...["leaderboard", "--results", "board", "--benchmark", "MTEB(eng, v2)", "--baselines", "--format", "json"],
    ]);
    expect([code, err]).toEqual([
      0,
      "pramana/static-minilm-128 at f950708a006825dc0b5f0b7701d464258144dbc3 left out: it has none of the tasks\n",
    ]);
    const rows: { model: string; rank: number; baseline: boolean; parameters: number }[] = JSON.parse(out);
    expect(rows.map(({ rank }) => rank)).toEqual(Array.from({ length: 17 }, (_, i) => i + 1));
    expect(rows[0]).toMatchObject({
      model: "Tarka-AIR/Tarka-Embedding-350M-V1",
      baseline: true,
      parameters: 354483968,
    });
    const own = await pramana(["leaderboard", "--results", "board"]);
    expect(own.out).toMatch(
      /^\| Rank \| Model +\| Revision[\s\S]*\| +1 \| pramana\/static-minilm-128 \| f950708 +\|.* 71\.09 \|/,
    );
  });

  it("says what it skips, and writes a page that stands alone", async () => {
    mkdirSync(join(cwd, "odd/a__x/r"), { recursive: true });
    writeFileSync(join(cwd, "odd/a__x/r/STS12.json"), '{"task_name": "STS12", "sc');
    const { code, out, err } = await pramana(["leaderboard", "--results", "odd", "--format", "html"]);
    expect([code, out.startsWith("<!doctype html>"), out.includes("No results.")]).toEqual([0, true, true]);
    expect(err).toBe(
      "skipped odd/a__x/r/STS12.json: result: damaged JSON at line 1, column 24: expected a key; delete the file or make it again\n",
    );
  });
});

describe("the lists", () => {
  it.each([
    [["tasks"], /\| STSBenchmark +\| STS/],
    [["models"], /\| pramana\/static-minilm-128 +\| built in/],
    [["benchmarks"], /\| pramana-mini/],
    [
      ["baselines", "--columns", "published"],
      /\| Tarka-AIR\/Tarka-Embedding-350M-V1 \(published\) +\| +354M \| +69\.29 \|/,
    ],
    [["run", "--help"], /Examples:[\s\S]*HF_HUB_OFFLINE/],
  ])("%j", async (args, content) => {
    const { code, out } = await pramana(args);
    expect(code).toBe(0);
    expect(out).toMatch(content);
  });
});
