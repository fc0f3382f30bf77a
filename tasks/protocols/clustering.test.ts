import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { LabelPath } from "../../datasets/columns.ts";
import { InputError } from "../../datasets/errors.ts";
import type { Dataset } from "../../datasets/table.ts";
import type { ClusteringTask, LearnerBackend, Scores } from "../task.ts";
import { clusteringProtocol } from "./clustering.ts";
import type { DrawSettings } from "./clustering-draws.ts";
import { madeUpTask } from "./testing/made-up-task.ts";
import { memoryDataset, tableContext } from "./testing/memory.ts";

interface Part {
  readonly sentences: string[];
  readonly labels: unknown[];
  readonly vectors: number[][];
}
interface Case {
  readonly name: string;
  readonly settings: Readonly<Record<string, number | null>>;
  readonly splits: string[];
  readonly documents: Record<string, Record<string, Part>>;
  readonly scores: Record<string, Record<string, Scores>>;
}
interface LevelsCase {
  readonly kind: string;
  readonly labels: LabelPath[];
  readonly result: { readonly v_measure: Scores; readonly ami: Scores };
}

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
const { cases }: { cases: Case[] } = JSON.parse(fixture("clustering.json").toString());
const levels: { cases: LevelsCase[]; data: { rows: number; dims: number } } = JSON.parse(
  fixture("clustering-levels.json").toString(),
);

const baseSettings: DrawSettings = {
  textColumn: "sentences",
  labelColumn: "labels",
  maxDocuments: null,
  maxFraction: null,
  documentsPerExperiment: 200,
  experiments: 3,
  batchSize: 64,
  maxDepth: null,
};

const taskOf = (
  settings: Partial<DrawSettings> = {},
  subsets: readonly string[] = ["en"],
  splits: readonly string[] = ["test"],
): ClusteringTask => ({
  ...madeUpTask,
  type: "Clustering",
  splits,
  languages: Object.fromEntries(subsets.map((subset) => [subset, ["eng-Latn"]])),
  mainScore: "v_measure",
  settings: { ...baseSettings, ...settings },
});

const taskOfCase = ({ settings, documents, splits }: Case): ClusteringTask =>
  taskOf(
    {
      maxDocuments: settings["max_document_to_embed"]!,
      maxFraction: settings["max_fraction_of_documents_to_embed"]!,
      documentsPerExperiment: settings["max_documents_per_cluster"]!,
      experiments: settings["n_clusters"]!,
      batchSize: settings["k_mean_batch_size"]!,
      maxDepth: settings["max_depth"]!,
    },
    Object.keys(documents),
    splits,
  );

const datasetOf = (documents: Case["documents"]): Dataset =>
  memoryDataset(
    Object.fromEntries(
      Object.entries(documents).map(([subset, splits]) => [
        subset,
        Object.fromEntries(
          Object.entries(splits).map(([split, { sentences, labels }]) => [split, { sentences, labels }]),
        ),
      ]),
    ),
  );

const vectorsOf = (documents: Case["documents"]): Map<string, number[]> =>
  new Map(
    Object.values(documents).flatMap((splits) =>
      Object.values(splits).flatMap(({ sentences, vectors }) =>
        sentences.map((text, i) => [text, vectors[i]] as const),
      ),
    ),
  );

async function evaluate(entry: Case, subset: string, split: string, backend: LearnerBackend = "official") {
  const task = taskOfCase(entry);
  const context = tableContext(vectorsOf(entry.documents), { backend });
  const rows = await clusteringProtocol.read(task, subset, split, datasetOf(entry.documents));
  return { ...(await clusteringProtocol.evaluate(task, rows, context)), calls: context.calls };
}

const read = (labels: unknown[], settings: Partial<DrawSettings> = {}) => {
  const sentences = labels.map((_, i) => `text ${i}`);
  return clusteringProtocol.read(
    taskOf(settings),
    "en",
    "test",
    memoryDataset({ en: { test: { sentences, labels } } }),
  );
};

/** Expects the same keys in the same order, and values that differ by float64's rounding only. */
function expectEqual(found: unknown, expected: unknown): void {
  if (typeof expected === "number") {
    expect(Math.abs((found as number) - expected)).toBeLessThan(1e-10);
  } else {
    const entries = Object.entries(expected as object);
    expect(Object.keys(found as object)).toEqual(entries.map(([name]) => name));
    for (const [name, value] of entries) expectEqual((found as Record<string, unknown>)[name], value);
  }
}

const named = (name: string): Case => cases.find((entry) => entry.name === name)!;

describe("the clustering protocol", () => {
  const parts = cases.flatMap((entry) =>
    entry.splits.flatMap((split) =>
      Object.keys(entry.documents).map((subset) => ({
        ...entry,
        name: `${entry.name} (${subset}, ${split})`,
        subset,
        split,
      })),
    ),
  );
  it.each(parts)("gives mteb's scores on $name", async ({ subset, split, ...entry }) => {
    const { scores, undefinedScores } = await evaluate(entry, subset, split);
    expectEqual(scores, entry.scores[split][subset]);
    expect(undefinedScores).toEqual({});
  });

  it.each(levels.cases)("gives mteb's scores on 16,384 documents drawn from paths of $kind", async (expected) => {
    const { rows, dims } = levels.data;
    const { buffer, byteOffset } = fixture("clustering-levels.f32");
    const data = new Float32Array(buffer.slice(byteOffset, byteOffset + rows * dims * 4));
    const texts = Array.from({ length: rows }, (_, i) => `text ${i}`);
    const vectors = new Map(texts.map((text, i) => [text, [...data.subarray(i * dims, (i + 1) * dims)]]));
    const task = taskOf({ documentsPerExperiment: 16384, experiments: 10, batchSize: 512 });
    const context = tableContext(vectors);
    const { scores } = await clusteringProtocol.evaluate(task, { texts, paths: expected.labels, earlier: [] }, context);
    expectEqual(scores["v_measures"], expected.result.v_measure);
    expectEqual(scores["ami_scores"], expected.result.ami);
    expect(context.calls).toEqual([texts]);
  });

  it("embeds the documents that the limit leaves, each once and all in one call", async () => {
    const entry = named("a limit of documents");
    const { calls, samples } = await evaluate(entry, "en", "test");
    expect(samples).toMatchObject({ kind: "clusters" });
    expect(calls).toHaveLength(1);
    expect(calls[0]).toHaveLength(70);
    expect(new Set(calls[0]).size).toBe(70);
    const all = entry.documents["en"]["test"].sentences;
    expect(calls[0].every((text) => all.includes(text))).toBe(true);
  });

  it("reads each subset once, however many there are", async () => {
    const entry = named("subsets and splits after one another");
    const source = datasetOf(entry.documents);
    const reads: string[] = [];
    const dataset: Dataset = {
      ...source,
      read: (config, split) => {
        reads.push(`${config} ${split}`);
        return source.read(config, split);
      },
    };
    for (const split of entry.splits) {
      for (const subset of Object.keys(entry.documents)) {
        await clusteringProtocol.read(taskOfCase(entry), subset, split, dataset);
      }
    }
    expect(reads).toEqual(["en first", "de first", "en second", "de second"]);
  });

  it("gives the same scores twice", async () => {
    const entry = named("subsets and splits after one another");
    const task = taskOfCase(entry);
    const rows = await clusteringProtocol.read(task, "de", "second", datasetOf(entry.documents));
    const context = tableContext(vectorsOf(entry.documents));
    const first = await clusteringProtocol.evaluate(task, rows, context);
    expect(await clusteringProtocol.evaluate(task, rows, context)).toEqual(first);
  });

  it("gives the second opinion of ml-kmeans", async () => {
    const entry = named("texts as labels");
    const [official, ml] = [await evaluate(entry, "en", "test"), await evaluate(entry, "en", "test", "ml")];
    expect(Object.keys(ml.scores)).toEqual(Object.keys(official.scores));
    expect(ml.scores).not.toEqual(official.scores);
    // Another way to the same clusters, each experiment from one draw of centres: near the official, not equal to it.
    expect(Math.abs((ml.scores["v_measure"] as number) - (official.scores["v_measure"] as number))).toBeLessThan(0.15);
  });

  it("refuses rows that leave nothing to cluster", async () => {
    await expect(read([])).rejects.toThrow(
      new InputError("task MadeUp: made/up (en, test) has no rows; at least one is needed"),
    );
    await expect(read(["a", "b"], { maxFraction: 0.4 })).rejects.toThrow(
      new InputError("task MadeUp: maxFraction is 0.4, which leaves none of 2 documents; at least one is needed"),
    );
    await expect(read(["a", "b"], { maxDocuments: 0 })).rejects.toThrow(
      new InputError("task MadeUp: maxDocuments is 0, which leaves none of 2 documents; at least one is needed"),
    );
    await expect(read(["a", "b"], { maxFraction: 0.5, maxDocuments: 1 })).rejects.toThrow(
      new InputError("task MadeUp: maxDocuments is 1 and maxFraction is 0.5; one of them must be null"),
    );
    await expect(read(["a", null])).rejects.toThrow('column "labels", row 2 holds nothing (null)');
  });

  it("refuses labels that cannot be scored, before anything is embedded", async () => {
    const context = tableContext(new Map());
    const score = async (labels: unknown[], settings: Partial<DrawSettings> = {}) =>
      clusteringProtocol.evaluate(taskOf(settings), await read(labels), context);
    await expect(score([[], []])).rejects.toThrow(
      new InputError("task MadeUp: no document has a label; at least one is needed"),
    );
    await expect(score([[1, -1], [0]])).rejects.toThrow(
      new InputError("task MadeUp: no document counts at level 1, where every label is -1"),
    );
    await expect(
      score(
        [
          ["a", "b"],
          ["a", "c"],
          ["a", "d"],
        ],
        { documentsPerExperiment: 2 },
      ),
    ).rejects.toThrow(
      new InputError(
        "task MadeUp: level 1 has 3 classes, but an experiment draws 2 documents; raise documentsPerExperiment to as " +
          "many as there are classes",
      ),
    );
    expect(context.calls).toEqual([]);
  });

  it("refuses vectors that are not finite", async () => {
    const vectors = new Map([
      ["text 0", [1, 0]],
      ["text 1", [Number.NaN, 1]],
    ]);
    const rows = await read(["a", "b"]);
    await expect(clusteringProtocol.evaluate(taskOf(), rows, tableContext(vectors))).rejects.toThrow(
      'task MadeUp: the model\'s vector of "text 1" holds NaN',
    );
  });

  it("clusters as many documents as there are classes, and documents that are all alike", async () => {
    const score = async (labels: unknown[], vectors: number[][], settings: Partial<DrawSettings>) => {
      const table = new Map(vectors.map((vector, i) => [`text ${i}`, vector]));
      const { scores } = await clusteringProtocol.evaluate(taskOf(settings), await read(labels), tableContext(table));
      return scores["v_measures"];
    };
    const corners = [
      [0, 0],
      [0, 9],
      [9, 0],
      [9, 9],
    ];
    expect(await score(["a", "b", "c", "d"], corners, {})).toEqual({
      "Level 0": [1, 1, 1].map((one) => expect.closeTo(one, 12)),
    });
    // One cluster for all recovers nothing of the classes.
    expect(
      await score(
        ["a", "b", "a", "b"],
        corners.map(() => [1, 2]),
        {},
      ),
    ).toEqual({ "Level 0": [0, 0, 0] });
  });
});
