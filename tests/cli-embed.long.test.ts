import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharedFolder } from "../datasets/testing/shared.ts";
import { builtCli, fixture, openCli, sample } from "./built-cli.ts";

const { cwd, pramana, pramanaProcess } = openCli();

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
    expect(Math.max(...rows.flatMap((row, i) => row.map((value, j) => Math.abs(value - expected[i][j]))))).toBeLessThan(
      1e-6,
    );
    const spelledOut = await pramanaProcess(
      ["embed", "--model", fixture, "--prompt", "Represent this sentence for searching relevant passages: "],
      JSON.stringify(texts),
    );
    expect(spelledOut.out).toBe(out);
  });

  it("a role's own prompt", async () => {
    const [asked, texts] = [["embed", "--model", fixture], '["a text"]'];
    // One after the other, for each changes the working folder.
    const named = await pramana([...asked, "--prompt-name", "query"], texts);
    const query = await pramana([...asked, "--role", "query"], texts);
    const document = await pramana([...asked, "--role", "document"], texts);
    const none = await pramana(asked, texts);
    expect(query).toEqual(named);
    expect(document).toEqual(none);
    expect(query.out).not.toBe(none.out);
  });

  it.each([
    ["{}", "standard input, line 1 is {}; expected a JSON array of texts"],
    ["[1]", "standard input, item 1 (line 1) is 1"],
    ['"a"\n["b"]', 'standard input, line 2 is ["b"]'],
    ["[", "standard input, line 1: not valid JSON"],
    ["", "standard input is empty"],
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

  it("cuts vectors to the length asked for", async () => {
    const { code, out } = await pramana(["embed", "--model", fixture, "--dimensions", "3"], '["a text"]');
    const [vector] = JSON.parse(out) as number[][];
    expect([code, vector?.length]).toEqual([0, 3]);
    expect(Math.hypot(...(vector ?? []))).toBeCloseTo(1, 6);
  });

  it("reads JSON lines, and - as standard input", async () => {
    const list = await pramana(["embed", "--model", sample], '["a", "b"]');
    expect(list.code).toBe(0);
    expect(await pramanaProcess(["embed", "--model", sample, "--input", "-"], '"a"\n"b"\n')).toEqual(list);
  });

  it("makes an empty list of an empty list", async () => {
    const { code, out } = await pramana(["embed", "--model", fixture], "[]");
    expect([code, JSON.parse(out)]).toEqual([0, []]);
  });
});

it("ONNX Runtime keeps no number of the machine, and tells nobody of what ran", async () => {
  const home = mkdtempSync(join(cwd, "home-"));
  // Without a CI in the environment, in which it is quiet by itself.
  const env = { PATH: process.env["PATH"], HOME: home, HF_HUB_OFFLINE: "1", PRAMANA_CACHE: join(cwd, "vectors") };
  const embed = (more: object) =>
    execFileSync(process.execPath, [builtCli, "embed", "--model", fixture], {
      input: '["a"]',
      env: { ...env, ...more },
    });
  embed({});
  expect(readdirSync(home)).toEqual([]);
  if (process.platform !== "linux") return;
  // One who asks for it has it, and this test sees where it would be.
  embed({ ORT_DISABLE_TELEMETRY: "0" });
  expect(readdirSync(home)).toEqual([".cache"]);
});

describe("pramana doctor", () => {
  it("ends well without --device; with it, as its verdict is; a run is refused accordingly", async () => {
    const plain = await pramana(["doctor"]);
    expect(plain.code).toBe(0);
    expect(plain.out).toMatch(/✓ onnxruntime-node +1\.\d+\.\d+, built for cpu/);
    const asked = await pramanaProcess(["doctor", "--device", "cuda", "--format", "json"]);
    // Nor do the libraries of devices that are missing write anything.
    expect(asked.err).toBe("");
    const { cuda, cudaWorks } = JSON.parse(asked.out);
    expect(asked.code).toBe(cudaWorks ? 0 : 1);
    expect(cudaWorks).toBe(cuda.every(({ state }: { state: string }) => state === "ok"));
    const embedded = await pramanaProcess(["embed", "--model", sample, "--device", "cuda"], "[]");
    if (cudaWorks) expect(embedded.code).toBe(0);
    else {
      expect(embedded.code).toBe(1);
      expect(embedded.err).toMatch(
        /^pramana: device: cuda cannot work here, missing: .*; `pramana doctor --device cuda` says what mends it\n$/,
      );
    }
  });
});

describe("pramana leaderboard", () => {
  it("ranks the published models beside one's own, without a network", async () => {
    await pramana(["run", "--model", sample, "--tasks", "MiniSTS", "--results", "board"]);
    const { code, out, err } = await pramanaProcess([
      ...["leaderboard", "--results", "board", "--benchmark", "MTEB(eng, v2)", "--baselines", "--format", "json"],
    ]);
    expect([code, err]).toEqual([
      0,
      "over all 41 tasks of MTEB(eng, v2)\n" +
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

  it("says what it skips", async () => {
    mkdirSync(join(cwd, "odd/a__x/r"), { recursive: true });
    writeFileSync(join(cwd, "odd/a__x/r/STS12.json"), '{"task_name": "STS12", "sc');
    const { code, out, err } = await pramana(["leaderboard", "--results", "odd"]);
    expect([code, out]).toEqual([0, "No results.\n"]);
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
    [["baselines"], /\| Tarka-AIR\/Tarka-Embedding-350M-V1 \(published\) +\| [^|]+\| +69\.29 \|/],
    [["run", "--help"], /Examples:[\s\S]*HF_HUB_OFFLINE[\s\S]*PRAMANA_CACHE/],
    [["help", "prompts", "try"], /^Usage: pramana prompts try /],
    [["help", "run", "so"], /^Usage: pramana run /],
    [["--help"], /First steps, .*:\n {2}pramana run\n/],
    [
      ["tasks", "--help"],
      /Examples:\n {2}pramana tasks banking\n {2}pramana tasks --type Reranking --languages deu,French\n/,
    ],
  ])("%j", async (args, content) => {
    const { code, out } = await pramanaProcess(args);
    expect(code).toBe(0);
    expect(out).toMatch(content);
  });
});

const shared = sharedFolder();

describe.skipIf(shared === undefined)("pramana embed of late interaction", () => {
  it("writes the vectors of each text's tokens, of the role", async () => {
    const folder = join(shared ?? "", "model-kinds/models/mv-bert-st6");
    const { documents, roles } = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
    const { code, out } = await pramana(["embed", "--model", folder, "--role", "document"], JSON.stringify(documents));
    expect(code).toBe(0);
    const made: number[][][] = JSON.parse(out);
    const expected: number[][][] = roles.document.vectors;
    expect(made.map((rows) => rows.length)).toEqual(expected.map((rows) => rows.length));
    const values = expected.flat(2);
    expect(Math.max(...made.flat(2).map((value, i) => Math.abs(value - values[i])))).toBeLessThan(1e-5);
  });
});
