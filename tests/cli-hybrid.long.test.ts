import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fixture, openCli, sample } from "./built-cli.ts";

const { cwd, pramana } = openCli();

const run = (...args: string[]) => pramana(["run", "--results", "r", ...args]);
const ranking = ["--tasks", "MiniRetrieval,MiniReranking"];

describe("a hybrid on the command line", () => {
  it("runs, says in its row what was fused and how, and is taken as stored", async () => {
    const fused = ["--model", `bm25+${sample}`, "--fusion", "rrf", "--dimensions", "64", ...ranking];
    const { code, out, err } = await run(...fused);
    expect([code, err]).toEqual([0, expect.stringContaining("finished in")]);
    const name = `pramana/bm25+${sample}@64d[fusion=rrf,k=60]`;
    expect(out).toContain(name.replaceAll(/[[\]]/g, "\\$&"));
    const [, folder] = /results in (.*)/.exec(err) ?? [];
    const stored = JSON.parse(readFileSync(join(cwd, folder, "MiniRetrieval.json"), "utf8"));
    expect(stored.pramana_run.prompts).toEqual({
      [`query of ${sample}@64d`]: "",
      [`document of ${sample}@64d`]: "",
    });
    expect(JSON.parse(readFileSync(join(cwd, folder, "model_meta.json"), "utf8"))).toMatchObject({
      name,
      model_type: ["hybrid"],
    });
    expect((await run(...fused)).err).toContain("2 of 2 tasks stored already");
  });

  it("takes a folder with a plus in its name, alone and as one of several", async () => {
    cpSync(fixture, join(cwd, "bert+cls"), { recursive: true });
    const alone = await run("--model", "./bert+cls", ...ranking);
    expect([alone.code, alone.out]).toEqual([0, expect.stringContaining("local/bert+cls ")]);
    const { code, out } = await run(
      ...["--model", `./bert+cls+bm25+${sample}`, "--fusion", "minmax", "--weights", "1,2,0.5", ...ranking],
    );
    expect([code, out]).toEqual([
      0,
      expect.stringContaining(`local/bert+cls+pramana/bm25+${sample}\\[fusion=minmax,weights=1+2+0.5\\]`),
    ]);
  });

  it("refuses tasks that are no rankings, and options that nobody takes", async () => {
    const fused = ["--model", `bm25+${sample}`, "--fusion", "rrf"];
    expect((await run(...fused, "--tasks", "MiniSTS")).err).toContain(
      "fuses rankings of documents and makes no vectors; it can do tasks of the types Retrieval",
    );
    expect((await run("--model", `bm25+${sample}`, ...ranking)).err).toMatch(
      /bm25\+pramana.* is no repository id; .*; the rankings of several models are fused by pramana run with --fusion/,
    );
    expect((await run(...fused, ...ranking, "--explain")).err).toContain("explain: it tells the prompts of one model");
    const lexical = ["--model", "bm25+bm25", "--fusion", "rrf", ...ranking];
    expect((await run(...lexical, "--max-tokens", "8")).err).toContain("--max-tokens: only for repositories");
    expect((await run(...lexical, "--dimensions", "8")).err).toContain(
      "--dimensions: only for models that make vectors",
    );
  });
});

describe("a first stage on the command line", () => {
  it.each([
    [["--first-stage", "none.json"], "nor is there a file none.json, or a folder with TASK_predictions.json in it"],
    [["--top-k", "5"], "top-k: it is that of a first stage, and none is named; add --first-stage, or leave it out"],
    [
      ["--first-stage", "bm25", "--tasks", "MiniSTS"],
      "first stage: it gives candidates, and none of MiniSTS ranks any; leave --first-stage out",
    ],
  ])("refuses %j", async (args, message) => {
    const { code, err } = await run("--model", sample, "--tasks", "MiniRetrieval", ...args);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});
