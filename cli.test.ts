import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
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

  it("a form of the vectors, and a pair of models, stand in rows of their own", async () => {
    const forms = ["--dimensions", "64", "--quantize", "int8"];
    const run = (args: readonly string[]) =>
      pramana(["run", ...args, "--tasks", "MiniSTS,MiniRetrieval", "--results", "forms"]);
    const alone = await run(["--model", sample, ...forms]);
    const pair = await run(["--query-model", sample, "--document-model", sample, ...forms]);
    expect([alone.code, pair.code]).toEqual([0, 0]);
    const scoresIn = (out: string) => [...out.matchAll(/\| Mini\w+ .*? (\d+\.\d+) \|/g)].map((match) => match[1]);
    expect(scoresIn(pair.out)).toEqual(scoresIn(alone.out));
    expect(scoresIn(alone.out)).toHaveLength(2);
    const ends = ["@64d[int8]", "→pramana__static-minilm-128@64d[int8]"];
    const folders = ends.map((end) => `pramana__static-minilm-128${end}`);
    expect(readdirSync(join(cwd, "forms")).sort()).toEqual(folders);
    const pairFolder = join(cwd, "forms", folders[1] as string);
    const [revision = ""] = readdirSync(pairFolder);
    const read = (file: string) => JSON.parse(readFileSync(join(pairFolder, revision, file), "utf8"));
    expect(read("model_meta.json")).toMatchObject({ name: `${sample}→${sample}@64d[int8]`, embed_dim: 64 });
    expect(read("MiniSTS.json").pramana_run).toMatchObject({ vector_type: "int8", bytes_per_vector: 64 });
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
    [["run"], "run: no model was given; expected --model, or --query-model and --document-model together"],
    [["run", "--query-model", sample], `run: only one model of a pair, ${sample}, was given; expected --model, or`],
    [
      ["run", "--model", sample, "--document-model", sample],
      "option '--model <id-or-folder>' cannot be used with option '--document-model <id-or-folder>'",
    ],
    [
      ["run", "--query-model", sample, "--document-model", fixture],
      `the queries' ${sample} gives vectors of 128 values, the documents' local/bert-cls of 48; expected the same number`,
    ],
    [
      ["run", "--model", sample, "--dimensions", "129"],
      `dimensions: 129 cannot be had of ${sample}, whose vectors have 128 values; expected a whole number from 1 to 128`,
    ],
    [["run", "--model", sample, "--quantize", "int4"], "Allowed choices are int8, uint8, binary."],
    [["embed"], "required option '--model <id-or-folder>' not specified"],
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
    [["leaderboard", "--format", "xml"], "Allowed choices are md, json, csv."],
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

  it("cuts vectors to the length asked for", async () => {
    const { code, out } = await pramana(["embed", "--model", fixture, "--dimensions", "3"], '["a text"]');
    const [vector] = JSON.parse(out) as number[][];
    expect([code, vector?.length]).toEqual([0, 3]);
    expect(Math.hypot(...(vector ?? []))).toBeCloseTo(1, 6);
  });

  it("makes an empty list of an empty list", async () => {
    const { code, out } = await pramana(["embed", "--model", fixture], "[]");
    expect([code, JSON.parse(out)]).toEqual([0, []]);
  });
});

describe("the lists", () => {
  it.each([
    [["tasks"], /\| STSBenchmark +\| STS/],
    [["models"], /\| pramana\/static-minilm-128 +\| built in/],
    [["benchmarks"], /\| pramana-mini/],
    [["run", "--help"], /Examples:[\s\S]*HF_HUB_OFFLINE/],
  ])("%j", async (args, content) => {
    const { code, out } = await pramana(args);
    expect(code).toBe(0);
    expect(out).toMatch(content);
  });
});
