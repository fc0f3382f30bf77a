import { describe, expect, it } from "vitest";
import { candidates } from "./completion.ts";
import { definitions } from "./definitions/index.ts";

const of = (...words: string[]): Promise<string[]> => candidates(words, definitions);

describe("what a word can be", () => {
  it("a command, and of a command its subcommand", async () => {
    expect(await of("lea")).toEqual(["leaderboard"]);
    expect(await of("")).toEqual(expect.arrayContaining(["run", "completion"]));
    expect(await of("")).not.toContain("complete");
    expect(await of("cache", "")).toEqual(["clear", "verify"]);
    expect(await of("run", "")).toEqual([]);
    expect(await of("nothing", "")).toEqual([]);
  });

  it("an option that was not given, negated ones by their flag", async () => {
    expect(await of("leaderboard", "--so")).toEqual(["--sort"]);
    expect(await of("run", "--no-")).toEqual(["--no-samples", "--no-cache"]);
    expect(await of("run", "--no-cache", "--no-")).toEqual(["--no-samples"]);
    expect(await of("run", "-m")).toEqual(["-m"]);
    expect(await of("run", "-m", "x", "--mod")).toEqual(["--model-config"]);
    expect(await of("cache", "clear", "--h")).toEqual(["--help"]);
    expect(await of("--he")).toEqual(["--help"]);
  });

  it("a value of the option before it, whatever its case and its quotes", async () => {
    expect(await of("leaderboard", "--format", "L")).toEqual(["latex"]);
    expect(await of("run", "--benchmark", '"mteb(ENG, v2')).toEqual(["MTEB(eng, v2)"]);
    expect(await of("run", "--benchmark", "MTEB\\(eng\\,\\ v2")).toEqual(["MTEB(eng, v2)"]);
    expect(await of("run", "--tasks", "Banking77C")).toEqual(["Banking77Classification", "Banking77Classification.v2"]);
    expect(await of("run", "--tasks", "MiniSTS,MiniRet")).toEqual(["MiniSTS,MiniRetrieval"]);
    expect(await of("run", "-t", "MiniSTS,MiniRet")).toEqual(["MiniSTS,MiniRetrieval"]);
    expect(await of("baselines", "pull", "--benchmark", "RTEB(eng")).toEqual(["RTEB(eng, beta)"]);
  });

  it("anything, such as a file, behind other options", async () => {
    expect(await of("run", "--model", "x")).toEqual([]);
    expect(await of("run", "--no-cache", "")).toEqual([]);
  });
});
