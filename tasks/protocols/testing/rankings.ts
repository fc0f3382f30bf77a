import type { Table } from "../../../datasets/table.ts";
import type { RerankingTask, RetrievalTask, VectorContext } from "../../task.ts";
import { madeUpTask } from "./made-up-task.ts";
import { lookupContext } from "./memory.ts";

/** Rows by column, by split, by config. */
export type Configs = Readonly<Record<string, Readonly<Record<string, Table["columns"]>>>>;

const shared = { ...madeUpTask, mainScore: "ndcg_at_10" };

export const retrievalTask = (ignoreIdenticalIds = false): RetrievalTask => ({
  ...shared,
  type: "Retrieval",
  settings: { ignoreIdenticalIds },
});

export const rerankingTask = (merge = false, ignoreIdenticalIds = false): RerankingTask => ({
  ...shared,
  type: "Reranking",
  settings: merge ? { ignoreIdenticalIds, mergeSubqueries: true } : { ignoreIdenticalIds },
});

/** Makes a context with vectors by role and text, `query: …`, which `calls` lists for each call of `embed`. */
export const roleContext = (
  vectorOf: (key: string) => readonly number[] | undefined,
  choices?: Partial<VectorContext>,
) => lookupContext(vectorOf, choices, (text, role) => `${role}: ${text}`);
