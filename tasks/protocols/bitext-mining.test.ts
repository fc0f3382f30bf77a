import { describe, expect, it } from "vitest";
import { prepareDataset } from "../../datasets/prepare.ts";
import { openStatistic } from "../statistic.ts";
import type { BitextMiningTask } from "../task.ts";
import { bitextMiningProtocol } from "./bitext-mining.ts";
import { findingsOf } from "./testing/findings.ts";
import { madeUpTask } from "./testing/made-up-task.ts";
import { memoryDataset, tableContext } from "./testing/memory.ts";

const task: BitextMiningTask = {
  ...madeUpTask,
  type: "BitextMining",
  mainScore: "f1",
  settings: { columns: ["sentence1", "sentence2"] },
};
const gold: BitextMiningTask = { ...task, settings: { ...task.settings, goldColumn: "gold" } };
const vectors = new Map<string, readonly number[]>([
  ["one", [1, 0]],
  ["two", [0, 1]],
  ["eins", [1, 0.1]],
  ["zwei", [0.9, 0.2]],
  ["drei", [0, 2]],
  ["", [0, 0]],
]);

const inMemory = (columns: Record<string, unknown[]>) => memoryDataset({ default: { test: columns } });

async function evaluate(columns: Record<string, unknown[]>, of = task) {
  const context = tableContext(vectors);
  const rows = await bitextMiningProtocol.read(of, "default", "test", inMemory(columns));
  return { ...(await bitextMiningProtocol.evaluate(of, rows, context)), calls: context.calls };
}

describe("bitext mining", () => {
  it("finds the nearest text of the other side, and weighs a text by how often it is the right one", async () => {
    const { scores, calls } = await evaluate({ sentence1: ["one", "two", "one"], sentence2: ["eins", "drei", "zwei"] });
    // The third finds the first one's text: its own is never found, and the first one's is found twice.
    expect(scores).toEqual({
      precision: (1 / 2 + 1 + 0) / 3,
      recall: 2 / 3,
      f1: (2 / 3 + 1 + 0) / 3,
      accuracy: 2 / 3,
    });
    expect(calls).toEqual([["one", "two", "one", "eins", "drei", "zwei"]]);
  });

  it.each(["f1", "recall", "accuracy"])("is made up of its samples, %s", async (mainScore) => {
    const { scores, samples } = await evaluate(
      { sentence1: ["one", "two", "one"], sentence2: ["eins", "drei", "zwei"] },
      { ...task, mainScore },
    );
    expect(samples && openStatistic(samples).scores()[0]).toBeCloseTo(scores[mainScore] as number, 12);
  });

  it("has no units of a precision", async () => {
    const { samples } = await evaluate(
      { sentence1: ["one"], sentence2: ["eins"] },
      { ...task, mainScore: "precision" },
    );
    expect(samples).toBeUndefined();
  });

  it("takes a single pair, and vectors of zeros", async () => {
    expect((await evaluate({ sentence1: ["one"], sentence2: ["drei"] })).scores["f1"]).toBe(1);
    // Of three equal scores torch takes the first.
    const { scores } = await evaluate({ sentence1: ["", "", ""], sentence2: ["eins", "zwei", "drei"] });
    expect(scores["accuracy"]).toBe(1 / 3);
  });

  it("reads the pairs of one row of lists, of which a text may come again and another be left out", async () => {
    const columns = { sentence1: [["one", "two"]], sentence2: [["zwei", "drei", "eins"]] };
    const { scores } = await evaluate(
      {
        ...columns,
        gold: [
          [
            [2, 2],
            [1, 3],
            [1, 3],
          ],
        ],
      },
      gold,
    );
    expect(scores["accuracy"]).toBe(1);
    const swapped = await evaluate(
      {
        ...columns,
        gold: [
          [
            [2, 2],
            [1, 1],
          ],
        ],
      },
      gold,
    );
    expect(swapped.scores["accuracy"]).toBe(0.5);
  });

  it.each([
    [{ sentence1: [["one"]], sentence2: [["eins"]], gold: [[[0, 1]]] }, 'column "gold", pair 1 is [0,1]; expected two'],
    [{ sentence1: [["one"]], sentence2: [["eins"]], gold: [[[1, 2]]] }, "from 1 to 1 and from 1 to 1"],
    [{ sentence1: [["one"]], sentence2: [["eins"]], gold: [[[1]]] }, "pair 1 is [1]"],
    [{ sentence1: [["one"]], sentence2: [["eins"]], gold: [[1.5]] }, "pair 1 is 1.5"],
    [{ sentence1: [["one"]], sentence2: [["eins"]], gold: [[]] }, "has no pairs of texts"],
    [{ sentence1: [["a"], ["b"]], sentence2: [["c"], ["d"]], gold: [[], []] }, "has 2 rows; with settings.goldColumn"],
    [{ sentence1: [["a"]], sentence2: [["c"]] }, 'there is no column "gold"'],
  ])("refuses gold pairs that name no text: case %#", async (columns, message) => {
    await expect(evaluate(columns, gold)).rejects.toThrow(message);
  });

  it("refuses no rows, and texts that are none", async () => {
    await expect(evaluate({ sentence1: [], sentence2: [] })).rejects.toThrow("has no pairs of texts; at least one");
    await expect(evaluate({ sentence1: ["one"], sentence2: [5] })).rejects.toThrow("holds 5; expected a text");
  });

  it("names pairs that come again, and empty texts", async () => {
    const rows = await bitextMiningProtocol.read(
      task,
      "default",
      "test",
      inMemory({ sentence1: ["one", "one", ""], sentence2: ["eins", "eins", "drei"] }),
    );
    expect(findingsOf(bitextMiningProtocol, task, rows)).toEqual([
      { kind: "text-empty", count: 1, first: ["row 3"] },
      { kind: "row-repeated", count: 1, first: ["row 2"] },
    ]);
  });
});

describe("subsets that are pairs of columns", () => {
  const columns = { eng_Latn: ["one", "two"], deu_Latn: ["eins", "drei"], n: [1, 2] };

  it("are read once for all", async () => {
    let reads = 0;
    const dataset = inMemory(columns);
    const counted = {
      ...dataset,
      read: (...args: Parameters<typeof dataset.read>) => {
        reads += 1;
        return dataset.read(...args);
      },
    };
    const paired = prepareDataset(counted, { subsetPairs: true });
    const first = await bitextMiningProtocol.read(task, "deu_Latn-eng_Latn", "test", paired);
    const second = await bitextMiningProtocol.read(task, "eng_Latn-deu_Latn", "test", paired);
    expect([first.first, first.second]).toEqual([columns.deu_Latn, columns.eng_Latn]);
    expect([second.first, reads]).toEqual([columns.eng_Latn, 1]);
    expect(paired.splits("deu_Latn-eng_Latn")).toEqual(["test"]);
  });

  it.each([
    ["eng_Latn", 'the subset "eng_Latn" names no pair of columns'],
    ["eng_Latn-", "names no pair of columns"],
    ["a-b-c", "names no pair of columns"],
    ["eng_Latn-fra_Latn", 'there is no column "fra_Latn"; its columns are eng_Latn, deu_Latn, n'],
    ["eng_Latn-n", 'column "n", row 1 holds 1; expected a text'],
  ])("are refused where there is none: %s", async (subset, message) => {
    const paired = prepareDataset(inMemory(columns), { subsetPairs: true });
    await expect(paired.read(subset, "test")).rejects.toThrow(message);
  });
});
