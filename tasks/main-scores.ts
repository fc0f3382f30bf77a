import type { TaskType } from "./task.ts";

/** Which scores of a task type are one number, so that tables can show them. */
export interface MainScores {
  /** The one that is shown where a task does not say. */
  readonly standard: string;
  /** The names there are. */
  readonly names: readonly string[];
}

const combine = (prefixes: readonly string[], names: readonly string[]): string[] =>
  prefixes.flatMap((prefix) => names.map((name) => `${prefix}${name}`));

const correlations = ["pearson", "spearman"];
const cutoffs = ["1", "3", "5", "10", "20", "100", "1000"];
const rankingScores = combine(
  ["ndcg", "map", "recall", "precision", "mrr", "hit_rate"].map((measure) => `${measure}_at_`),
  cutoffs,
);

/** By task type, in mteb's spelling. */
export const mainScores: Readonly<Record<TaskType, MainScores>> = {
  STS: {
    standard: "cosine_spearman",
    names: combine(["cosine_", "manhattan_", "euclidean_", ""], correlations),
  },
  Classification: {
    standard: "accuracy",
    names: ["accuracy", ...combine(["f1", "precision", "recall", "ap"], ["", "_weighted"])],
  },
  Clustering: { standard: "v_measure", names: ["v_measure"] },
  PairClassification: {
    standard: "max_ap",
    names: combine(
      ["max_", "cosine_", "manhattan_", "euclidean_", "dot_", "similarity_"],
      ["ap", "accuracy", "f1", "precision", "recall"],
    ),
  },
  Retrieval: { standard: "ndcg_at_10", names: rankingScores },
  Reranking: {
    standard: "map_at_1000",
    names: [...rankingScores, ...combine(["max_over_subqueries_"], rankingScores)],
  },
  Summarization: { standard: "cosine_spearman", names: combine(["cosine_", "dot_", ""], correlations) },
};
