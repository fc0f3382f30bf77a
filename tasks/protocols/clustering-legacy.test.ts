import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import type { ClusteringTask, LearnerBackend } from "../task.ts";
import { clusteringProtocol } from "./clustering.ts";
import { madeUpTask } from "./testing/made-up-task.ts";
import { memoryDataset, tableContext } from "./testing/memory.ts";

interface Case {
  readonly name: string;
  readonly sentences: string[][];
  readonly labels: unknown[][];
  readonly vectors: number[][][];
  readonly scores: { readonly v_measure: number; readonly v_measure_std: number; readonly v_measures: number[] };
}

const path = new URL("./fixtures/clustering.json", import.meta.url);
const cases: Case[] = JSON.parse(readFileSync(path, "utf8")).legacy;

const task: ClusteringTask = {
  ...madeUpTask,
  type: "Clustering",
  languages: { en: ["eng-Latn"] },
  mainScore: "v_measure",
  settings: { legacy: true, textColumn: "sentences", labelColumn: "labels" },
};

const read = (sentences: unknown[], labels: unknown[]) =>
  clusteringProtocol.read(task, "en", "test", memoryDataset({ en: { test: { sentences, labels } } }));

async function evaluate({ sentences, labels, vectors }: Case, backend: LearnerBackend = "official") {
  const table = new Map(sentences.flatMap((texts, i) => texts.map((text, j) => [text, vectors[i][j]] as const)));
  const context = tableContext(table, { backend });
  const rows = await read(sentences, labels);
  return { ...(await clusteringProtocol.evaluate(task, rows, context)), calls: context.calls };
}

describe("the clustering protocol of MTEB(eng, v1)", () => {
  it.each(cases)("gives mteb's scores on $name", async ({ scores: expected, ...entry }) => {
    const { scores, undefinedScores } = await evaluate({ ...entry, scores: expected });
    expect(Object.keys(scores)).toEqual(["v_measure", "v_measure_std", "v_measures"]);
    expect(scores["v_measure"]).toBeCloseTo(expected.v_measure, 10);
    expect(scores["v_measure_std"]).toBeCloseTo(expected.v_measure_std, 10);
    expect(scores["v_measures"]).toEqual(expected.v_measures.map((value) => expect.closeTo(value, 10)));
    expect(undefinedScores).toEqual({});
  });

  it("embeds each set in one call, and none of a single label", async () => {
    const { calls } = await evaluate(cases.find(({ name }) => name.startsWith("a set of one label"))!);
    expect(calls).toHaveLength(1);
    expect(calls[0]).toHaveLength(30);
  });

  it("gives the second opinion of ml-kmeans", async () => {
    const entry = cases[0];
    const [official, ml] = [await evaluate(entry), await evaluate(entry, "ml")];
    expect(ml.scores).not.toEqual(official.scores);
    // Full k-means from another draw of centres: near the official one, not equal to it.
    expect(Math.abs((ml.scores["v_measure"] as number) - entry.scores.v_measure)).toBeLessThan(0.15);
  });

  it("refuses an empty split, and lists of different lengths in one row", async () => {
    await expect(read([], [])).rejects.toThrow(
      new InputError("task MadeUp: made/up (en, test) has no rows; at least one is needed"),
    );
    await expect(read([["x"], ["y", "z"]], [[1], [1, 0, 2]])).rejects.toThrow(
      new InputError(
        'task MadeUp: row 2 of made/up (en, test) has 2 texts in column "sentences" and 3 labels in column "labels"; ' +
          "each text needs one label",
      ),
    );
  });

  it("refuses vectors that are not finite", async () => {
    const context = tableContext(
      new Map([
        ["x", [1]],
        ["y", [Infinity]],
      ]),
    );
    await expect(clusteringProtocol.evaluate(task, await read([["x", "y"]], [[0, 1]]), context)).rejects.toThrow(
      'task MadeUp: the model\'s vector of "y" holds Infinity',
    );
  });

  it("refuses rows that another protocol read", async () => {
    const rows = { texts: ["x"], paths: [["a"]], earlier: [] };
    await expect(clusteringProtocol.evaluate(task, rows, tableContext(new Map()))).rejects.toThrow(
      new RangeError("clusteringProtocol: MadeUp is legacy, its rows are not"),
    );
  });
});
