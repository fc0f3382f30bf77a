import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import type { ClassificationTask, LearnerBackend, Scores } from "../task.ts";
import { classificationProtocol } from "./classification.ts";
import { undersample } from "./classification-draws.ts";
import type { Label } from "./labels.ts";
import { madeUpTask } from "./testing/made-up-task.ts";
import { memoryDataset, tableContext } from "./testing/memory.ts";

interface Side {
  readonly labels: Label[];
  readonly vectors: number[][];
}
interface Case {
  readonly name: string;
  readonly samplesPerLabel: number;
  readonly experiments: number;
  readonly train: Side;
  readonly test: Side;
  readonly scores: Record<string, unknown>;
}
const path = new URL("./fixtures/classification.json", import.meta.url);
const cases: Case[] = JSON.parse(readFileSync(path, "utf8")).cases;

const taskOf = (samplesPerLabel: number, experiments: number): ClassificationTask => ({
  ...madeUpTask,
  type: "Classification",
  languages: { en: ["eng-Latn"] },
  mainScore: "accuracy",
  settings: { textColumn: "text", labelColumn: "label", trainSplit: "train", samplesPerLabel, experiments },
});

const textsOf = (split: string, side: Side): string[] => side.labels.map((_, i) => `${split} ${i}`);

async function evaluate(input: Omit<Case, "scores" | "name">, backend: LearnerBackend = "official") {
  const { train, test, samplesPerLabel, experiments } = input;
  const sides = { train, test };
  const vectors = new Map(
    (["train", "test"] as const).flatMap((split) =>
      textsOf(split, sides[split]).map((text, i) => [text, sides[split].vectors[i]] as const),
    ),
  );
  const dataset = memoryDataset({
    en: {
      train: { text: textsOf("train", train), label: train.labels },
      test: { text: textsOf("test", test), label: test.labels },
    },
  });
  const context = tableContext(vectors, { backend });
  const task = taskOf(samplesPerLabel, experiments);
  const rows = await classificationProtocol.read(task, "en", "test", dataset);
  return { ...(await classificationProtocol.evaluate(task, rows, context)), calls: context.calls };
}

/** Replaces undefined scores by null, as in the reference's files. */
function withNulls(value: Scores | number | readonly Scores[]): unknown {
  if (typeof value === "number") return Number.isNaN(value) ? null : value;
  if (Array.isArray(value)) return value.map(withNulls);
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, withNulls(entry)]));
}

function expectClose(found: unknown, expected: unknown): void {
  if (typeof expected === "number") {
    expect(Math.abs((found as number) - expected)).toBeLessThan(1e-6);
  } else if (expected === null) {
    expect(found).toBeNull();
  } else {
    const entries = Object.entries(expected as object);
    expect(Object.keys(found as object)).toEqual(entries.map(([name]) => name));
    for (const [name, value] of entries) expectClose((found as Record<string, unknown>)[name], value);
  }
}

describe("the classification protocol", () => {
  it.each(cases)("gives mteb's scores on $name", async ({ scores, ...input }) => {
    expectClose(withNulls((await evaluate(input)).scores), scores);
  });

  it("embeds the drawn training texts and the test texts in one call", async () => {
    const input = cases.find(({ name }) => name === "fewer rows than asked for")!;
    const { calls } = await evaluate({ ...input, experiments: 1 });
    expect(calls).toHaveLength(1);
    // Eight of the first label, three of the second, one of the third.
    expect(calls[0].filter((text) => text.startsWith("train"))).toHaveLength(12);
    expect(calls[0].filter((text) => text.startsWith("test"))).toEqual(textsOf("test", input.test));
  });

  it("says why average precision is undefined", async () => {
    const reasonFor = async (name: string) =>
      (await evaluate(cases.find((entry) => entry.name === name)!)).undefinedScores;
    const twice = (reason: string) => ({ ap: reason, ap_weighted: reason });
    expect(await reasonFor("two classes")).toEqual({});
    expect(await reasonFor("three classes")).toEqual(twice("needs two classes"));
    // mteb fails on two labels of which none is 1; here the other scores stay.
    const shifted = (side: Side): Side => ({ ...side, labels: side.labels.map((label) => Number(label) + 5) });
    const binary = cases.find(({ name }) => name === "two classes")!;
    const found = await evaluate({ ...binary, train: shifted(binary.train), test: shifted(binary.test) });
    expect(found.undefinedScores).toEqual(twice("needs the label 1, which counts as positive"));
    expect(found.scores["accuracy"]).toBeCloseTo(binary.scores["accuracy"] as number, 9);
  });

  it("gives the second opinion of ml-logistic-regression", async () => {
    const input = { ...cases[0], experiments: 2 };
    const [official, ml] = [await evaluate(input), await evaluate(input, "ml")];
    expect(ml.scores).not.toEqual(official.scores);
    // Another learner on well separated classes: near the official one, not equal to it.
    expect(Math.abs((ml.scores["accuracy"] as number) - (official.scores["accuracy"] as number))).toBeLessThan(0.1);
  });

  const read = (train: unknown[], test: unknown[]) => {
    const columns = (label: unknown[]) => ({ text: label.map((_, i) => `text ${i}`), label });
    const dataset = memoryDataset({ en: { train: columns(train), test: columns(test) } });
    return classificationProtocol.read(taskOf(8, 10), "en", "test", dataset);
  };

  it("takes numbers among the test rows for texts where the training labels are texts", async () => {
    const rows = await read(["x", "7", "x"], [7, 7]);
    expect(rows.test.labels).toEqual(["7", "7"]);
    expect(rows.train.labels).toEqual(["x", "7", "x"]);
  });

  it("refuses an empty split, a single training label, fractions and labels of two kinds", async () => {
    await expect(read([0, 1], [])).rejects.toThrow(
      new InputError("task MadeUp: made/up (en, test) has no rows; at least one is needed"),
    );
    await expect(read([], [0])).rejects.toThrow(
      new InputError("task MadeUp: made/up (en, train) has no rows; at least one is needed"),
    );
    await expect(read(["x", "x"], ["x"])).rejects.toThrow(
      new InputError('task MadeUp: made/up (en, train) has the single label "x"; a classifier needs two or more'),
    );
    const fractions =
      "expected whole numbers, as others are measurements and no classes; if they are classes, write them as texts";
    await expect(read([0, 1.5], [0])).rejects.toThrow(
      new InputError(`task MadeUp: made/up (en, train), row 2 has the label 1.5; ${fractions}`),
    );
    await expect(read([0, 1], [0.25])).rejects.toThrow(
      new InputError(`task MadeUp: made/up (en, test), row 1 has the label 0.25; ${fractions}`),
    );
    await expect(read([0, 1], ["0", "1"])).rejects.toThrow(
      new InputError(
        "task MadeUp: labels of made/up (en, train) are of type number, those of made/up (en, test) of type string; " +
          "both splits need the same type",
      ),
    );
  });

  it("refuses vectors that are not finite", async () => {
    const input = cases[0];
    const vectors = input.test.vectors.map((vector, i) => (i === 3 ? vector.map(() => Number.NaN) : vector));
    await expect(evaluate({ ...input, test: { ...input.test, vectors } })).rejects.toThrow(
      'task MadeUp: the model\'s vector of "test 3" holds NaN',
    );
  });
});

const golden = JSON.parse(readFileSync(new URL("./fixtures/undersampling.json", import.meta.url), "utf8"));

describe("undersample", () => {
  it("draws the reference's rows in every experiment", () => {
    const drawn = undersample(golden.labels, golden.samples_per_label, golden.experiments.length);
    expect(drawn.map((rows) => [...rows])).toEqual(golden.experiments);
  });

  it("takes what there is of a label with fewer rows than asked for", () => {
    const labels = ["a", "b", "a", "a", "a", "c", "b"];
    for (const rows of undersample(labels, 3, 5)) {
      const count = (label: string): number => [...rows].filter((row) => labels[row] === label).length;
      expect(["a", "b", "c"].map(count)).toEqual([3, 2, 1]);
      expect(new Set(rows).size).toBe(rows.length);
    }
  });

  it("draws other rows in every experiment, none without labels or experiments", () => {
    const [first, second] = undersample(new Array(100).fill(0), 8, 2);
    expect(first).not.toEqual(second);
    expect(undersample([], 8, 2).map((rows) => rows.length)).toEqual([0, 0]);
    expect(undersample([1, 2], 8, 0)).toEqual([]);
  });
});
