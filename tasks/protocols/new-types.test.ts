import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hubSettings, openSnapshot } from "../../datasets/hub.ts";
import { prepareDataset } from "../../datasets/prepare.ts";
import type { Dataset, Table } from "../../datasets/table.ts";
import { sharedFolder } from "../../datasets/testing/shared.ts";
import type { Encoder } from "../../models/encoder.ts";
import { openRepository } from "../../models/index.ts";
import { plainKernels } from "../../models/testing/plain-kernels.ts";
import type { Scores, ScoreValue, TaskSpec } from "../task.ts";
import { parseTaskFile } from "../task-file.ts";
import { evaluateColumnPairs, pairsColumns, readColumns } from "./column-pairs.ts";
import { prepareTask } from "./index.ts";
import { vectorContext } from "./testing/context.ts";
import { memoryDataset } from "./testing/memory.ts";

/**
 * Made-up tasks whose scores mteb gave for pramana/static-minilm-128 (../shared/goldens/new-types): what a task file says
 * beside what stands in their task.json, and bounds of scores that are learnt.
 */
const cases: Readonly<
  Record<string, { readonly settings?: object; readonly dataset?: object; readonly tolerance?: number }>
> = {
  MadeUpBitext: {},
  MadeUpParallelBitext: { dataset: { subsetPairs: true } },
  MadeUpGoldBitext: { settings: { goldColumn: "gold" } },
  MadeUpClusteringSubsets: {
    settings: { maxDocuments: 30, maxFraction: null, documentsPerExperiment: 256 },
  },
  MadeUpConversations: {},
  MadeUpFollowIR: { settings: { furtherScores: "p-MRR" } },
  MadeUpFollowIRSubsets: { settings: { furtherScores: "p-MRR" } },
  MadeUpInstructIR: { settings: { furtherScores: "robustness_at_10" } },
  MadeUpLevels: { settings: { furtherScores: "level_scores" } },
  MadeUpTopics: {},
  MadeUpYears: { tolerance: 1e-4 },
  MadeUpYearsSampled: { settings: { trainRows: 40, experiments: 5 }, tolerance: 1e-4 },
  MadeUpTopicsMultilingual: { settings: { samplesPerLabel: 4, experiments: 3 } },
  MadeUpTopicsCut: { settings: { experiments: 4, maxRows: 25 } },
};

/**
 * Scores that follow where equal texts have equal scores. In mteb's run the three documents with one text differ in the last
 * bit for the query 1-changed, so that sport3a is 9th and twin2 10th; equal ones are ranked by id, 11th and 9th.
 */
const withEqualScores: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  MadeUpFollowIRSubsets: {
    b: { "p-MRR": ((1 - 7 / 11 + 2 / 3 + 1 - 5 / 9) / 3 + 1 / 2 + (1 - 6 / 13 + 2 / 3) / 2) / 3 },
  },
};

const shared = sharedFolder();
const root = shared === undefined ? "" : join(shared, "goldens/new-types");
const json = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));

/** Reads JSON lines by column. */
function columnsOf(path: string): Table["columns"] {
  const rows: Record<string, unknown>[] = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  return Object.fromEntries(Object.keys(rows[0] ?? {}).map((name) => [name, rows.map((row) => row[name])]));
}

/** Reads a folder of splits, or of folders of splits by subset. */
function configsIn(folder: string): Record<string, Record<string, Table["columns"]>> {
  const subsets = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const splits = (path: string) =>
    Object.fromEntries(
      readdirSync(path)
        .filter((file) => file.endsWith(".jsonl"))
        .map((file) => [file.slice(0, -".jsonl".length), columnsOf(join(path, file))]),
    );
  const found = splits(folder);
  // Parts of data for retrieval have one split.
  if ("corpus" in found || Object.keys(found).some((name) => name.endsWith("-corpus"))) {
    return Object.fromEntries(Object.entries(found).map(([name, columns]) => [name, { test: columns }]));
  }
  if (subsets.length === 0) return { default: found };
  return Object.fromEntries(subsets.map(({ name }) => [name, splits(join(folder, name))]));
}

/** Returns the largest difference of two scores, beyond 1 as a share, or of those within them; Infinity where they are not alike. */
function difference(found: ScoreValue | undefined, expected: unknown): number {
  if (typeof expected === "number") return Math.abs(Number(found) - expected) / Math.max(1, Math.abs(expected));
  if (expected === null) return Number.isNaN(found) ? 0 : Number.POSITIVE_INFINITY;
  const entries = Object.entries(expected as object);
  if (Object.keys(Object(found)).length !== entries.length) return Number.POSITIVE_INFINITY;
  return Math.max(0, ...entries.map(([key, value]) => difference((found as Scores)[key], value)));
}

describe.skipIf(root === "" || !existsSync(root))("types that came later (../shared/goldens/new-types)", () => {
  let encoder: Encoder;
  beforeAll(async () => {
    const settings = hubSettings({ HF_HUB_OFFLINE: "1", HF_HUB_CACHE: join(shared as string, "hub") });
    const snapshot = await openSnapshot({ kind: "model", id: "pramana/static-minilm-128" }, settings);
    encoder = await openRepository(snapshot, { device: "cpu", threads: 1 });
  });
  afterAll(() => encoder.close());

  const openCase = (name: string): readonly [TaskSpec, Dataset] => {
    const { settings, dataset } = cases[name] as (typeof cases)[string];
    const { type, main_score: mainScore, splits, languages } = json(`data/${name}/task.json`);
    const written = {
      ...{ name, type, mainScore, splits, languages, settings },
      dataset: { path: "./made-up", ...dataset },
    };
    const [task] = parseTaskFile(JSON.stringify(written), join(root, "task.json")).tasks;
    return [task, prepareDataset(memoryDataset(configsIn(join(root, "data", name))), task.dataset)];
  };

  it("MadeUpParallelBitext has mteb's scores where one product serves both directions", async () => {
    const [task, data] = openCase("MadeUpParallelBitext");
    if (!pairsColumns(task)) throw new Error("its subsets are no pairs of columns");
    const { info, encode } = encoder;
    const shared = { similarity: info.similarity, dims: info.dims, kernels: plainKernels, withSamples: false };
    const context = { ...shared, mostBytes: 0, embed: (texts: readonly string[]) => encode(texts) };
    const expected = json("scores/static-minilm-128/MadeUpParallelBitext.json").scores;
    for (const split of task.splits) {
      const pairs = await readColumns(task, Object.keys(task.languages), split, data);
      const found = new Map<string, number>();
      for await (const some of evaluateColumnPairs(task, pairs, context)) {
        for (const { subset, scores } of some) found.set(subset, Number(scores[task.mainScore]));
      }
      expect(found.size).toBe(expected[split].length);
      for (const row of expected[split]) expect(found.get(row.hf_subset)).toBeCloseTo(row.main_score, 6);
    }
  });

  it.each(Object.entries(cases))("%s has mteb's scores", async (name, { tolerance = 1e-6 }) => {
    const [task, data] = openCase(name);
    const context = vectorContext((texts, role) => encoder.encode(texts, role === undefined ? {} : { role }));
    const expected = json(`scores/static-minilm-128/${name}.json`).scores;
    for (const split of task.splits) {
      const rows: (Scores & { readonly hf_subset: string })[] = expected[split];
      expect(rows.map(({ hf_subset: subset }) => subset)).toEqual(Object.keys(task.languages));
      for (const { hf_subset: subset, languages: _, main_score, mteb_version: __, ...scores } of rows) {
        const found = await (await prepareTask(task, subset, split, data)).evaluate(context);
        expect([subset, Object.keys(found.scores)]).toEqual([subset, Object.keys(scores)]);
        const own = withEqualScores[name]?.[subset] ?? {};
        expect(difference(found.scores as unknown as ScoreValue, { ...scores, ...own }), subset).toBeLessThan(
          tolerance,
        );
        const main = task.mainScore in own ? found.scores[task.mainScore] : main_score;
        expect(Math.abs(Number(found.scores[task.mainScore]) - Number(main))).toBeLessThan(tolerance);
      }
    }
  });
});
