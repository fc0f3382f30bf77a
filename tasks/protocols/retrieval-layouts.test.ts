import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Feature } from "../../datasets/features.ts";
import { prepareDataset } from "../../datasets/prepare.ts";
import type { Dataset } from "../../datasets/table.ts";
import { getTask } from "../index.ts";
import type { BitextMiningTask, RankingTask, RetrievalTask, TaskSpec } from "../task.ts";
import { bitextMiningProtocol } from "./bitext-mining.ts";
import { relevantOf } from "./judgements.ts";
import { retrievalProtocol } from "./retrieval.ts";
import { type RankingRows, readRankingRows, textOf } from "./retrieval-rows.ts";
import { memoryDataset } from "./testing/memory.ts";
import { type Configs, retrievalTask, roleContext } from "./testing/rankings.ts";

interface Rows {
  readonly documents: Readonly<Record<string, string>>;
  readonly queries: Readonly<Record<string, string>>;
  readonly judgements: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly candidates: Readonly<Record<string, readonly string[]>> | null;
  /** Documents that a changed instruction made irrelevant. */
  readonly changed?: Readonly<Record<string, readonly string[]>>;
}
interface Pairs {
  readonly first: readonly string[];
  readonly second: readonly string[];
  readonly targets: readonly number[];
}
interface Case<Expected> {
  readonly task: string;
  readonly classes: Readonly<Record<string, readonly string[]>>;
  /** Rows by repository, config and split; the task's own under "". */
  readonly hub: Readonly<Record<string, Configs>>;
  /** Rows that the fixture takes where the task takes more. */
  readonly head?: number;
  /** By subset and split. */
  readonly expected: Readonly<Record<string, Readonly<Record<string, Expected>>>>;
}

const read = <Expected>(name: string): readonly Case<Expected>[] =>
  readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

function datasetOf({ prepare, dataset, languages }: TaskSpec, { hub, head, classes }: Case<unknown>): Dataset {
  const { path: _, ...subsets } = dataset;
  const rows = memoryDataset(hub[""] as Configs);
  const features = new Map<string, Feature>(
    Object.entries(classes).map(([name, names]) => [name, { kind: "classes", names }]),
  );
  const own: Dataset = { ...rows, read: async (...place) => ({ ...(await rows.read(...place)), features }) };
  return prepareDataset(own, {
    steps: prepare?.map((step) => (step.step === "head" ? { ...step, rows: head ?? step.rows } : step)),
    subsetNames: Object.keys(languages),
    others: new Map(Object.entries(hub).map(([id, configs]) => [id, memoryDataset(configs, id)])),
    ...subsets,
  });
}

/** Returns the documents that may be found for each query; undefined where those are all. */
function candidatesOf({
  candidates,
  excluded,
  queries,
  corpus,
}: RankingRows): readonly (readonly number[])[] | undefined {
  if (excluded === undefined) return candidates?.map((list) => [...list]);
  return queries.ids.map((_, query) => [...corpus.ids.keys()].filter((row) => !excluded.get(query)?.has(row)));
}

describe("tasks whose corpus, queries and judgements lie elsewhere", () => {
  it.each(read<Pairs>("bitext-layouts.jsonl"))("have the pairs that mteb's loader makes: $task", async (given) => {
    const task = getTask(given.task) as BitextMiningTask;
    const dataset = datasetOf(task, given);
    for (const [subset, splits] of Object.entries(given.expected)) {
      for (const [split, wanted] of Object.entries(splits)) {
        const { targets, ...texts } = await bitextMiningProtocol.read(task, subset, split, dataset);
        expect({ ...texts, targets: [...targets] }).toEqual(wanted);
      }
    }
  });

  it.each(read<Rows>("retrieval-layouts.jsonl"))("have the rows that mteb's loader makes: $task", async (given) => {
    const task = getTask(given.task) as RankingTask;
    const dataset = datasetOf(task, given);
    const { expected } = given;
    for (const [subset, splits] of Object.entries(expected)) {
      for (const [split, wanted] of Object.entries(splits)) {
        const rows = await readRankingRows(task, subset, split, dataset);
        const { corpus, queries } = rows;
        const idOf = (document: number): string =>
          corpus.ids[document] ?? (rows.unknownDocuments[document - corpus.ids.length] as string);
        expect(corpus.ids.map((id, row) => [id, textOf(corpus, row)])).toEqual(Object.entries(wanted.documents));
        expect(queries.ids.map((id, row) => [id, queries.texts[row]])).toEqual(Object.entries(wanted.queries));
        const judged = queries.ids.map((id, query) => {
          const relevant = [...relevantOf(rows.judgements, query)].map(([document, score]) => [idOf(document), score]);
          return [id, Object.fromEntries(relevant)];
        });
        const positive = Object.entries(wanted.judgements).map(([id, scores]) => {
          return [id, Object.fromEntries(Object.entries(scores).filter(([, score]) => score > 0))];
        });
        expect(Object.fromEntries(judged)).toEqual(Object.fromEntries(positive));
        const candidates = candidatesOf(rows)?.map((list, query) => [queries.ids[query], Array.from(list, idOf)]);
        expect(rows.changed && Object.fromEntries(rows.changed)).toEqual(wanted.changed);
        // Among so few a copy changes nothing.
        const lists = Object.entries(wanted.candidates ?? {}).map(([id, list]) => [id, [...new Set(list)]]);
        expect(candidates).toEqual(wanted.candidates === null ? undefined : lists);
      }
    }
  });
});

describe("documents that are left out for a query", () => {
  it("leave the scores that the other documents have as candidates", async () => {
    const ids = Array.from({ length: 1010 }, (_, i) => `d${i}`);
    const corpus = { id: ids, text: ids };
    const bad = [["d0", "d1", "d2", "elsewhere"], ["N/A"]];
    const examples = {
      id: ["q0", "q1"],
      query: ["q0", "q1"],
      gold: [
        ["d3", "d1001", "d1004"],
        ["d1001", "d0"],
      ],
      bad,
    };
    const lies = { config: "examples", split: "test" };
    const step = {
      step: "retrievalLayout",
      corpus: { config: "corpus", split: "test", id: "id", text: "text" },
      queries: { ...lies, id: "id", text: "query" },
      qrels: { ...lies, query: "id", documents: "gold", score: 1 },
      excluded: { ...lies, query: "id", documents: "bad", none: ["N/A"] },
    } as const;
    const usual = {
      corpus: { test: corpus },
      queries: { test: { id: ["q0", "q1"], text: ["q0", "q1"] } },
      default: {
        test: {
          "query-id": ["q0", "q0", "q0", "q1", "q1"],
          "corpus-id": ["d3", "d1001", "d1004", "d1001", "d0"],
          score: [1, 1, 1, 1, 1],
        },
      },
      top_ranked: {
        test: { "query-id": ["q0", "q1"], "corpus-ids": [ids.filter((id) => !bad[0]?.includes(id)), ids] },
      },
    };
    // Documents are the farther from the queries, the greater their number; some are equally near.
    const context = roleContext((key) =>
      /query/.test(key) ? [1, 0] : [1, Math.floor(Number(key.slice(11)) / 2) / 500],
    );
    const scored = async (task: RetrievalTask, configs: Configs) => {
      const dataset = prepareDataset(memoryDataset(configs), { steps: task.prepare });
      const rows = await readRankingRows(task, "default", "test", dataset);
      return retrievalProtocol.evaluate(task, rows, context);
    };
    const found = await scored(
      { ...retrievalTask(), prepare: [step] },
      { corpus: { test: corpus }, examples: { test: examples } },
    );
    const wanted = await scored(retrievalTask(), usual);
    expect(found).toEqual(wanted);
    expect(found.scores["recall_at_1000"]).toBeCloseTo((2 / 3 + 1 / 2) / 2, 5);
  });
});
