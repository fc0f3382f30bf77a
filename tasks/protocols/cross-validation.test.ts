import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mean } from "../metrics/lists.ts";
import { openStatistic } from "../statistic.ts";
import type { ClassificationTask, Scores } from "../task.ts";
import { classificationProtocol } from "./classification.ts";
import { crossValidation } from "./classification-draws.ts";
import type { Label } from "./labels.ts";
import { findingsOf } from "./testing/findings.ts";
import { madeUpTask } from "./testing/made-up-task.ts";
import { memoryDataset, tableContext } from "./testing/memory.ts";

interface Case {
  readonly name: string;
  readonly folds: number;
  readonly samplesPerLabel: number;
  readonly mainScore: "accuracy" | "f1" | "f1_weighted";
  readonly labels: readonly Label[];
  readonly vectors: readonly (readonly number[])[];
  readonly rows: readonly { readonly train: readonly number[]; readonly test: readonly number[] }[];
  readonly scores: Readonly<Record<string, number | null | readonly Readonly<Record<string, number | null>>[]>>;
}
const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL("./fixtures/cross-validation.json", import.meta.url), "utf8"),
).cases;

const settings = { textColumn: "text", labelColumn: "label", trainSplit: "all", experiments: 10 };
const taskOf = ({ folds, samplesPerLabel, mainScore }: Pick<Case, "folds" | "samplesPerLabel" | "mainScore">) =>
  ({
    ...madeUpTask,
    type: "Classification",
    splits: ["all"],
    mainScore,
    settings: { ...settings, samplesPerLabel, folds },
  }) satisfies ClassificationTask;

async function evaluate(made: Case) {
  const texts = made.labels.map((_, row) => `text ${row}`);
  const dataset = memoryDataset({ default: { all: { text: texts, label: made.labels } } });
  const context = tableContext(new Map(texts.map((text, row) => [text, made.vectors[row]])));
  const task = taskOf(made);
  const rows = await classificationProtocol.read(task, "default", "all", dataset);
  const evaluation = await classificationProtocol.evaluate(task, rows, context);
  return { ...evaluation, calls: context.calls, findings: findingsOf(classificationProtocol, task, rows) };
}

const near = (found: unknown, expected: number | null): boolean =>
  expected === null ? Number.isNaN(found) : Math.abs(Number(found) - expected) < 1e-9;

describe("cross-validation", () => {
  it.each(cases)("divides and draws the rows as mteb does: $name", ({ labels, samplesPerLabel, folds, rows }) => {
    const drawn = crossValidation(labels, samplesPerLabel, folds);
    expect(drawn.map(({ train, test }) => ({ train: [...train], test: [...test] }))).toEqual(rows);
  });

  it.each(cases)("gives mteb's scores, and samples that make the main score: $name", async (made) => {
    const { scores, samples, calls, findings } = await evaluate(made);
    const { scores_per_experiment: experiments, ...means } = made.scores;
    for (const [name, score] of Object.entries(means))
      expect([name, near(scores[name], score as number)]).toEqual([name, true]);
    const found = scores["scores_per_experiment"] as readonly Scores[];
    (experiments as readonly Record<string, number | null>[]).forEach((one, i) => {
      for (const [name, score] of Object.entries(one))
        expect([name, near(found[i][name], score)]).toEqual([name, true]);
    });
    const statistic = openStatistic(samples ?? expect.unreachable());
    expect([statistic.units, statistic.experiments]).toEqual([made.labels.length, made.folds]);
    expect(mean([...statistic.scores()])).toBeCloseTo(scores[made.mainScore] as number, 12);
    // Each row counts in one fold only.
    const once = new Int32Array(made.labels.length).fill(1);
    const without = statistic.scores(once.with(0, 0));
    expect([...without].filter((score, i) => score !== statistic.scores()[i]).length).toBeLessThanOrEqual(1);
    expect(calls.map((texts) => texts.length)).toEqual([made.labels.length]);
    expect(findings).toEqual([]);
  });

  it("refuses another split to learn from, and more folds than rows", async () => {
    const dataset = memoryDataset({
      default: { all: { text: ["a", "b"], label: [0, 1] }, test: { text: ["a"], label: [1] } },
    });
    const task = taskOf({ folds: 3, samplesPerLabel: 8, mainScore: "accuracy" });
    await expect(classificationProtocol.read(task, "default", "test", dataset)).rejects.toThrow(
      "task MadeUp: its 3 folds are of the split that is scored, test, but trainSplit is all; expected the same split",
    );
    await expect(classificationProtocol.read(task, "default", "all", dataset)).rejects.toThrow(
      "task MadeUp: all has 2 rows, which 3 folds cannot share; expected a row for each",
    );
  });
});
