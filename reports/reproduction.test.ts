import { describe, expect, it } from "vitest";
import type { TaskResult } from "../runners/results/result.ts";
import type { TaskType } from "../tasks/task.ts";
import { compareTask, summarize } from "./reproduction.ts";
import { result as resultOf, resultWith, run, stored, task } from "./testing/results.ts";

const revision = "a".repeat(40);
const otherRevision = "b".repeat(40);

/** The official result of `Mini`. */
function official(score: number, changes: Partial<TaskResult> = {}, at = revision) {
  const [one] = stored("org/m", { Mini: score }, at);
  if (one === undefined) throw new Error("no result");
  return { ...one, result: { ...one.result, ...changes } };
}

const compare = (ours: number, theirs: number, type: TaskType = "STS", tolerance?: number) =>
  compareTask(task("Mini", type), { revision, result: resultOf("Mini", ours) }, official(theirs), {
    ...(tolerance === undefined ? {} : { tolerance }),
  });

describe("a score beside the official one", () => {
  it("is reproduced where it is equal", () => {
    expect(compare(0.75, 0.75)).toEqual({
      task: "Mini",
      type: "STS",
      ours: 0.75,
      official: 0.75,
      difference: 0,
      tolerance: 0.01,
      verdict: "reproduced",
      officialRevision: revision,
      officialFile: `results/org__m/${revision}/Mini.json`,
      remarks: [],
      reasons: [],
    });
  });

  it.each([
    ["STS", 0.01],
    ["Retrieval", 0.01],
    ["PairClassification", 0.01],
    ["Classification", 0.05],
    ["Clustering", 0.1],
  ] as const)("%s may be off by %d points, on either side, and no more", (type, points) => {
    for (const sign of [1, -1]) {
      expect(compare(0.5 + (sign * points) / 100, 0.5, type).verdict).toBe("reproduced");
      const beyond = compare(0.5 + sign * (points / 100 + 1e-6), 0.5, type);
      expect(beyond.verdict).toBe("differs");
      expect(beyond.difference).toBeCloseTo(sign * (points + 1e-4), 8);
    }
  });

  it("is measured by the user's tolerance, which may be none at all", () => {
    expect(compare(0.51, 0.5, "STS", 1).verdict).toBe("reproduced");
    expect(compare(0.500001, 0.5, "Clustering", 0).verdict).toBe("differs");
    expect(compare(0.5, 0.5, "Clustering", 0).verdict).toBe("reproduced");
  });

  it("that is missing or undefined is no result, with the reason", () => {
    const missing = compareTask(task("Mini"), { revision }, official(0.5));
    expect([missing.ours, missing.difference, missing.verdict, missing.reasons]).toEqual([
      null,
      null,
      "no result",
      ["no result"],
    ]);
    const undefinedScore = compare(Number.NaN, 0.5);
    expect([undefinedScore.ours, undefinedScore.verdict]).toEqual([null, "no result"]);
    expect(undefinedScore.reasons).toEqual(["split test, subset default: undefined (one label only)"]);
  });

  it("counts over the splits and subsets that the official result has", () => {
    const wide = { ...task("Mini"), subsets: ["en", "de"] };
    const ours = resultWith("Mini", { test: { en: 0.5, de: 0.9 } });
    const theirs = official(0, { splits: resultWith("Mini", { test: { en: 0.5 } }).splits });
    const row = compareTask(wide, { revision, result: ours }, theirs);
    expect([row.ours, row.official, row.verdict]).toEqual([0.5, 0.5, "reproduced"]);
    expect(row.remarks).toEqual(["1 of 2 splits and subsets, those that the official result has"]);
  });
});

describe("what a row says of unlike sides", () => {
  const remarks = (theirs: ReturnType<typeof official>) =>
    compareTask(task("Mini"), { revision, result: resultOf("Mini", 0.5) }, theirs).remarks;

  it("names other revisions of the model and of the data set, even where scores agree", () => {
    expect(remarks(official(0.5, { datasetRevision: "c".repeat(40) }, otherRevision))).toEqual([
      "official model at bbbbbbb",
      "official data set at ccccccc, ours at 0123abcd",
    ]);
    expect(remarks(official(0.5, {}, "external"))).toEqual(["official score reported without a revision (external)"]);
  });

  it("says where a score is built in, of whose data set nothing is known", () => {
    const builtIn = { ...official(0.5, { datasetRevision: "" }), file: "reports/baselines.json" };
    expect(remarks(builtIn)).toEqual(["official score built in"]);
  });
});

describe("the reasons that files tell of a difference", () => {
  const ours = (changes: Partial<typeof run> & { vectorType?: string } = {}): TaskResult => ({
    ...resultOf("Mini", 0.5),
    run: { ...run, prompts: { query: "query: ", document: "" }, ...changes },
  });
  const reasons = (result: TaskResult, prompts?: Record<string, string>, version = "2.26.24") =>
    compareTask(task("Mini"), { revision, result }, official(0.6, { mtebVersion: version }), {
      ...(prompts === undefined ? {} : { officialPrompts: prompts }),
    }).reasons;

  it("are none where nothing is known to be unlike", () => {
    expect(reasons(ours())).toEqual([]);
    expect(reasons(ours(), { query: "query: ", document: "" })).toEqual([]);
    expect(reasons(resultOf("Mini", 0.5), { query: "x" }, "unknown")).toEqual([]);
  });

  it("are the version of mteb, the prompts, precision, quantization and estimator", () => {
    const unlike = ours({ precision: "bf16", estimator: "ml", vectorType: "int8" });
    expect(reasons(unlike, { query: "", document: "" }, "1.14.5")).toEqual([
      "official by mteb 1.14.5, ours by the protocol of 2.26.24",
      'official prompt before query "", ours "query: "',
      "ours computed in bf16",
      "our vectors quantized to int8",
      "ours by the estimator ml",
    ]);
  });

  it("are not looked for where the score is reproduced", () => {
    const row = compareTask(task("Mini"), { revision, result: ours({ precision: "bf16" }) }, official(0.5));
    expect([row.verdict, row.reasons]).toEqual(["reproduced", []]);
  });
});

describe("the summary", () => {
  it("counts verdicts, and takes the largest and the mean absolute difference of what was compared", () => {
    const missing = compareTask(task("Mini"), { revision }, official(0.5));
    const rows = [compare(0.5, 0.5), compare(0.5, 0.53), { ...compare(0.51, 0.5), task: "Other" }, missing];
    const { largest, meanDifference, ...counts } = summarize(rows);
    expect(counts).toEqual({ reproduced: 1, differing: 2, missing: 1 });
    expect(largest?.task).toBe("Mini");
    expect(largest?.difference).toBeCloseTo(3, 10);
    expect(meanDifference).toBeCloseTo(4 / 3, 10);
  });

  it("has no numbers where nothing was compared", () => {
    expect(summarize([])).toEqual({ reproduced: 0, differing: 0, missing: 0, largest: null, meanDifference: null });
  });
});
