import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
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

  it("takes prompts of the user's: they reach the texts, are recorded, and mark the row", async () => {
    const instruct = { template: "{instruction}: {text}!", applyToDocuments: true, prompts: { MiniSTS: "Compare" } };
    writeFileSync(
      join(cwd, "mine.json"),
      JSON.stringify({ ...instruct, prompts: { ...instruct.prompts, MiniST: "?" } }),
    );
    const args = ["run", "--model", sample, "--tasks", "MiniSTS", "--prompts", "mine.json"];
    const { code, err } = await pramana([...args, "--results", "asked"]);
    expect(code).toBe(0);
    expect(err).toContain(
      'prompts mine.json: no task, task type or role is called MiniST (did you mean "MiniSTS"?); not used\n',
    );
    expect(readdirSync(join(cwd, "asked"))).toEqual(["pramana__static-minilm-128[prompts=mine]"]);
    const folder = join(cwd, "asked/pramana__static-minilm-128[prompts=mine]");
    const file = join(folder, readdirSync(folder)[0] as string, "MiniSTS.json");
    const { scores, pramana_run: record } = JSON.parse(readFileSync(file, "utf8"));
    expect(record.prompts).toEqual({ text: "Compare: {text}!" });
    expect(Math.abs(scores.test[0].main_score - 0.7109)).toBeGreaterThan(1e-3);

    const explained = await pramana([...args, "--explain"]);
    expect(explained.out).toContain('| MiniSTS | STS  | —    | "Compare: {text}!" | --prompts: MiniSTS |');
  });

  it("prompts that change nothing leave the row as it is", async () => {
    writeFileSync(join(cwd, "none.json"), "{}");
    const args = ["run", "--model", sample, "--tasks", "MiniSTS", "--prompts", "none.json", "--results", "same"];
    expect((await pramana(args)).code).toBe(0);
    expect(readdirSync(join(cwd, "same"))).toEqual(["pramana__static-minilm-128"]);
  });

  it("--explain prints the prompts of a repository without its weights, and runs nothing", async () => {
    mkdirSync(join(cwd, "weightless"));
    cpSync(
      join(fixture, "config_sentence_transformers.json"),
      join(cwd, "weightless/config_sentence_transformers.json"),
    );
    const args = ["run", "--model", "./weightless", "--tasks", "SciFact", "--results", "never", "--explain"];
    const { code, out, err } = await pramana(args);
    expect([code, err]).toEqual([0, ""]);
    expect(out.split("\n").slice(2)).toEqual([
      '| SciFact | Retrieval | query    | "Represent this sentence for searching relevant passages: " | repository: query    |',
      "| SciFact | Retrieval | document | —                                                           | repository: document |",
      "",
    ]);
    expect(readdirSync(cwd)).not.toContain("never");
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
    [
      ["run", "--model", sample, "--tasks", "MiniSTS", "--prompts", "intfloat/e5-large-v3"],
      "prompts intfloat/e5-large-v3: it cannot be read: ENOENT: no such file or directory, open 'intfloat/e5-large-v3'; expected a file of prompts, or a model whose prompts are published (did you mean \"intfloat/e5-large-v2\"?)",
    ],
    [["leaderboard", "--format", "xml"], "Allowed choices are md, json, csv."],
    [
      ["run", "--model", sample, "--device", "gpu"],
      "expected cpu, cuda (every visible GPU) or cuda:N (one GPU, from 0)",
    ],
    [["doctor", "--device", "cuda:x"], 'device: "cuda:x" is unknown'],
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

  it("values put over the model's config.json", async () => {
    const lfm2 = fixture.replace("bert-cls", "lfm2-bidirectional-attention");
    const { texts, cases } = JSON.parse(readFileSync(join(lfm2, "expected.json"), "utf8"));
    const input = JSON.stringify([texts[0]]);
    const { out } = await pramana(["embed", "--model", lfm2, "--model-config", "is_causal=false"], input);
    for (const [j, value] of cases[0].embeddings[0].entries()) expect(JSON.parse(out)[0][j]).toBeCloseTo(value, 5);
    const wrong = await pramana(["embed", "--model", lfm2, "--model-config", "is_causal"], input);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("key=value was expected.")]);
    const sampleToo = await pramana(["embed", "--model", sample, "--model-config", "is_causal=false"], input);
    expect(sampleToo.err).toBe(
      `pramana: model: ${sample} has no Transformer whose config could be set; leave the values out\n`,
    );
  });

  it("makes an empty list of an empty list", async () => {
    const { code, out } = await pramana(["embed", "--model", fixture], "[]");
    expect([code, JSON.parse(out)]).toEqual([0, []]);
  });
});

describe("pramana doctor", () => {
  it("ends well without --device; with it, as its verdict is; a run is refused accordingly", async () => {
    const plain = await pramana(["doctor"]);
    expect(plain.code).toBe(0);
    expect(plain.out).toMatch(/✓ onnxruntime-node +1\.\d+\.\d+, built for cpu/);
    const asked = await pramana(["doctor", "--device", "cuda", "--format", "json"]);
    const { cuda, cudaWorks } = JSON.parse(asked.out);
    expect(asked.code).toBe(cudaWorks ? 0 : 1);
    expect(cudaWorks).toBe(cuda.every(({ state }: { state: string }) => state === "ok"));
    const embedded = await pramana(["embed", "--model", sample, "--device", "cuda"], "[]");
    if (cudaWorks) expect(embedded.code).toBe(0);
    else {
      expect(embedded.code).toBe(1);
      expect(embedded.err).toMatch(
        /^pramana: device: cuda cannot work here, missing: .*; `pramana doctor --device cuda` says what mends it\n$/,
      );
    }
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
