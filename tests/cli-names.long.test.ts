import { appendFileSync, cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fixture, openCli, sample } from "./built-cli.ts";

const { cwd, pramana } = openCli();
cpSync(fixture, join(cwd, "my-run", "checkpoint-500"), { recursive: true });

const run = (...args: string[]) => pramana(["run", "--tasks", "MiniSTS", ...args]);
const own = ["--model", "my-run/checkpoint-500"];
const named = [...own, "--name", "acme/embed", "--revision", "step-500"];

describe("the name of a folder in results", () => {
  it("tells checkpoints apart without being asked", async () => {
    expect((await run(...own)).out).toContain("local/my-run-checkpoint-500");
  });

  it("is the one that is given, with the marks of what changes scores", async () => {
    const { code, out } = await run(...named, "--dimensions", "16");
    expect([code, out]).toEqual([0, expect.stringContaining("| acme/embed@16d | step-500 |")]);
    const meta = join(cwd, "results", "acme__embed@16d", "step-500", "model_meta.json");
    expect(JSON.parse(readFileSync(meta, "utf8"))).toMatchObject({ name: "acme/embed@16d", revision: "step-500" });
    expect((await run(...named, "--dimensions", "16")).err).toContain("1 of 1 task stored already");
  });

  it("stands for one state of its files", async () => {
    expect((await run(...named)).code).toBe(0);
    appendFileSync(join(cwd, "my-run", "checkpoint-500", "config.json"), "\n");
    const { code, err } = await run(...named);
    expect([code, err]).toEqual([2, expect.stringContaining("acme/embed at step-500 has a result of other files")]);
  });

  it("is kept by results that are renamed, which a run then takes", async () => {
    await run(...own, "--results", "r");
    const to = ["rename", "local/my-run-checkpoint-500", "acme/moved@1", "--results", "r"];
    const foreseen = await pramana(["results", ...to, "--dry-run"]);
    expect(foreseen.out).toMatch(
      /→ acme\/moved at 1\n.*: 3 files\n.*MiniSTS\.json, model_meta\.json\nnothing was changed/,
    );
    expect((await pramana(["results", ...to])).code).toBe(0);
    expect((await pramana(["results", "--results", "r", "--format", "json"])).out).toContain('"model": "acme/moved"');
    const again = await run(...own, "--name", "acme/moved", "--revision", "1", "--results", "r");
    expect(again.err).toContain("1 of 1 task stored already");
    // The same model is stored under its own name once more, and put beside the other revision.
    await run(...own, "--results", "r");
    const beside = await pramana(["results", ...to.map((word) => word.replace("@1", "@2"))]);
    expect([beside.code, beside.err]).toEqual([
      0,
      expect.stringContaining("acme/moved has results at 1, too: tables join the revisions of a model to one row"),
    ]);
  });

  it.each([
    [["--model", sample, "--name", "a/b"], "name: pramana/static-minilm-128 is no folder"],
    [["--model", "bm25", "--name", "a/b"], "name: bm25 is called so everywhere"],
    [[...own, "--name", "embed"], 'name: "embed" is given; expected ORG/MODEL'],
    [[...own, "--name", "a/b", "--revision", "a b"], 'revision: "a b" is given'],
    [[...own, "--revision", "main"], "revision: my-run/checkpoint-500 is a folder, which has one state"],
    [["--model", `bm25+${sample}`, "--fusion", "rrf", "--name", "a/b"], "name: it names one model"],
  ])("%j is refused", async (args, message) => {
    const { code, err } = await run(...args);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});
