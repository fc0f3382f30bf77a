/**
 * The seven task types of the published tables in their order: mteb's name, the heading of a column, and the field of
 * machine-readable output.
 */
export const taskTypes = [
  { type: "Classification", heading: "Classification", field: "classification" },
  { type: "Clustering", heading: "Clustering", field: "clustering" },
  { type: "PairClassification", heading: "Pair classification", field: "pairClassification" },
  { type: "Reranking", heading: "Reranking", field: "reranking" },
  { type: "Retrieval", heading: "Retrieval", field: "retrieval" },
  { type: "STS", heading: "STS", field: "sts" },
  { type: "Summarization", heading: "Summarization", field: "summarization" },
] as const;

/** mteb's name of a task type. */
export type TaskTypeName = (typeof taskTypes)[number]["type"];
