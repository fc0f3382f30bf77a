import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepareDataset } from "../../datasets/prepare.ts";
import { pythonRandom } from "../../datasets/random/python.ts";
import type { Similarity } from "../../models/encoder.ts";
import type { Kernels } from "../../models/kernels.ts";
import { openKernels } from "../../models/runtime/ort-kernels.ts";
import { plainKernels } from "../../models/testing/plain-kernels.ts";
import type { BitextMiningTask, Evaluation } from "../task.ts";
import {
  evaluateColumnPairs,
  type PairOutcome,
  type PairsContext,
  pairsColumns,
  planBlocks,
  readColumns,
} from "./column-pairs.ts";
import { prepareTask } from "./index.ts";
import { vectorContext } from "./testing/context.ts";
import { madeUpTask } from "./testing/made-up-task.ts";
import { memoryDataset } from "./testing/memory.ts";

let ortKernels: Kernels & { close(): Promise<void> };
beforeAll(async () => {
  ortKernels = await openKernels({ threads: 2 });
});
afterAll(() => ortKernels.close());

const names = ["b", "a", "d", "c", "e"];
const allPairs = names.flatMap((one) => names.filter((other) => other !== one).map((other) => `${one}-${other}`));

const taskOf = (subsets: readonly string[], more: Partial<BitextMiningTask> = {}): BitextMiningTask => ({
  ...madeUpTask,
  dataset: { ...madeUpTask.dataset, subsetPairs: true },
  languages: Object.fromEntries(subsets.map((subset) => [subset, ["eng-Latn"]])),
  type: "BitextMining",
  mainScore: "f1",
  settings: { columns: ["sentence1", "sentence2"] },
  ...more,
});

const dims = 7;

const drawn = new Map<number, ReturnType<typeof newColumns>>();

/** Makes columns of texts, some of them equal or empty, and vectors of theirs, some of which are equal or zeros. */
function drawColumns(rows: number) {
  const columns = drawn.get(rows) ?? newColumns(rows);
  drawn.set(rows, columns);
  return columns;
}

function newColumns(rows: number) {
  const random = pythonRandom(rows);
  const columns = Object.fromEntries(
    names.map((name) => {
      const texts = Array.from({ length: rows }, (_, row) => `${name} ${row % 9 === 8 ? row - 1 : row}`);
      return [name, texts.map((text, row) => (name === "d" && row === 1 ? "" : text))];
    }),
  );
  const rounded = (value: number): number => Math.round(value * 2) / 2;
  const vectors = new Map(
    Object.values(columns)
      .flat()
      .map((text, i) => [text, Array.from({ length: dims }, () => rounded(random.random() - (i % 3)))]),
  );
  vectors.set("", Array(dims).fill(0));
  return { columns, vectors };
}

async function scored(
  rows: number,
  subsets: readonly string[],
  more: Partial<PairsContext> = {},
): Promise<{ outcomes: Map<string, PairOutcome>; calls: string[] }> {
  const { columns, vectors } = drawColumns(rows);
  const task = taskOf(subsets);
  const dataset = prepareDataset(memoryDataset({ default: { test: columns } }), task.dataset);
  const calls: string[] = [];
  const context: PairsContext = {
    async embed(texts, column) {
      calls.push(column);
      return { data: Float32Array.from(texts.flatMap((text) => vectors.get(text) ?? [])), rows: texts.length, dims };
    },
    similarity: "cosine",
    kernels: plainKernels,
    dims,
    mostBytes: Number.POSITIVE_INFINITY,
    withSamples: true,
    ...more,
  };
  const outcomes = new Map<string, PairOutcome>();
  for await (const some of evaluateColumnPairs(task, await readColumns(task, subsets, "test", dataset), context)) {
    for (const one of some) {
      expect(outcomes.has(one.subset)).toBe(false);
      outcomes.set(one.subset, one);
    }
  }
  return { outcomes, calls };
}

/** Evaluates a subset by itself. */
async function alone(rows: number, subset: string, similarity: Similarity, kernels: Kernels) {
  const { columns, vectors } = drawColumns(rows);
  const task = taskOf([subset]);
  const dataset = prepareDataset(memoryDataset({ default: { test: columns } }), task.dataset);
  const { inspect, evaluate } = await prepareTask(task, subset, "test", dataset);
  const embed = async (texts: readonly string[]) => ({
    data: Float32Array.from(texts.flatMap((text) => vectors.get(text) ?? [])),
    rows: texts.length,
    dims,
  });
  const evaluation: Evaluation = await evaluate(vectorContext(embed, { similarity, kernels }));
  return { subset, findings: inspect(), ...evaluation };
}

describe.each([1, 9, 63, 64])("pairs of columns of %d texts", (rows) => {
  it.each<[Similarity, "plain" | "ort"]>([
    ["cosine", "plain"],
    ["cosine", "ort"],
    ["dot", "ort"],
    ["euclidean", "plain"],
    ["manhattan", "plain"],
  ])("are scored as each by itself: %s, %s", async (similarity, kind) => {
    const kernels = kind === "ort" ? ortKernels : plainKernels;
    const { outcomes, calls } = await scored(rows, allPairs, { similarity, kernels });
    expect(calls.toSorted()).toEqual(names.toSorted());
    expect([...outcomes.keys()].sort()).toEqual(allPairs.toSorted());
    for (const subset of allPairs) {
      expect(outcomes.get(subset)).toEqual(await alone(rows, subset, similarity, kernels));
    }
  });

  it("are scored alike whatever else is asked for, and however few columns are held", async () => {
    const { outcomes } = await scored(rows, allPairs);
    const column = 4 * rows * dims;
    for (const mostBytes of [0, 2 * column, 3 * column, 4 * column + 1]) {
      const { outcomes: again } = await scored(rows, allPairs, { mostBytes });
      expect(again.size).toBe(allPairs.length);
      for (const [subset, outcome] of again) expect(outcome).toEqual(outcomes.get(subset));
    }
    for (const subset of ["b-a", "a-b", "d-c"]) {
      expect((await scored(rows, [subset])).outcomes.get(subset)).toEqual(outcomes.get(subset));
    }
  });
});

it("columns of which a product takes several parts are scored as each pair by itself", async () => {
  const { outcomes } = await scored(2100, ["a-b", "b-a"]);
  for (const subset of ["a-b", "b-a"]) {
    expect(outcomes.get(subset)).toEqual(await alone(2100, subset, "cosine", plainKernels));
  }
});

it("a pair of a column with itself is one subset", async () => {
  const { outcomes } = await scored(70, ["a-a", "a-b"]);
  expect([...outcomes.keys()].sort()).toEqual(["a-a", "a-b"]);
});

it("samples are left out where they are not wanted", async () => {
  const { outcomes } = await scored(70, ["a-b"], { withSamples: false });
  expect(outcomes.get("a-b")).not.toHaveProperty("samples");
});

it("columns that no subset uses are neither read nor embedded", async () => {
  const { calls } = await scored(5, ["d-b", "b-d"]);
  expect(calls.toSorted()).toEqual(["b", "d"]);
});

it.each([0, 2, 3, 4, 9, 10, 100])("blocks of %d columns hold each pair once", (mostHeld) => {
  const columns = Array.from({ length: 10 }, (_, i) => `c${i}`);
  const pairs = columns.flatMap((one) =>
    columns.filter((other) => other !== one).map((other) => [one, other] as const),
  );
  const blocks = planBlocks(pairs, mostHeld);
  const found = blocks.flatMap(({ sweeps }) =>
    sweeps.flatMap(({ second, firsts }) => firsts.map((first) => [first, second])),
  );
  expect(found.map(String).sort()).toEqual(
    pairs
      .filter(([one, other]) => one < other)
      .map(String)
      .sort(),
  );
  for (const { columns: held } of blocks) expect(held.size).toBeLessThanOrEqual(Math.max(2, mostHeld));
  for (const { columns: held, sweeps } of blocks) {
    for (const { second, firsts } of sweeps) expect([second, ...firsts].every((one) => held.has(one))).toBe(true);
  }
  expect(blocks.length).toBe(mostHeld >= 10 ? 1 : blocks.length);
});

it.each<[string, Partial<BitextMiningTask>]>([
  ["steps, which may take rows of a pair away", { prepare: [{ step: "head", rows: 2 }] }],
  ["other columns", { settings: { columns: ["sentence2", "sentence1"] } }],
  ["pairs in configs of their own", { dataset: { ...madeUpTask.dataset, subsetPairs: "codes" } }],
  ["no pairs", { dataset: madeUpTask.dataset }],
])("subsets are not scored together with %s", (_, more) => {
  expect(pairsColumns(taskOf(["a-b"]))).toBe(true);
  expect(pairsColumns(taskOf(["a-b"], more))).toBe(false);
});
