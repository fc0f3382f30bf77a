import { describe, expect, it } from "vitest";
import type { Table } from "../../datasets/table.ts";
import { getTask } from "../index.ts";
import { drawUnits } from "../limit.ts";
import type { Embed, Evaluation, TaskSpec, TaskType } from "../task.ts";
import { parseTaskFile } from "../task-file.ts";
import { smallCase } from "../testing/small-case.ts";
import { prepareTask } from "./index.ts";
import { vectorContext } from "./testing/context.ts";
import { madeUpTask } from "./testing/made-up-task.ts";
import { memoryDataset } from "./testing/memory.ts";

/** Vectors of four numbers that differ from text to text. */
const embed: Embed = async (texts) => {
  const numbers = texts.flatMap((text) =>
    [1, 2, 3, 4].map(
      (k) => Array.from(text).reduce((sum, c) => (sum * 31 + (c.codePointAt(0) ?? 0) * k) % 101, k) / 50 - 1,
    ),
  );
  return { data: Float32Array.from(numbers), rows: texts.length, dims: 4 };
};
const context = vectorContext(embed);

/** Makes a task as a task file has it. */
function made(type: TaskType, settings: object = {}, mainScore?: string): TaskSpec {
  const { name, dataset, languages, licence, reference } = madeUpTask;
  const task = { name, type, dataset: { ...dataset, revision: "0".repeat(40) }, languages, licence, reference };
  return parseTaskFile(JSON.stringify({ ...task, settings, mainScore }), "own.json").tasks[0] as TaskSpec;
}

/** A task of each type: of the catalogue, or made up. */
const tasks: readonly TaskSpec[] = [
  ...["STSBenchmark", "Banking77Classification", "ArXivHierarchicalClusteringP2P", "TwentyNewsgroupsClustering"],
  ...["SprintDuplicateQuestions", "ArguAna", "AskUbuntuDupQuestions", "SummEvalSummarization.v2", "Tatoeba"],
]
  .map((name) => getTask(name))
  .concat(made("Regression"), made("InstructionRetrieval"), made("InstructionReranking"));

const texts = (count: number, mark = "t"): string[] =>
  Array.from({ length: count }, (_, i) => `${mark}${(i * 7) % 31} ${i}`);
const numbers = (count: number, below: number): number[] =>
  Array.from({ length: count }, (_, i) => (i * 5 + 2) % below);

describe("a limit of as many units as there are", () => {
  it.each(tasks.map((task) => [task.type, task] as const))("changes no score of %s", async (_, task) => {
    const { small, dataset } = smallCase(task);
    const [subset = ""] = Object.keys(small.languages);
    const [split = ""] = small.splits;
    const whole = await prepareTask(small, subset, split, dataset);
    const limited = await prepareTask(small, subset, split, dataset, 4);
    expect(whole).not.toHaveProperty("share");
    expect(limited.share?.units).toBe(limited.share?.of);
    expect(limited.share).not.toHaveProperty("differs");
    expect(await limited.evaluate(context)).toEqual(await whole.evaluate(context));
    expect(limited.inspect()).toEqual(whole.inspect());
  });
});

/** Tasks whose test rows are their units, with 12 of these. */
const byRow: readonly (readonly [TaskSpec, Table["columns"], Table["columns"]?])[] = [
  [getTask("STSBenchmark"), { sentence1: texts(12), sentence2: texts(12, "u"), score: numbers(12, 5) }],
  [getTask("SprintDuplicateQuestions"), { sentence1: texts(12), sentence2: texts(12, "u"), labels: numbers(12, 2) }],
  [
    getTask("Banking77Classification"),
    { text: texts(12), label: numbers(12, 3) },
    { text: texts(20, "v"), label: numbers(20, 3) },
  ],
  [
    made("Regression", { trainRows: 12, experiments: 3 }),
    { text: texts(12), value: numbers(12, 9) },
    { text: texts(20, "v"), value: numbers(20, 7) },
  ],
  [
    getTask("SummEvalSummarization.v2"),
    {
      text: texts(12),
      human_summaries: texts(12).map((text) => [text, `${text}!`]),
      machine_summaries: texts(12).map((text) => [`${text} a`, `b ${text}`, `${text}c`]),
      relevance: numbers(12, 4).map((number) => [number, number + 1, number / 2]),
    },
  ],
];

const namesIn = ({ samples }: Evaluation): readonly string[] | undefined =>
  samples?.kind === "mean" ? samples.ids : undefined;

describe("a limit of rows", () => {
  it.each(byRow.map(([task, ...columns]) => [task.type, task, ...columns] as const))(
    "scores the drawn ones of %s as if there were no others, with the same training rows",
    async (_, task, test, train = test) => {
      const { prepare: _none, ...rest } = task;
      const [subset = ""] = Object.keys(task.languages);
      const [split = ""] = task.splits;
      const spec = { ...rest, dataset: madeUpTask.dataset } as TaskSpec;
      const kept = drawUnits(12, 7);
      const drawn = Object.fromEntries(
        Object.entries(test).map(([name, column]) => [name, Array.from(kept, (row) => column.at(row))]),
      );
      const limited = await prepareTask(spec, subset, split, memoryDataset({ [subset]: { train, [split]: test } }), 7);
      const alone = await prepareTask(spec, subset, split, memoryDataset({ [subset]: { train, [split]: drawn } }));
      expect(limited.share).toEqual({ units: 7, of: 12 });
      const [some, same] = [await limited.evaluate(context), await alone.evaluate(context)];
      const [names, numbers] = [namesIn(some), namesIn(same)];
      // Names are the rows' in the data, by which a share's units are found among all.
      expect(names).toEqual(numbers?.map((number) => String(kept[Number(number)])));
      const { samples } = some;
      expect({ ...some, ...(names && { samples: { ...samples, ids: numbers } }) }).toEqual(same);
    },
  );

  it("draws them of those that a task of several labels scores, against the classes of all", async () => {
    const task = made("MultilabelClassification", { maxRows: 10, samplesPerLabel: 3, experiments: 2 }, "accuracy");
    const labels = numbers(30, 7).map((number) => [`l${number % 3}`, ...(number === 6 ? ["rare"] : [])]);
    const columns = { text: texts(30), label: labels };
    const dataset = memoryDataset({ default: { train: columns, test: columns } });
    const [whole, limited] = await Promise.all(
      [undefined, 4].map((most) => prepareTask(task, "default", "test", dataset, most)),
    );
    expect(limited?.share).toEqual({ units: 4, of: 10 });
    const [all, some] = [await whole?.evaluate(context), await limited?.evaluate(context)];
    const valuesOf = (of: typeof all): number[] => (of?.samples?.kind === "mean" ? [...of.samples.values] : []);
    expect(valuesOf(some)).toEqual(Array.from(drawUnits(10, 4), (place) => valuesOf(all)[place]));
  });

  it("draws documents of those that clustering embeds, and of each set of documents", async () => {
    const drawn = getTask("ArXivHierarchicalClusteringP2P");
    const labels = numbers(40, 4).map((number) => `l${number}`);
    const settings = { ...drawn.settings, maxDocuments: 30, maxFraction: null, documentsPerExperiment: 32 };
    const { prepare: _none, ...rest } = { ...drawn, settings, dataset: madeUpTask.dataset } as TaskSpec;
    const columns = { sentences: texts(40), labels };
    const one = await prepareTask(
      rest as TaskSpec,
      "default",
      "test",
      memoryDataset({ default: { test: columns } }),
      12,
    );
    expect(one.share).toMatchObject({ units: 12, of: 30, differs: expect.stringContaining("V-measure") });
    const { samples } = await one.evaluate(context);
    expect(samples).toMatchObject({ kind: "clusters", documents: 12 });

    const rare = labels.map((_, i) => [i % 2, i === 3 ? 1 : -1]);
    const rows = memoryDataset({ default: { test: { sentences: texts(40), labels: rare } } });
    const without = await prepareTask(rest as TaskSpec, "default", "test", rows, 4);
    await expect(without.evaluate(context)).rejects.toThrow(
      "4 of 30 documents by the limit: no document counts at level 1",
    );

    const { prepare: _no, ...sets } = { ...getTask("TwentyNewsgroupsClustering"), dataset: madeUpTask.dataset };
    const two = { sentences: [texts(20), texts(5, "u")], labels: [labels.slice(0, 20), labels.slice(0, 5)] };
    const other = await prepareTask(sets as TaskSpec, "default", "test", memoryDataset({ default: { test: two } }), 6);
    expect(other.share).toMatchObject({ units: 11, of: 25, differs: expect.any(String) });
  });

  it("finds the second texts of drawn pairs among all, and says what that does to F1", async () => {
    const columns = { sentence1: texts(30), sentence2: texts(30, "u") };
    const dataset = memoryDataset({ default: { test: columns } });
    const prepared = (mainScore: string) =>
      prepareTask(made("BitextMining", {}, mainScore), "default", "test", dataset, 5);
    const f1 = await prepared("f1");
    expect(f1.share).toMatchObject({ units: 5, of: 30, searched: [30, 30], differs: expect.stringContaining("F1") });
    const accuracy = await prepared("accuracy");
    expect(accuracy.share).toEqual({ units: 5, of: 30, searched: [30, 30] });
    const all = await prepareTask(made("BitextMining", {}, "accuracy"), "default", "test", dataset);
    const found = (samples: unknown) => Array.from((samples as { predicted: Int32Array[] }).predicted[0]);
    const whole = found((await all.evaluate(context)).samples);
    expect(found((await accuracy.evaluate(context)).samples)).toEqual(Array.from(drawUnits(30, 5), (i) => whole[i]));
  });
});
