import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { prepareDataset } from "../../datasets/prepare.ts";
import { getTask } from "../index.ts";
import type { RankingTask } from "../task.ts";
import { relevantOf } from "./judgements.ts";
import { readRankingRows, textOf } from "./retrieval-rows.ts";
import { memoryDataset } from "./testing/memory.ts";
import type { Configs } from "./testing/rankings.ts";

interface Rows {
  readonly documents: Readonly<Record<string, string>>;
  readonly queries: Readonly<Record<string, string>>;
  readonly judgements: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly candidates: Readonly<Record<string, readonly string[]>> | null;
}
interface Case {
  readonly task: string;
  readonly classes: Readonly<Record<string, readonly string[]>>;
  /** Rows by repository, config and split; the task's own under "". */
  readonly hub: Readonly<Record<string, Configs>>;
  /** By subset and split. */
  readonly expected: Readonly<Record<string, Readonly<Record<string, Rows>>>>;
}

const cases: readonly Case[] = readFileSync(new URL("./fixtures/retrieval-layouts.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line));

describe("tasks whose corpus, queries and judgements lie elsewhere", () => {
  it.each(cases)("have the rows that mteb's loader makes: $task", async ({ task: name, hub, expected }) => {
    const task = getTask(name) as RankingTask;
    const { path: _, ...subsets } = task.dataset;
    const dataset = prepareDataset(memoryDataset(hub[""] as Configs), {
      steps: task.prepare,
      subsetNames: Object.keys(task.languages),
      ...subsets,
    });
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
        const candidates = rows.candidates?.map((list, query) => [queries.ids[query], Array.from(list, idOf)]);
        expect(candidates && Object.fromEntries(candidates)).toEqual(wanted.candidates ?? undefined);
      }
    }
  });
});
