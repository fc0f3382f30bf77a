import { cqadupstackTasks } from "./catalog/retrieval-beir.ts";
import type { TaskType } from "./task.ts";

/** Tasks that a benchmark counts as one, whose score is the mean of theirs and undefined where one is missing. */
export interface Aggregate {
  readonly name: string;
  readonly type: TaskType;
  /** Names of tasks of the catalogue. */
  readonly parts: readonly string[];
  /** The data set's revision in result files. */
  readonly revision: string;
  readonly splits: readonly string[];
  /** Languages of the single subset, `default`. */
  readonly languages: Readonly<Record<string, readonly string[]>>;
  readonly mainScore: string;
}

/** CQADupStack (Hoogeveen et al. 2015) as BEIR counts it. */
export const cqadupstack: Aggregate = {
  name: "CQADupstackRetrieval",
  type: "Retrieval",
  parts: cqadupstackTasks.map(({ name }) => name),
  revision: "1",
  splits: ["test"],
  languages: { default: ["eng-Latn"] },
  mainScore: "ndcg_at_10",
};

/** The aggregates that mteb 2.26 registers. */
export const aggregates: readonly Aggregate[] = [cqadupstack];

/** Returns the names of an aggregate's parts; none where the name is that of no aggregate. */
export const partsOf = (name: string): readonly string[] => aggregates.find((one) => one.name === name)?.parts ?? [];
