import { describe, expect, it } from "vitest";
import { describeFinding } from "../findings/describe.ts";
import { type FindingKind, findingKinds } from "../findings/kinds.ts";
import { catalogue } from "../index.ts";
import type { TaskSpec, TaskType } from "../task.ts";
import { smallCase } from "../testing/small-case.ts";
import { prepareTask } from "./index.ts";
import { madeUpTask } from "./testing/made-up-task.ts";
import { memoryDataset } from "./testing/memory.ts";
import { type Configs, rerankingTask, retrievalTask } from "./testing/rankings.ts";

const common = { ...madeUpTask, mainScore: "x" };
const made = {
  sts: { ...common, type: "STS", settings: { columns: ["a", "b"], minScore: 0, maxScore: 5 } },
  pairs: { ...common, type: "PairClassification", settings: { columns: ["a", "b"], labelColumn: "label" } },
  classes: {
    ...common,
    type: "Classification",
    settings: { textColumn: "a", labelColumn: "label", trainSplit: "train", samplesPerLabel: 8, experiments: 10 },
  },
  clusters: {
    ...common,
    type: "Clustering",
    settings: {
      textColumn: "a",
      labelColumn: "label",
      maxDocuments: null,
      maxFraction: null,
      documentsPerExperiment: 4,
      experiments: 1,
      batchSize: 2,
      maxDepth: null,
    },
  },
  sets: { ...common, type: "Clustering", settings: { legacy: true, textColumn: "a", labelColumn: "label" } },
  summaries: {
    ...common,
    type: "Summarization",
    settings: {
      textColumn: "a",
      humanColumn: "human",
      machineColumn: "machine",
      relevanceColumn: "score",
      minScore: 0,
      maxScore: 1,
    },
  },
} as const satisfies Record<string, TaskSpec>;

const test = (columns: Record<string, unknown[]>): Configs => ({ default: { test: columns } });
const judged = (...rows: (readonly [string, string, number])[]) => ({
  test: {
    "query-id": rows.map(([query]) => query),
    "corpus-id": rows.map(([, document]) => document),
    score: rows.map(([, , score]) => score),
  },
});
const corpus = { test: { _id: ["d0", "d1", "d2", "d3"], text: ["x", "y", " z", "w"] } };
const queries = { test: { _id: ["q0", "q1"], text: ["zero", "one"] } };
const good = { corpus, queries, default: judged(["q0", "d0", 1], ["q1", "d1", 1]) };

/** What is peculiar, in short: kind, number, names. */
type Found = readonly (readonly [FindingKind, number, string])[];

const cases: readonly (readonly [string, TaskSpec, Configs, Found])[] = [
  ["nothing about good rows", retrievalTask(), good, []],
  [
    "judgements of what is not there",
    retrievalTask(),
    {
      ...good,
      default: judged(
        ["q0", "d0", 1],
        ["q0", "gone", 1],
        ["q0", "gone", 1],
        ["qX", "d1", 1],
        ["qX", "d9", 1],
        ["q1", "d9", 0],
      ),
    },
    [
      ["judged-document-unknown", 2, "q0 gone, q1 d9"],
      ["query-nothing-relevant", 1, "q1"],
      ["judgement-repeated", 1, "q0 gone"],
      ["judged-query-unknown", 1, "qX"],
    ],
  ],
  [
    "judgements again, and queries without any",
    retrievalTask(),
    { ...good, default: judged(["q0", "d0", 1], ["q0", "d0", 2], ["q0", "d0", 2], ["q0", "d1", 1]) },
    [
      ["judgement-contradicted", 1, "q0 d0"],
      ["judgement-repeated", 1, "q0 d0"],
      ["query-without-judgement", 1, "q1"],
    ],
  ],
  [
    "ids again, with other texts and the same",
    retrievalTask(),
    {
      ...good,
      corpus: { test: { _id: ["d0", "d1", "d0", "d1", "d2"], text: ["x", "y", "other", " y ", "x"] } },
      queries: { test: { _id: ["q0", "q1", "q1", "q0"], text: ["zero", "one", "one", "null"] } },
    },
    [
      ["document-id-contradicted", 1, "d0"],
      ["query-id-contradicted", 1, "q0"],
      ["document-text-repeated", 1, "d2"],
      ["document-id-repeated", 1, "d1"],
      ["query-id-repeated", 1, "q1"],
    ],
  ],
  [
    "empty texts, and documents alike",
    retrievalTask(),
    {
      ...good,
      corpus: {
        test: {
          _id: ["d0", "d1", "d2", "d3", "d4"],
          title: ["", " ", "\u3000", "a", ""],
          text: ["\n", "", "", "b", "a b"],
        },
      },
      queries: { test: { _id: ["q0", "q1"], text: [" \t", "one"] } },
    },
    [
      ["document-empty", 3, "d0, d1, d2"],
      ["query-empty", 1, "q0"],
      ["document-text-repeated", 1, "d4"],
    ],
  ],
  [
    "candidates",
    rerankingTask(),
    {
      ...good,
      queries: { test: { _id: ["q0", "q1", "q2"], text: ["zero", "one", "two"] } },
      default: judged(["q0", "d0", 1], ["q1", "d1", 1], ["q2", "d1", 1]),
      top_ranked: {
        test: {
          "query-id": ["q0", "ghost", "q1", "q0"],
          "corpus-ids": [["d0"], ["d9"], ["d0", "d0", "d1", "d0"], ["d0", "d1"]],
        },
      },
    },
    [
      ["query-without-candidates", 1, "q2"],
      ["candidate-repeated", 2, "q1 d0, q1 d0"],
      ["candidates-repeated", 1, "q0"],
      ["candidates-query-unknown", 1, "ghost"],
    ],
  ],
  [
    "pairs with scores",
    made.sts,
    test({
      a: ["x", "x", "x", " ", "", "12 ", "1"],
      b: ["y", "y", "z", "y", "", "3", "2 3"],
      score: [1, 1, 1, 1, 1, 1, 1],
    }),
    [
      ["column-constant", 1, "score"],
      ["text-empty", 2, "row 4, row 5"],
      ["row-repeated", 1, "row 2"],
    ],
  ],
  [
    "labelled pairs",
    made.pairs,
    test({ a: ["x", "x", "y"], b: ["y", "y", "x"], label: [1, 0, 1] }),
    [["row-contradicted", 1, "row 2"]],
  ],
  [
    "pairs of one label",
    made.pairs,
    test({ a: ["x", "y"], b: ["x", "y"], label: [1, 1] }),
    [["column-constant", 1, "label"]],
  ],
  [
    "labels and texts of training and test rows",
    made.classes,
    {
      default: {
        train: { a: ["x", "y", "z", "z", "z"], label: ["A", "B", "A", "A", "C"] },
        test: { a: ["x", "y", "new", "new", " "], label: ["A", "A", "D", "B", "B"] },
      },
    },
    [
      ["label-only-in-test", 1, "D"],
      ["test-text-in-training", 1, "test row 1"],
      ["test-text-in-training-otherwise", 1, "test row 2"],
      ["row-contradicted", 2, "training row 5, test row 4"],
      ["text-empty", 1, "test row 5"],
      ["row-repeated", 1, "training row 4"],
      ["label-only-in-training", 1, "C"],
    ],
  ],
  [
    "label paths",
    made.clusters,
    test({ a: ["x", "y", "x", "z", "x"], label: [["A", "B"], ["A", "C"], ["A", "B"], [], ["A"]] }),
    [
      ["column-constant", 1, "level 0"],
      ["row-contradicted", 1, "row 5"],
      ["label-missing", 1, "row 4"],
      ["row-repeated", 1, "row 3"],
    ],
  ],
  [
    "sets of documents",
    made.sets,
    test({
      a: [
        ["x", "x"],
        ["x", ""],
      ],
      label: [
        ["A", "B"],
        ["A", "A"],
      ],
    }),
    [
      ["column-constant", 1, "set 2"],
      ["row-contradicted", 1, "set 1, row 2"],
      ["text-empty", 1, "set 2, row 2"],
    ],
  ],
  [
    "summaries",
    made.summaries,
    test({
      a: ["x", "y", "z"],
      human: [["h"], ["h"], [""]],
      machine: [
        ["m", "n"],
        ["m", "n"],
        ["m", "o"],
      ],
      score: [
        [1, 0],
        [1, 0],
        [1, 1],
      ],
    }),
    [
      ["text-empty", 1, "row 3"],
      ["judgements-constant", 1, "row 3"],
      ["row-repeated", 1, "row 2"],
    ],
  ],
];

describe("findings", () => {
  it.each(cases)("are counted: %s", async (_, task, configs, expected) => {
    const { inspect } = await prepareTask(task, "default", "test", memoryDataset(configs));
    expect(inspect().map(({ kind, count, first }) => [kind, count, first.join(", ")])).toEqual(expected);
  });

  it("are tried here in every kind that a run counts", () => {
    const tried = new Set(cases.flatMap(([, , , found]) => found.map(([kind]) => kind)));
    const counted = Object.entries(findingKinds).filter(([, { seenBy }]) => seenBy === "run");
    expect(counted.map(([kind]) => kind).filter((kind) => !tried.has(kind as FindingKind))).toEqual([]);
  });

  it("can be asked of each type of task", async () => {
    const one = new Map<TaskType, TaskSpec>(
      catalogue()
        .toReversed()
        .map((task) => [task.type, task]),
    );
    for (const task of one.values()) {
      const { small, dataset } = smallCase(task);
      const [subset] = Object.keys(task.languages);
      const { inspect } = await prepareTask(small, subset, small.splits[0], dataset);
      expect(
        inspect()
          .map(describeFinding)
          .every((line) => line.length > 0),
      ).toBe(true);
    }
  });
});
