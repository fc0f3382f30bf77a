import { describe, expect, it } from "vitest";
import { openStatistic } from "../statistic.ts";
import type { MultilabelClassificationTask } from "../task.ts";
import { drawsInOrder } from "../types/index.ts";
import { classificationProtocol } from "./classification.ts";
import { multilabelClassificationProtocol as protocol } from "./multilabel-classification.ts";
import { findingsOf } from "./testing/findings.ts";
import { madeUpTask } from "./testing/made-up-task.ts";
import { lookupContext, memoryDataset } from "./testing/memory.ts";

const task: MultilabelClassificationTask = {
  ...madeUpTask,
  type: "MultilabelClassification",
  mainScore: "accuracy",
  settings: {
    textColumn: "text",
    labelColumn: "label",
    trainSplit: "train",
    samplesPerLabel: 8,
    experiments: 3,
    maxRows: 3000,
  },
};
/** Texts near 0 are of class a, near 10 of class b, near 5 of both. */
const labelsOf = (x: number): string[] => (x < 4 ? ["a"] : x > 6 ? ["b"] : ["a", "b"]);
const columns = (values: readonly number[], labels: unknown[][] = values.map(labelsOf)) => ({
  text: values.map(String),
  label: labels,
});
const train = columns([0, 0.1, 0.2, 0.3, 0.4, 5, 5.1, 5.2, 5.3, 5.4, 10, 10.1, 10.2, 10.3, 10.4]);
const context = lookupContext((text) => [Number(text), 1]);

const read = (test: object, trained: object = train, of = task) =>
  protocol.read(of, "default", "test", memoryDataset({ default: { train: trained, test } } as never));
const evaluate = async (test: object, trained: object = train, of = task) =>
  protocol.evaluate(of, await read(test, trained, of), context);

describe("classification into several classes", () => {
  it("gives a row the labels of most of its neighbours", async () => {
    const { scores } = await evaluate(columns([0.05, 5.05, 9.9]));
    expect(scores).toMatchObject({ accuracy: 1, lrap: 1, f1: 1, hamming: 1 });
    expect(scores["scores_per_experiment"]).toEqual(Array(3).fill({ accuracy: 1, lrap: 1, f1: 1, hamming: 1 }));
  });

  it("takes test rows without labels, and drops labels that no test row has", async () => {
    const known = { ...train, label: train.label.map((own) => [...own, "c"]) };
    const { scores } = await evaluate(columns([0.05, 9.9, 5], [["a"], ["b"], []]), known);
    expect(scores["accuracy"]).toBe(2 / 3);
    expect(scores["hamming"]).toBe(2 / 3);
  });

  it.each(["accuracy", "lrap", "hamming", "f1"])("is made up of its samples, %s", async (mainScore) => {
    const { scores, samples } = await evaluate(columns([0.05, 3.9, 6.1, 9.9]), train, { ...task, mainScore });
    expect(samples && openStatistic(samples).scores()[0]).toBeCloseTo(scores[mainScore] as number, 12);
  });

  it("is the protocol of classification tasks that are marked so", async () => {
    const marked = { ...task, type: "Classification", settings: { multilabel: true, ...task.settings } } as const;
    const data = memoryDataset({ default: { train, test: columns([0.05, 3.9, 9.9, 0.05]) } });
    const rows = await classificationProtocol.read(marked, "default", "test", data);
    const own = await protocol.read(task, "default", "test", data);
    expect(rows).toEqual(own);
    expect(findingsOf(classificationProtocol, marked, rows)).toEqual(findingsOf(protocol, task, own));
    expect(await classificationProtocol.evaluate(marked, rows, context)).toEqual(
      await protocol.evaluate(task, own, context),
    );
    expect(drawsInOrder(marked)).toBe(true);
    expect(drawsInOrder({ ...marked, settings: {} })).toBe(false);
  });

  it("embeds the drawn training texts and the rows that are scored, in one call", async () => {
    const own = lookupContext((text) => [Number(text), 1]);
    const few = { ...task, settings: { ...task.settings, maxRows: 2 } };
    const rows = await read(columns([1, 9, 2, 8, 5]), train, few);
    await protocol.evaluate(few, rows, own);
    expect(own.calls).toHaveLength(1);
    expect(own.calls[0]?.length).toBeLessThan(15 + 5);
  });

  it("goes on drawing from place to place", async () => {
    const many = columns(Array.from({ length: 60 }, (_, i) => i / 6));
    const dataset = memoryDataset({
      one: { train: many, test: columns([1, 9]) },
      two: { train: many, test: columns([1, 9]) },
    } as never);
    const both = { ...task, languages: { one: ["eng-Latn"], two: ["deu-Latn"] } };
    const callsOf = async (of: MultilabelClassificationTask) => {
      const own = lookupContext((text) => [Number(text), 1]);
      await protocol.evaluate(of, await protocol.read(of, "two", "test", dataset), own);
      return own.calls;
    };
    expect(await callsOf(both)).not.toEqual(await callsOf({ ...both, languages: { two: ["deu-Latn"] } }));
    expect(await callsOf(both)).toEqual(await callsOf(both));
  });

  it.each([
    [columns([]), train, "has no rows; at least one is needed"],
    [columns([1]), columns([]), "has no rows; at least one is needed"],
    [columns([1, 2], [["a"], ["a"]]), train, 'has the single label "a"; sets of labels need two or more'],
    [columns([1, 2], [[], []]), train, "has no label; sets of labels need two or more"],
    [columns([1, 9], [[1], [2]]), train, "are of type string, those of"],
    [columns([1, 9], [[1], ["b"]]), train, "as the first label is"],
    [{ text: ["a"] }, train, 'there is no column "label"'],
  ])("refuses rows that it cannot score: case %#", async (test, trained, message) => {
    await expect(evaluate(test, trained)).rejects.toThrow(message);
  });

  it("asks for five training rows with labels", async () => {
    const few = columns([0, 1, 9, 10], [["a"], ["a"], ["b"], ["b"]]);
    await expect(evaluate(columns([0, 10]), few)).rejects.toThrow("draws 4 training rows; the labels are those of the");
    const unlabelled = columns([0, 1, 2, 9, 10], [["a"], [], [], ["b"], []]);
    await expect(evaluate(columns([0, 10]), unlabelled)).rejects.toThrow("draws 2 training rows");
  });

  it("names labels of one part only, and rows of both", async () => {
    const test = columns([0.5, 10], [["a", "z"], ["b"]]);
    const known = columns([10, 0], [["b"], ["a", "y"]]);
    expect(findingsOf(protocol, task, await read(test, known))).toEqual([
      { kind: "label-only-in-test", count: 1, first: ["z"] },
      { kind: "test-text-in-training", count: 1, first: ["test row 2"] },
      { kind: "label-only-in-training", count: 1, first: ["y"] },
    ]);
  });
});
