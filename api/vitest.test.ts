import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, type MatcherState, vi } from "vitest";
import { type Baseline, formatBaseline } from "./baseline.ts";
import type { ModelEvaluation } from "./index.ts";
import { matchers } from "./vitest.ts";

vi.stubEnv("PRAMANA_CACHE", mkdtempSync(join(tmpdir(), "pramana-cache-")));
const sample = "pramana/static-minilm-128";

/** An evaluation made by hand: the messages of the matchers do not depend on a model. */
const evaluation: ModelEvaluation = {
  model: "local/checkpoint-500",
  revision: "b".repeat(40),
  scores: { STSBenchmark: 0.8203, "SICK-R": 0.7758, Empty: Number.NaN },
  meanTask: Number.NaN,
  meanType: Number.NaN,
  byType: {},
  results: ["STSBenchmark", "SICK-R", "Empty"].map((task) => ({
    task,
    datasetRevision: `revision of ${task}`,
    mtebVersion: "2.26.24",
    splits: {
      test: [
        {
          subset: "default",
          languages: [],
          mainScore: 0,
          scores: {},
          undefinedScores: { spearman: "constant scores" },
        },
      ],
    },
    evaluationSeconds: 1,
    date: 0,
  })),
  notes: [],
};
const { Empty: _, ...defined } = evaluation.scores;
const whole: ModelEvaluation = { ...evaluation, scores: defined };

const messageOf = async (failing: Promise<unknown>): Promise<string> =>
  failing.then(
    () => expect.fail("it passed"),
    (error: Error) => error.message,
  );

describe("toScoreAtLeast", () => {
  it("evaluates a model that is named", async () => {
    await expect(sample).toScoreAtLeast("MiniSTS", 0.71);
    await expect(sample).toScoreAtLeast("MiniSTS", 0.7);
    await expect({ model: sample, tasks: ["MiniSTS"] }).not.toScoreAtLeast("MiniSTS", 0.72);
    expect(await messageOf(expect(sample).toScoreAtLeast("MiniSTS", 0.75))).toBe(
      "pramana/static-minilm-128 at f950708 scores 0.7109 on MiniSTS, 0.0391 below the 0.7500 that it should reach",
    );
  });

  it("says by how much a score misses, and with .not, by how much it exceeds", async () => {
    await expect(evaluation).toScoreAtLeast("SICK-R", 0.7758);
    expect(await messageOf(expect(evaluation).toScoreAtLeast("SICK-R", 0.77581))).toBe(
      "local/checkpoint-500 at bbbbbbb scores 0.775800 on SICK-R, 0.000010 below the 0.775810 that it should reach",
    );
    expect(await messageOf(expect(evaluation).not.toScoreAtLeast("SICK-R", 0.7))).toBe(
      "local/checkpoint-500 at bbbbbbb scores 0.7758 on SICK-R, 0.0758 above the 0.7000 that it should not reach",
    );
  });

  it.each([
    ["STSBenchmark", 81, "toScoreAtLeast: 81 is no score; expected a number from −1 to 1; 81 points are 0.81"],
    ["STSBenchmark", Number.NaN, "toScoreAtLeast: NaN is no score; expected a number from −1 to 1"],
    ["Empty", 0.5, "task Empty: local/checkpoint-500 has no score, it is undefined: constant scores"],
    [
      "STSBenchmarks",
      0.5,
      'expect: the evaluation has no task "STSBenchmarks" (did you mean "STSBenchmark"?); it has STSBenchmark, SICK-R, Empty',
    ],
  ])("%s, %d: is an error with and without .not", async (task, minimum, message) => {
    expect(await messageOf(expect(evaluation).toScoreAtLeast(task, minimum))).toBe(message);
    expect(await messageOf(expect(evaluation).not.toScoreAtLeast(task, minimum))).toBe(message);
  });

  it("has the errors of evaluate", async () => {
    expect(await messageOf(expect(sample).toScoreAtLeast("MiniST", 0.5))).toContain('did you mean "MiniSTS"?');
    expect(await messageOf(expect(3).toScoreAtLeast("MiniSTS", 0.5))).toBe(
      "expect: 3 is no model; expected a model's name or folder, options, or an evaluation",
    );
  });
});

describe("toMatchBaseline", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pramana-baseline-"));
  });

  const file = "baseline.json";
  const written = (): Baseline["tasks"] => JSON.parse(readFileSync(join(folder, file), "utf8")).tasks;
  /** Calls the matcher as vitest does, in one of its states: with -u, on a developer's machine, in CI. */
  const match = (
    update: "all" | "new" | "none",
    model: Parameters<typeof matchers.toMatchBaseline>[0],
    tolerance?: number,
  ) => {
    const state = { isNot: false, testPath: join(folder, "a.test.ts"), snapshotState: { snapshotUpdateState: update } };
    return matchers.toMatchBaseline.call(
      state as MatcherState,
      model,
      file,
      tolerance === undefined ? {} : { tolerance },
    );
  };
  const store = (tasks: Baseline["tasks"], model = "local/checkpoint-400"): void =>
    writeFileSync(
      join(folder, file),
      formatBaseline({ pramana: "0.1.0", model, revision: evaluation.revision, tasks }),
    );
  const outcome = (task: string, score: number) => ({ score, datasetRevision: `revision of ${task}` });

  it("writes the file where it is missing, but not in CI", async () => {
    const { pass, message } = await match("none", whole);
    expect([pass, message()]).toEqual([
      false,
      "baseline baseline.json does not exist, and in CI none is written; run the tests once elsewhere, or with " +
        "`vitest -u`, and commit the file",
    ]);
    expect(existsSync(join(folder, file))).toBe(false);
    expect((await match("new", whole)).pass).toBe(true);
    expect(written()).toEqual({
      "SICK-R": { score: 0.7758, dataset_revision: "revision of SICK-R" },
      STSBenchmark: { score: 0.8203, dataset_revision: "revision of STSBenchmark" },
    });
    expect((await match("none", whole, 0)).pass).toBe(true);
  });

  it("holds scores of a share of the units against such scores only", async () => {
    const limited = { ...whole, model: "local/checkpoint-500[limit=50]" };
    store({ STSBenchmark: outcome("STSBenchmark", 0.8203) });
    expect(await messageOf(match("all", limited))).toBe(
      "baseline baseline.json: it holds scores of all units, and local/checkpoint-500[limit=50] was measured on at most " +
        "50 units of each subset; give both the same limit, or another file",
    );
    const both = { STSBenchmark: outcome("STSBenchmark", 0.8203), "SICK-R": outcome("SICK-R", 0.7758) };
    store(both, "local/checkpoint-400[limit=50]");
    expect(await messageOf(match("none", whole))).toContain("was measured on all units;");
    expect((await match("none", limited)).pass).toBe(true);
  });

  it("fails on what moved, and leaves the file alone", async () => {
    store({ STSBenchmark: outcome("STSBenchmark", 0.8303), "SICK-R": outcome("SICK-R", 0.775) });
    const before = readFileSync(join(folder, file), "utf8");
    for (const update of ["none", "new"] as const) {
      const { pass, message } = await match(update, whole, 0.002);
      expect([pass, message()]).toEqual([
        false,
        `local/checkpoint-500 at bbbbbbb does not match baseline.json (local/checkpoint-400 at bbbbbbb, pramana 0.1.0): 1 of 2 tasks

| Task         | Baseline |    Now |  Change | Tolerance |       |
| ------------ | -------: | -----: | ------: | --------: | ----- |
| STSBenchmark |   0.8303 | 0.8203 | −0.0100 |     0.002 | lower |

\`vitest -u\` makes the new scores the baseline.`,
      ]);
    }
    expect(readFileSync(join(folder, file), "utf8")).toBe(before);
  });

  it("writes it anew with -u where something moved, and only then", async () => {
    store({ STSBenchmark: outcome("STSBenchmark", 0.8201), "SICK-R": outcome("SICK-R", 0.7757) });
    const before = readFileSync(join(folder, file), "utf8");
    expect((await match("all", whole)).pass).toBe(true);
    expect(readFileSync(join(folder, file), "utf8")).toBe(before);
    expect((await match("all", whole, 0.00015)).pass).toBe(true);
    expect([written()["STSBenchmark"]?.score, written()["SICK-R"]?.score]).toEqual([0.8203, 0.7758]);
  });

  it("adds tasks to the baseline of the same model, in CI not", async () => {
    store({ STSBenchmark: outcome("STSBenchmark", 0.8203) }, evaluation.model);
    expect((await match("none", whole)).pass).toBe(false);
    expect((await match("new", whole)).pass).toBe(true);
    expect(Object.keys(written())).toEqual(["SICK-R", "STSBenchmark"]);
    store({ STSBenchmark: outcome("STSBenchmark", 0.8203) }, "local/other");
    expect((await match("new", whole)).pass).toBe(false);
  });

  it("runs a model on the tasks of the file where none are named, and compares no others where some are", async () => {
    expect(await messageOf(match("new", sample))).toBe(
      'baseline baseline.json: there is none yet that names tasks; expected a model with tasks, such as { model: "./checkpoint-500", ' +
        'tasks: ["STSBenchmark"] }',
    );
    store({
      MiniSTS: { score: 0.710937, datasetRevision: "1" },
      MiniRetrieval: { score: 0.9, datasetRevision: "1" },
    });
    const { pass, message } = await match("none", sample);
    expect(pass).toBe(false);
    expect(message()).toContain("1 of 2 tasks\n");
    expect(message()).toMatch(/\| MiniRetrieval \| +0\.9000 \| 0\.4\d{3} \| −0\.4\d{3} \| +0\.001 \| lower \|/);
    expect((await match("none", { model: sample, tasks: ["MiniSTS"] })).pass).toBe(true);
  });

  it("has no .not, and says what else it does not take", async () => {
    expect(await messageOf(expect(whole).not.toMatchBaseline(file))).toBe(
      "toMatchBaseline: it has no .not; hold a score against a bound instead",
    );
    expect(await messageOf(expect(whole).toMatchBaseline(file, { tolerance: 2 }))).toBe(
      "toMatchBaseline: the tolerance is 2; expected a number from 0 to 1",
    );
    expect(await messageOf(match("new", evaluation))).toContain("task Empty: local/checkpoint-500 has no score");
    writeFileSync(join(folder, file), "{}");
    expect(await messageOf(match("new", whole))).toContain("baseline.json: pramana is not what a baseline holds");
  });
});
