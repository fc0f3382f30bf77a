import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { fixture, openCli, sample } from "./built-cli.ts";

const { cwd, pramana, pramanaProcess } = openCli();

/** Lists the folders of models in a folder of results. */
const rowsIn = (results: string): string[] =>
  readdirSync(join(cwd, results)).filter((name) => name !== "last-run.yaml");

describe("pramana run", () => {
  it("prints a table to standard output, plain progress to standard error, and stores mteb's files", async () => {
    const { code, out, err } = await pramanaProcess([
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
    // mteb 2.26.24 gives 0.7109366720616441 and 0.3985714285714286 on the same texts and vectors.
    const score = (task: string) =>
      JSON.parse(readFileSync(join(folder, `${task}.json`), "utf8")).scores.test[0].main_score;
    expect(score("MiniSTS")).toBeCloseTo(0.7109366720616441, 5);
    expect(score("MiniClassification")).toBeCloseTo(0.3985714285714286, 5);
  });

  it("a changed run stands in a row of its own", async () => {
    const args = ["run", "--model", sample, "--tasks", "MiniSTS"];
    const { code, out } = await pramana([...args, "--estimator", "ml", "--results", "two"]);
    expect(code).toBe(0);
    expect(out).toContain("pramana/static-minilm-128\\[estimator=ml\\]");
    expect(rowsIn("two")).toEqual(["pramana__static-minilm-128[estimator=ml]"]);
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
    expect(rowsIn("asked")).toEqual(["pramana__static-minilm-128[prompts=mine]"]);
    const folder = join(cwd, "asked/pramana__static-minilm-128[prompts=mine]");
    const file = join(folder, readdirSync(folder)[0], "MiniSTS.json");
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
    expect(rowsIn("same")).toEqual(["pramana__static-minilm-128"]);
  });

  it("a benchmark of a task file is run and shown in its order, with its mean", async () => {
    const examples = fileURLToPath(new URL("../docs/examples", import.meta.url));
    const files = ["ferry-mail", "ferry-desk"].map((name) => join(examples, `${name}.json`));
    const chosen = ["--task-file", ...files, "--benchmark", "ferry desk", "--results", "desk"];
    const ran = await pramana(["run", "--model", sample, ...chosen]);
    const board = await pramana(["leaderboard", ...chosen]);
    expect([ran.code, board.code]).toEqual([0, 0]);
    const scores = [...ran.out.matchAll(/^\| (\w+) .*? (\d+\.\d+) \|/gm)].slice(0, 3);
    expect(scores.map(([, name]) => name)).toEqual(["MiniRetrieval", "FerryMail", "MiniSTS"]);
    const mean = scores.reduce((sum, [, , score]) => sum + Number(score), 0) / 3;
    for (const { out } of [ran, board]) {
      const [, shown] = /\| f950708 +\| +(\d+\.\d+) \|/.exec(out) ?? [];
      expect(Math.abs(Number(shown) - mean)).toBeLessThan(0.02);
    }
    const own = await pramana(["run", "--model", sample, "--benchmark", "ferry desk"]);
    expect([own.code, own.err]).toEqual([2, expect.stringContaining('benchmark "ferry desk" is unknown')]);
  });

  it("--explain prints the prompts of a repository without its weights, and runs nothing", async () => {
    mkdirSync(join(cwd, "weightless"));
    for (const file of ["config_sentence_transformers.json", "modules.json"])
      cpSync(join(fixture, file), join(cwd, "weightless", file));
    const args = ["run", "--model", "./weightless", "--tasks", "SciFact", "--results", "never", "--explain"];
    const { code, out, err } = await pramana(args);
    expect([code, err]).toEqual([0, "pooling, tokens, limits and the rest: pramana models show ./weightless\n"]);
    expect(out.split("\n").slice(2)).toEqual([
      '| SciFact | Retrieval | query    | "Represent this sentence for searching relevant passages: " | repository: query    |',
      "| SciFact | Retrieval | document | —                                                           | repository: document |",
      "",
    ]);
    expect(readdirSync(cwd)).not.toContain("never");
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
    expect(rowsIn("forms").sort()).toEqual(folders);
    const pairFolder = join(cwd, "forms", folders[1]);
    const [revision = ""] = readdirSync(pairFolder);
    const read = (file: string) => JSON.parse(readFileSync(join(pairFolder, revision, file), "utf8"));
    expect(read("model_meta.json")).toMatchObject({ name: `${sample}→${sample}@64d[int8]`, embed_dim: 64 });
    expect(read("MiniSTS.json").pramana_run).toMatchObject({ vector_type: "int8", bytes_per_vector: 64 });
  });

  it("a first look stands in a row of its own, goes on where it was stopped, and is compared with no whole one", async () => {
    const args = ["run", "--model", sample, "--tasks", "MiniSTS", "--results", "looks"];
    const [whole, look] = [await pramana(args), await pramana([...args, "--limit", "30"])];
    expect([whole.code, look.code]).toEqual([0, 0]);
    expect(look.out).toMatch(/^\| MiniSTS +\| STS +\| +\d+\.\d+ \| +30 of \d+ \| +\d+\.\d+ – \d+\.\d+ \|/m);
    const folder = "pramana__static-minilm-128[limit=30]";
    expect(rowsIn("looks").sort()).toEqual(["pramana__static-minilm-128", folder]);
    expect((await pramana([...args, "--limit", "30"])).err).toContain("1 of 1 task stored already");
    const file = (limit: string) =>
      join(cwd, "looks", limit, readdirSync(join(cwd, "looks", limit))[0], "MiniSTS.json");
    cpSync(file(folder), file("pramana__static-minilm-128"));
    expect((await pramana(args)).err).toContain(
      "MiniSTS: the stored result is not taken: the limit was 30 and is none",
    );
    const board = await pramana(["leaderboard", "--results", "looks"]);
    expect(board.out).toMatch(/\| +1 \| pramana\/static-minilm-128 +\|/);
    expect(board.out).toMatch(/\| +— \| pramana\/static-minilm-128\\\[limit=30\\\] +\|/);
    const names = [sample, `${sample}[limit=30]`];
    const compared = await pramana(["compare", ...names, "--results", "looks", "--fail-if", "overall < -0.2"]);
    expect([compared.code, compared.out]).toEqual([1, expect.stringContaining("**Nothing compared**")]);
    for (const limit of ["0", "1.5", "ten"]) {
      const refused = await pramana([...args, "--limit", limit]);
      expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("A whole number above 0 was expected")]);
    }
    const watched = await pramana(["watch", "somewhere", "--tasks", "MiniSTS", "--limit", "30"]);
    expect([watched.code, watched.err]).toEqual([2, expect.stringContaining("unknown option '--limit'")]);
  });

  const lacking = ["run", "--model", sample, "--tasks", "STS12,MiniSTS,SICK-R", "--results", "three"];

  it("runs nothing where data cannot be had, and names all of it", async () => {
    const { code, out, err } = await pramanaProcess(lacking);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(
      /cannot be had: the data are not in the cache folder .*HF_HUB_OFFLINE is set.* pramana fetch .*\n\S+ {3}STS12, SICK-R\n/,
    );
    expect(err).toContain(
      "pramana: run: the data of 2 of 3 tasks to run cannot be had (named above), and nothing was run; --skip-missing runs the others",
    );
    const all = await pramana(["run", "--model", sample, "--tasks", "STS12", "--results", "three", "--skip-missing"]);
    expect([all.code, all.err]).toEqual([
      1,
      expect.stringContaining("of 1 task to run cannot be had (named above); nothing was run"),
    ]);
  });

  it("--skip-missing runs the others, and says which are left out and why", async () => {
    const { code, out } = await pramana([...lacking, "--skip-missing"]);
    expect(code).toBe(0);
    expect(out).toMatch(/MiniSTS +\| STS +\| +71\.09/);
    expect(out).toContain("- 2 tasks skipped, as the data cannot be had");
    // No mean, as two of its tasks are lacking.
    expect(out).toContain("lacks 2 of 3 tasks, so it has no mean");
  });

  it.each([
    [
      ["run", "--tasks", "MiniSTS"],
      "model: none was given; expected --model, or --query-model and --document-model together",
    ],
    [["run", "--model", sample], "tasks: none was named; expected --tasks A,B"],
    [
      ["run", "--tasks", "MiniSTS", "--query-model", sample],
      `model: only one model of a pair, ${sample}, was given; expected --model, or`,
    ],
    [
      ["run", "--model", sample, "--document-model", sample],
      "option '-m, --model <id-or-folder>' cannot be used with option '--document-model <id-or-folder>'",
    ],
    [
      ["run", "--tasks", "MiniSTS", "--query-model", sample, "--document-model", fixture],
      `the queries' ${sample} gives vectors of 128 values, the documents' local/bert-cls of 48; expected the same number`,
    ],
    [
      ["run", "--tasks", "MiniSTS", "--model", sample, "--dimensions", "129"],
      `dimensions: 129 cannot be had of ${sample}, whose vectors have 128 values; expected a whole number from 1 to 128`,
    ],
    [
      ["run", "--model", sample, "--quantize", "int4"],
      'Allowed choices are int8, uint8, binary (did you mean "int8"?).',
    ],
    [["embed"], "required option '-m, --model <id-or-folder>' not specified"],
    [["rnu"], "Did you mean run?"],
    [
      ["prompts", "tryy", "--model", sample],
      `error: unknown command 'prompts tryy' (did you mean "try"?); prompts has try\n(--help shows what there is)\n`,
    ],
    [["cache", "foo"], "error: unknown command 'cache foo'; cache has clear and verify\n"],
    [["help", "rnu"], "Did you mean run?"],
    [["help", "models", "shwo"], `error: unknown command 'models shwo' (did you mean "show"?)`],
    [
      ["run", "--model", sample, "--tasks", "MiniST"],
      'task "MiniST" is unknown (did you mean "MiniSTS"?); `pramana tasks` lists all ',
    ],
    [["run", "--model", sample, "--benchmark", "mini"], 'benchmark "mini" is unknown'],
    [["run", "--model", "Acme/smal-model", "--tasks", "MiniSTS"], '(did you mean "acme/small-model"?)\n'],
    [["run", "--model", "no/such", "--tasks", "MiniSTS"], "model no/such at revision main is not in the cache folder"],
    [
      ["run", "--model", "small-model", "--tasks", "MiniSTS"],
      ', and models of the Hub are called organisation/name (did you mean "acme/small-model"?)\n',
    ],
    [["run", "--model", sample, "--threads", "none"], "A whole number above 0 was expected."],
    [["run", "--model", sample, "--tasks", ","], "--tasks: no name was given"],
    [
      ["embed", "--model", fixture, "--prompt-name", "quer"],
      'has no prompt named quer (did you mean "query"?); it has document, query',
    ],
    [
      ["run", "--model", sample, "--tasks", "MiniSTS", "--prompts", "intfloat/e5-large-v3"],
      '; expected a file of prompts, or a model whose prompts are published (did you mean "intfloat/e5-large-v2"?)',
    ],
    [
      ["run", "--model", sample, "--device", "gpu"],
      "webgpu (a GPU of any maker), coreml (Apple's Core ML, untried), dml (Windows's DirectML, untried) or auto (the best that works)",
    ],
    [
      ["compare", "--results", "results", "a/x", "a/y"],
      "error: missing required argument 'base'\n" +
        "(--help shows what there is; give <base> <candidates...> before --results)\n",
    ],
    [
      ["run", sample],
      "error: too many arguments for 'run'. Expected 0 arguments but got 1.\n" +
        "(a model is given with --model, tasks with --tasks)\n(--help shows what there is)\n",
    ],
    [
      ["run", "--model", sample, "--tasks", "MiniSTS", "--base", "acme/old", "--results", "none"],
      `"acme/old" is no folder with results, and among stored runs: results: there is no folder `,
    ],
    [
      ["run", "--model", sample, "--tasks", "MiniSTS", "--base", "acme/old", "--fail-if", "overal < 0"],
      'rule "overal < 0": there is no task or type "overal" (did you mean "overall"?)',
    ],
    [["run", "--model", sample, "--results", ""], "A folder was expected, and nothing was given."],
    [["doctor", "--device", "cuda:x"], 'device: "cuda:x" is unknown'],
    [["leaderboard", "--format", "xml"], "Allowed choices are md, csv, json, jsonl, latex."],
    [["leaderboard", "--format", "html"], "A page is what `pramana report --output FILE` writes."],
    [["baselines", "--format", "html"], "A page is what `pramana report --output FILE` writes."],
    [["leaderboard", "--benchmark", "MTEB(eng, v3)"], 'did you mean "MTEB(eng, v2)"?'],
    [["baselines", "pull"], "missing required argument 'models'"],
    [["baselines", "pull", "acme/small"], "baselines: HF_HUB_OFFLINE is set, and official results lie at "],
  ])("%j is wrong usage: status 2, and a way out", async (args, message) => {
    mkdirSync(join(cwd, "cache/models--acme--small-model"), { recursive: true });
    const { code, out, err } = await pramana(args, "[]");
    expect(err).toContain(message);
    expect([code, out]).toEqual([2, ""]);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it.each([
    ["the parser's", ["rnu"]],
    ["a command's", ["run", "--model", sample, "--tasks", "MiniST"]],
  ])("a process tells of %s wrong usage, and ends, as a command in this one", async (_, args) => {
    const ended = await pramanaProcess(args);
    expect(ended).toEqual(await pramana(args));
    expect(ended).toMatchObject({ code: 2, out: "", err: expect.stringContaining("id you mean") });
  });

  it("a second model is refused, and not the first one dropped", async () => {
    const { code, err } = await pramana(["embed", "--model", "one/a", "--model", "two/b"]);
    expect(code).toBe(2);
    expect(err).toContain('It is given a second time, after "one/a"; it takes one.');
  });
});
