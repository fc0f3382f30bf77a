import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import type { Similarity } from "../../models/encoder.ts";
import type { StsTask } from "../task.ts";
import { stsProtocol } from "./sts.ts";
import { vectorContext } from "./testing/context.ts";
import { madeUpTask } from "./testing/made-up-task.ts";
import { memoryDataset, tableContext } from "./testing/memory.ts";

interface Case {
  readonly similarity: Similarity;
  readonly gold: number[];
  readonly first: number[][];
  readonly second: number[][];
  readonly scores: Record<string, number | null>;
}
const path = new URL("./fixtures/sts.json", import.meta.url);
const cases: Case[] = JSON.parse(readFileSync(path, "utf8")).cases;

const task: StsTask = {
  ...madeUpTask,
  type: "STS",
  mainScore: "cosine_spearman",
  settings: { columns: ["sentence1", "sentence2"], minScore: 0, maxScore: 5 },
};

const texts = (side: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${side} ${i}`);

function setUp({ first, second, gold, similarity }: Omit<Case, "scores">) {
  const [sentence1, sentence2] = [texts("a", first.length), texts("b", second.length)];
  const vectors = new Map([
    ...sentence1.map((text, i) => [text, first[i]] as const),
    ...sentence2.map((text, i) => [text, second[i]] as const),
  ]);
  const dataset = memoryDataset({ default: { test: { sentence1, sentence2, score: gold } } });
  return { dataset, context: tableContext(vectors, { similarity }) };
}

async function evaluate(input: Omit<Case, "scores">) {
  const { dataset, context } = setUp(input);
  const rows = await stsProtocol.read(task, "default", "test", dataset);
  return { ...(await stsProtocol.evaluate(task, rows, context)), calls: context.calls };
}

const small = { first: [[1, 0]], second: [[0, 1]], gold: [1], similarity: "cosine" as const };

describe("the STS protocol", () => {
  it.each(cases)("gives mteb's scores, similarity $similarity", async ({ scores, ...input }) => {
    const found = await evaluate(input);
    expect(Object.keys(found.scores)).toEqual(Object.keys(scores));
    for (const [name, score] of Object.entries(scores)) {
      if (score === null) expect(found.scores[name]).toBeNaN();
      else expect(Math.abs((found.scores[name] as number) - score)).toBeLessThan(1e-6);
    }
  });

  it("embeds both columns in one call", async () => {
    const { calls } = await evaluate(cases[0]);
    expect(calls).toEqual([[...texts("a", 40), ...texts("b", 40)]]);
  });

  it("says why a score is undefined", async () => {
    const names = Object.keys(cases[0].scores);
    const every = (reason: string) => Object.fromEntries(names.map((name) => [name, reason]));
    expect((await evaluate(cases[0])).undefinedScores).toEqual({});
    expect((await evaluate(cases.at(-1)!)).undefinedScores).toEqual(every("all gold scores are equal"));
    expect((await evaluate(small)).undefinedScores).toEqual(every("a correlation needs two pairs or more"));
    const alike = {
      ...small,
      first: [
        [1, 0],
        [2, 0],
      ],
      second: [
        [1, 0],
        [2, 0],
      ],
      gold: [1, 2],
    };
    expect((await evaluate(alike)).undefinedScores).toEqual(every("the model scores all pairs alike"));
    const huge = {
      ...small,
      first: [
        [3e38, 1],
        [1, 2],
      ],
      second: [
        [-3e38, 2],
        [2, 2],
      ],
      gold: [1, 2],
    };
    expect((await evaluate(huge)).undefinedScores["manhattan_pearson"]).toBe("a score is beyond the range of float32");
  });

  it("refuses a split without rows, a column that is missing and a score that is no number", async () => {
    const read = (columns: Record<string, unknown[]>) =>
      stsProtocol.read(task, "default", "test", memoryDataset({ default: { test: columns } }));
    const empty = read({ sentence1: [], sentence2: [], score: [] });
    await expect(empty).rejects.toThrow(
      new InputError("task MadeUp: made/up (default, test) has no rows; at least one pair is needed"),
    );
    await expect(read({ sentence1: ["a"], score: [1] })).rejects.toThrow(InputError);
    await expect(read({ sentence1: ["a"], sentence2: ["b"], score: ["high"] })).rejects.toThrow(InputError);
  });

  it("refuses vectors that are not finite, naming the text's beginning", async () => {
    const second = [[Number.NaN, 1]];
    await expect(evaluate({ ...small, second })).rejects.toThrow(
      new InputError(
        "task MadeUp: the model's vector of \"b 0\" holds NaN; vectors must be finite; check the model's files and, " +
          "if it runs in half precision, try it in single",
      ),
    );
    const long = "x".repeat(100);
    const rows = { first: [long], second: ["y"], gold: [1] };
    const context = tableContext(
      new Map([
        [long, [Infinity]],
        ["y", [1]],
      ]),
    );
    await expect(stsProtocol.evaluate(task, rows, context)).rejects.toThrow(`"${"x".repeat(60)}…" holds Infinity`);
  });

  it("refuses a matrix that does not fit the texts", async () => {
    const embed = async () => ({ data: new Float32Array(2), rows: 1, dims: 2 });
    const rows = { first: ["x"], second: ["y"], gold: [1] };
    await expect(stsProtocol.evaluate(task, rows, vectorContext(embed))).rejects.toThrow(
      "embed: 2 numbers in 1 rows for 2 texts",
    );
  });
});
