import type { TaskType } from "../tasks/task.ts";

/**
 * The seven task types of the published tables in their order: mteb's name, the heading of a column, the one that
 * papers give it where room is short, and the field of machine-readable output.
 */
export const taskTypes = [
  { type: "Classification", heading: "Classification", short: "Class", field: "classification" },
  { type: "Clustering", heading: "Clustering", short: "Clust", field: "clustering" },
  { type: "PairClassification", heading: "Pair classification", short: "Pairs", field: "pairClassification" },
  { type: "Reranking", heading: "Reranking", short: "Rerank", field: "reranking" },
  { type: "Retrieval", heading: "Retrieval", short: "Retr", field: "retrieval" },
  { type: "STS", heading: "STS", short: "STS", field: "sts" },
  { type: "Summarization", heading: "Summarization", short: "Summ", field: "summarization" },
] as const satisfies readonly { readonly type: TaskType; readonly [word: string]: string }[];

/** A type as tables have it: `Pair classification`. */
export const headingOf = (name: TaskType): string => taskTypes.find(({ type }) => type === name)?.heading ?? name;
