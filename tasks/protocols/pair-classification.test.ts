import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import type { Table } from "../../datasets/table.ts";
import type { Role, Similarity } from "../../models/encoder.ts";
import type { PairClassificationTask } from "../task.ts";
import { pairClassificationProtocol } from "./pair-classification.ts";
import { madeUpTask } from "./testing/made-up-task.ts";
import { lookupContext, memoryDataset, tableContext } from "./testing/memory.ts";

interface Case {
  readonly name: string;
  readonly similarity: Similarity;
  readonly columns: Table["columns"];
  readonly vectors: Record<string, number[]>;
  readonly scores: Record<string, number>;
}
const path = new URL("./fixtures/pair-classification.json", import.meta.url);
const cases: Case[] = JSON.parse(readFileSync(path, "utf8")).cases;

const task: PairClassificationTask = {
  ...madeUpTask,
  type: "PairClassification",
  mainScore: "max_ap",
  settings: { columns: ["sentence1", "sentence2"], labelColumn: "labels" },
};

const read = (columns: Table["columns"]) =>
  pairClassificationProtocol.read(task, "default", "test", memoryDataset({ default: { test: columns } }));

async function evaluate({ columns, vectors, similarity }: Omit<Case, "name" | "scores">) {
  const context = tableContext(new Map(Object.entries(vectors)), { similarity });
  const rows = await read(columns);
  return { ...(await pairClassificationProtocol.evaluate(task, rows, context)), calls: context.calls };
}

const place = "data set made/up (default, test): ";
const two = { sentence1: ["a", "b"], sentence2: ["c", "d"], labels: [1, 0] };
const vectors = { a: [1, 0], b: [0, 1], c: [1, 0.5], d: [1, 1] };

describe("the pair classification protocol", () => {
  it.each(cases)("gives mteb's scores: $name, similarity $similarity", async ({ scores, ...input }) => {
    const found = await evaluate(input);
    expect(Object.keys(found.scores)).toEqual(Object.keys(scores));
    for (const [name, score] of Object.entries(scores)) {
      // Every similarity is equal bit for bit; only the sum of at most 60 terms of `ap` is taken in another order.
      expect(Math.abs((found.scores[name] as number) - score)).toBeLessThan(1e-14);
    }
    expect(found.undefinedScores).toEqual({});
  });

  it("embeds both columns in one call", async () => {
    const { calls } = await evaluate({ columns: two, vectors, similarity: "cosine" });
    expect(calls).toEqual([["a", "b", "c", "d"]]);
  });

  it("embeds the texts in their roles, documents shown first, where the task names different ones", async () => {
    const shown: (string | undefined)[] = [];
    const calibrate = async (count: number, textAt: (place: number) => string): Promise<void> => {
      shown.push(...Array.from({ length: count }, (_, place) => textAt(place)));
    };
    const seen = async (roles: readonly [Role, Role]) => {
      const keyOf = (text: string, role?: Role): string => `${role} ${text}`;
      const context = lookupContext((key) => vectors[key.slice(-1) as keyof typeof vectors], { calibrate }, keyOf);
      const own = { ...task, settings: { ...task.settings, roles } };
      await pairClassificationProtocol.evaluate(own, await read(two), context);
      return context.calls;
    };
    expect(await seen(["document", "query"])).toEqual([
      ["document a", "document b"],
      ["query c", "query d"],
    ]);
    expect(await seen(["query", "document"])).toEqual([
      ["query a", "query b"],
      ["document c", "document d"],
    ]);
    expect(shown).toEqual(["a", "b", "c", "d"]);
    expect(await seen(["query", "query"])).toEqual([["query a", "query b", "query c", "query d"]]);
  });

  it("reads one row of lists as rows, and truth values as labels", async () => {
    const rows = { first: ["a", "b"], second: ["c", "d"], labels: [1, 0] };
    expect(await read({ sentence1: [["a", "b"]], sentence2: [["c", "d"]], labels: [[1, 0]], other: [5] })).toEqual(
      rows,
    );
    expect(await read({ ...two, labels: [true, false] })).toEqual(rows);
    expect(await read({ sentence1: ["a"], sentence2: ["b"], labels: [1] })).toEqual({
      first: ["a"],
      second: ["b"],
      labels: [1],
    });
  });

  it("takes a single pair", async () => {
    const single = { sentence1: ["a"], sentence2: ["c"], labels: [1] };
    const { scores } = await evaluate({ columns: single, vectors, similarity: "dot" });
    expect(scores).toMatchObject({ cosine_accuracy: 0, cosine_f1: 0, cosine_ap: 1, max_ap: 1 });
  });

  it("leaves undefined what overflows float32, the best of all with it", async () => {
    const huge = { ...vectors, a: [3e38, 0], c: [-3e38, 1] };
    const { scores, undefinedScores } = await evaluate({ columns: two, vectors: huge, similarity: "euclidean" });
    const names = Object.keys(scores).filter((name) => !name.startsWith("cosine_"));
    expect(Object.keys(undefinedScores).sort()).toEqual(names.sort());
    expect(new Set(Object.values(undefinedScores))).toEqual(new Set(["a score is beyond the range of float32"]));
    for (const name of names) expect(scores[name]).toBeNaN();
    expect(scores["cosine_ap"]).toBe(1);
  });

  it.each<[string, Table["columns"], string]>([
    [
      "a split without rows",
      { sentence1: [], sentence2: [], labels: [] },
      "task MadeUp: made/up (default, test) has no rows; at least one pair is needed",
    ],
    [
      "a row of empty lists",
      { sentence1: [[]], sentence2: [[]], labels: [[]] },
      "task MadeUp: made/up (default, test) has no rows; at least one pair is needed",
    ],
    [
      "lists of different lengths",
      { sentence1: [["a", "b"]], sentence2: [["c", "d"]], labels: [[1]] },
      `${place}row 1 holds lists of different lengths (2 in "sentence1", 2 in "sentence2", 1 in "labels"); expected one ` +
        "length",
    ],
    [
      "several rows of lists",
      { sentence1: [["a"], ["b"]], sentence2: [["c"], ["d"]], labels: [[1], [0]] },
      `${place}column "sentence1", row 1 holds ["a"]; expected a text`,
    ],
    [
      "a label beyond 0 and 1",
      { ...two, labels: [1, 2] },
      `${place}column "labels", row 2 holds 2; expected 1 for a pair that belongs together, 0 for one that does not`,
    ],
    [
      "a label that is another text than 1 and 0",
      { ...two, labels: ["1", "01"] },
      `${place}column "labels", row 2 holds "01"; expected 1 for a pair that belongs together, 0 for one that does not`,
    ],
    [
      "a missing label column",
      { sentence1: ["a"], sentence2: ["c"], score: [1] },
      `${place}there is no column "labels"; its columns are sentence1, sentence2, score`,
    ],
  ])("refuses %s", async (_, columns, message) => {
    await expect(read(columns)).rejects.toThrow(new InputError(message));
  });

  it("refuses vectors that are not finite", async () => {
    const broken = { ...vectors, d: [Number.NaN, 1] };
    await expect(evaluate({ columns: two, vectors: broken, similarity: "cosine" })).rejects.toThrow(
      'the model\'s vector of "d" holds NaN',
    );
  });
});
