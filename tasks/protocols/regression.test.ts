import { describe, expect, it } from "vitest";
import { mean } from "../metrics/lists.ts";
import { openStatistic } from "../statistic.ts";
import type { RegressionTask } from "../task.ts";
import { regressionProtocol as protocol } from "./regression.ts";
import { findingsOf } from "./testing/findings.ts";
import { madeUpTask } from "./testing/made-up-task.ts";
import { lookupContext, memoryDataset } from "./testing/memory.ts";

const task: RegressionTask = {
  ...madeUpTask,
  type: "Regression",
  mainScore: "kendalltau",
  settings: { textColumn: "text", valueColumn: "value", trainSplit: "train", trainRows: 2048, experiments: 3 },
};
const columns = (values: readonly unknown[], texts = values.map(String)) => ({ text: texts, value: [...values] });
const train = columns([1, 2, 3, 4, 5, 6]);
/** The vector of a text that is a number is that number. */
const context = lookupContext((text) => [Number(text), 1]);

const read = (test: object, trained: object = train, of = task) =>
  protocol.read(of, "default", "test", memoryDataset({ default: { train: trained, test } } as never));
const evaluate = async (test: object, trained: object = train, of = task) =>
  protocol.evaluate(of, await read(test, trained, of), context);

describe("regression", () => {
  it("foretells values that are a linear function of the vectors", async () => {
    const { scores, undefinedScores } = await evaluate(columns([7, 1.5, 3]));
    expect(scores["kendalltau"]).toBe(1);
    expect(scores["r2"]).toBeCloseTo(1, 6);
    expect(scores["mse"]).toBeCloseTo(0, 6);
    expect(Object.keys(scores)).toEqual(["scores_per_experiment", "mse", "mae", "r2", "kendalltau", "rmse"]);
    expect(undefinedScores).toEqual({});
  });

  it("measures errors", async () => {
    // The model says 2 and 4, and is off by 1 and 3.
    const { scores } = await evaluate(columns([3, 7], ["2", "4"]));
    expect(scores["mse"]).toBeCloseTo(5, 5);
    expect(scores["mae"]).toBeCloseTo(2, 5);
    expect(scores["rmse"]).toBeCloseTo(Math.sqrt(5), 5);
    expect(scores["r2"]).toBeCloseTo(1 - 10 / 8, 5);
  });

  it.each([
    [columns([5]), { r2: "needs two test rows or more", kendalltau: "needs two test rows or more" }],
    [columns([5, 5], ["1", "2"]), { kendalltau: "all values are equal" }],
    [columns([4, 5], ["2", "2"]), { kendalltau: "the model predicts the same value for all texts" }],
  ])("says why a score is undefined: case %#", async (test, reasons) => {
    const { scores, undefinedScores } = await evaluate(test);
    expect(undefinedScores).toEqual(reasons);
    for (const name of Object.keys(reasons)) expect(scores[name]).toBeNaN();
  });

  it.each(["kendalltau", "r2"])("is made up of its samples, %s", async (mainScore) => {
    const test = columns([3, 7, 4, 9, 9], ["2", "4", "4", "8", "3"]);
    const trained = columns(
      [1, 2, 4, 8, 16, 3, 7, 9, 11, 5, 6, 2.5].flatMap((value) => [value, value + 0.25]),
      Array.from({ length: 24 }, (_, i) => String(i)),
    );
    const { scores, samples } = await evaluate(test, trained, {
      ...task,
      mainScore,
      settings: { ...task.settings, trainRows: 12 },
    });
    const statistic = openStatistic(samples ?? expect.unreachable());
    expect([statistic.units, statistic.experiments]).toEqual([5, 3]);
    expect(mean([...statistic.scores()])).toBeCloseTo(scores[mainScore] as number, 5);
  });

  it("of equal values explains all or nothing", async () => {
    const { scores } = await evaluate(columns([5, 5], ["1", "2"]));
    expect(scores["r2"]).toBe(0);
  });

  it("draws other rows in each experiment where there are more than it takes", async () => {
    const many = columns(
      Array.from({ length: 80 }, (_, i) => i + (i % 7) / 10),
      Array.from({ length: 80 }, (_, i) => String(i)),
    );
    const few = { ...task, settings: { ...task.settings, trainRows: 30 } };
    const { scores } = await evaluate(columns([10, 50, 30]), many, few);
    const experiments = scores["scores_per_experiment"] as { mse: number }[];
    expect(new Set(experiments.map(({ mse }) => mse)).size).toBe(3);
  });

  it.each([
    [columns([]), train, "has no rows; at least one is needed"],
    [columns([1]), columns([]), "has no rows; at least one is needed"],
    [columns(["a"]), train, 'holds "a"; expected a number'],
    [{ text: ["1"] }, train, 'there is no column "value"'],
  ])("refuses rows that it cannot score: case %#", async (test, trained, message) => {
    await expect(evaluate(test, trained)).rejects.toThrow(message);
  });

  it("refuses a tenth of a single row, as the reference does", async () => {
    const values = Array.from({ length: 15 }, (_, i) => i);
    const few = { ...task, settings: { ...task.settings, trainRows: 5 } };
    await expect(evaluate(columns([1]), columns(values), few)).rejects.toThrow("a label with a single row");
  });

  it("names rows of both parts", async () => {
    expect(findingsOf(protocol, task, await read(columns([2, 2])))).toMatchObject([
      { kind: "column-constant", first: ["value of the test rows"] },
      { kind: "test-text-in-training", count: 2 },
    ]);
  });
});
