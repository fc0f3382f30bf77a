import { describe, expect, it } from "vitest";
import { writeResult } from "../commands/testing/result-file.ts";
import { openCli, sample } from "./built-cli.ts";

const { cwd, pramana } = openCli();

describe("pramana run --quick", () => {
  it("says which tasks it runs and what to expect of the prediction", async () => {
    const { code, out, err } = await pramana(["run", "--model", sample, "--quick", "3", "--explain"]);
    expect(code).toBe(0);
    expect(err).toMatch(/quick: 3 of the 41 tasks of MTEB\(eng, v2\) are run, about \d\.\d % of the work of all/);
    expect(err).toMatch(/a prediction from 3 tasks was off by \d\.\d\d points on average/);
    expect(out.match(/^\| AskUbuntuDupQuestions/gm)?.length).toBeGreaterThan(0);
  });

  it.each([
    [["--quick", "2"], "A whole number of tasks, 3 to 12, was expected"],
    [["--quick", "--tasks", "STS12"], "cannot be used with option"],
    [["--quick", "--limit", "50"], "cannot be used with option"],
    [["--quick", "--benchmark", "NanoBEIR"], 'the means of "NanoBEIR" cannot be predicted'],
  ])("refuses %j", async (given, message) => {
    const { code, err } = await pramana(["run", "--model", sample, ...given]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe("pramana leaderboard --baselines", () => {
  it("shows the published models where nothing is stored yet", async () => {
    const published = ["--benchmark", "MTEB(eng, v2)", "--baselines"];
    const { code, out, err } = await pramana(["leaderboard", ...published, "--format", "csv"]);
    expect([code, out.trim().split("\n").length]).toEqual([0, 18]);
    expect(err).toContain("no folder results is here, so that the published models stand alone\n");
    expect(err).not.toContain("no results in");
    expect((await pramana(["leaderboard", "--baselines"])).code).toBe(2);
    expect((await pramana(["report", ...published, "--output", "published.html"])).code).toBe(0);
    const absent = await pramana(["leaderboard", ...published, "--results", "nowhere"]);
    expect([absent.code, absent.err]).toEqual([2, expect.stringContaining("there is no folder")]);
    expect((await pramana(["leaderboard"])).code).toBe(2);
  });
});

describe("pramana predict", () => {
  it("predicts from what is stored, and a leaderboard knows nothing of it", async () => {
    for (const [task, score] of Object.entries({ STS12: 0.75, STS15: 0.86, ArguAna: 0.55 })) {
      writeResult(`${cwd}/few`, task, score);
    }
    const predicted = await pramana(["predict", "--results", "few"]);
    expect(predicted.code).toBe(0);
    expect(predicted.out).toContain("Predicted, not measured: acme/own on MTEB(eng, v2), from 3 of 41 tasks");
    const board = await pramana([
      "leaderboard",
      "--results",
      "few",
      "--benchmark",
      "MTEB(eng, v2)",
      "--format",
      "json",
    ]);
    expect(JSON.parse(board.out)[0]).toMatchObject({ model: "acme/own", meanTask: null });
  });
});
