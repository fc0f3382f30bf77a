import type { ByQuery } from "../../metrics/testing/score-run.ts";
import type { Hits } from "../../search/exact.ts";
import { groupJudgements } from "../judgements.ts";
import type { RankingRows } from "../retrieval-rows.ts";

/** A run as the rows of a task, and the hits of each query, in the order of the run. */
export interface RunRows {
  readonly rows: RankingRows;
  readonly hits: readonly Hits[];
}

/** Makes rows of a run and its judgements; all documents of either are the corpus. */
export function runRows(run: ByQuery, judged: ByQuery): RunRows {
  const documents = [...new Set([run, judged].flatMap((lists) => Object.values(lists).flatMap(Object.keys)))];
  const numbers = new Map(documents.map((id, number) => [id, number]));
  const numberOf = (id: string): number => numbers.get(id) as number;
  const names = Object.keys(run);
  const judgements = names.flatMap((name, query) =>
    Object.entries(judged[name]).map(([id, score]) => ({ query, document: numberOf(id), score })),
  );
  const rows: RankingRows = {
    corpus: { ids: documents, titles: undefined, texts: documents },
    queries: { ids: names, texts: names },
    judgements: groupJudgements(
      Int32Array.from(judgements, ({ query }) => query),
      Int32Array.from(judgements, ({ document }) => document),
      judgements.map(({ score }) => score),
      names.length,
    ),
    unknownDocuments: [],
    strays: [],
    candidates: undefined,
  };
  const hits = names.map((name) => ({
    rows: Int32Array.from(Object.keys(run[name]), numberOf),
    scores: Float32Array.from(Object.values(run[name])),
  }));
  return { rows, hits };
}
