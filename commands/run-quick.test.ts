import { describe, expect, it } from "vitest";
import { baselineResults, readBaselines } from "../reports/baselines.ts";
import { requiredOf } from "../reports/required.ts";
import { run as record, resultWith } from "../reports/testing/results.ts";
import { chooseQuick } from "./run-quick.ts";

const benchmark = "MTEB(eng, v2)";

/** Returns what a run of the tasks with a published model would give, under a name of one's own. */
async function ranOf(model: string, tasks: readonly string[]) {
  const results = baselineResults(await readBaselines())
    .filter((one) => one.model === model && tasks.includes(one.result.task))
    .map(({ result }) => result);
  return { model: "acme/own", revision: "r1", maxTokens: 512, results, unstored: 0, skipped: [] };
}

describe("chooseQuick", () => {
  it("takes the first tasks of the choice, which fewer tasks are the beginning of, and says what to expect", async () => {
    const eight = await chooseQuick({ quick: true });
    const five = await chooseQuick({ quick: 5, benchmark: "mteb-eng-v2" });
    expect(eight.selection.benchmark).toBe(benchmark);
    expect(eight.selection.tasks).toHaveLength(8);
    expect(five.selection.tasks).toEqual(eight.selection.tasks.slice(0, 5));
    expect(five.lines[0]).toMatch(
      /^quick: 5 of the 41 tasks of MTEB\(eng, v2\) are run, about \d\.\d % of the work of all, .*: /,
    );
    expect(five.lines[1]).toMatch(/a prediction from 5 tasks was off by 0\.\d\d points on average, and by /);
  });

  it("refuses a benchmark of which too little is published, and names those that can be predicted", async () => {
    const refused = chooseQuick({ quick: true, benchmark: "NanoBEIR" });
    await expect(refused).rejects.toThrow(
      /^prediction: the means of "NanoBEIR" cannot be predicted: .* 100 of 30 are needed .*; expected one of .*MTEB\(eng, v2\)/,
    );
  });

  it("predicts the means of what ran, as near as the interval says", async () => {
    const quick = await chooseQuick({ quick: true });
    const run = await ranOf("BAAI/bge-base-en-v1.5", quick.selection.tasks);
    const ran = requiredOf(benchmark).filter(({ name }) => quick.selection.tasks.includes(name));
    const { models, learntFrom } = quick.predict([run], ran);
    const [first, second] = models[0].means;
    expect(first).toMatchObject({ name: "Mean (Task)", measured: 8, tasks: 41 });
    expect(second.name).toBe("Mean (Type)");
    // 65.14 by the published table.
    expect(first.interval[0]).toBeLessThan(65.14);
    expect(first.interval[1]).toBeGreaterThan(65.14);
    expect(Math.abs(first.value - 65.14)).toBeLessThan(1);
    expect(learntFrom).toBeGreaterThan(100);
  });

  it("predicts nothing of a whole run, or of a model of another kind, and says so", async () => {
    const quick = await chooseQuick({ quick: true });
    const all = requiredOf(benchmark);
    const whole = await ranOf(
      "BAAI/bge-base-en-v1.5",
      all.map(({ name }) => name),
    );
    const results = whole.results.slice(0, 8).map((one) => ({ ...one, run: { ...record, kind: "lexical" as const } }));
    const { models, without } = quick.predict([whole, { ...whole, model: "acme/words", results }], all);
    expect(models).toEqual([]);
    expect(without.map(({ reason }) => reason)).toEqual([
      "it has the scores of all tasks; `pramana leaderboard` shows its means",
      "it is lexical, and the table has only dense models",
    ]);
  });

  it("predicts nothing from too few tasks, or of limited scores, and says so", async () => {
    const quick = await chooseQuick({ quick: true });
    const run = await ranOf("BAAI/bge-base-en-v1.5", quick.selection.tasks);
    const ran = requiredOf(benchmark).filter(({ name }) => quick.selection.tasks.includes(name));
    const runs = [
      { ...run, model: "acme/few", results: run.results.slice(0, 2) },
      { ...run, model: "acme/cut[limit=50]" },
      { ...run, model: "acme/other", results: [resultWith("Unknown", { test: { default: 0.5 } })] },
    ];
    const { models, without } = quick.predict(runs, ran);
    expect(models).toEqual([]);
    expect(without).toEqual([
      { model: "acme/few", reason: "it has the scores of 2 tasks; expected 3 or more" },
      {
        model: "acme/cut[limit=50]",
        reason: "its scores are of a drawn share of the data (--limit), and no whole ones",
      },
    ]);
  });
});
