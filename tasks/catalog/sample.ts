import type { TaskSpec } from "../task.ts";

/** Describes a data set that comes with the program; the revision grows with every change of the rows. */
const builtIn = (name: string) =>
  ({
    splits: ["test"],
    languages: { default: ["eng-Latn"] },
    dataset: { path: `pramana/mini-${name}`, revision: "1" },
    licence: "apache-2.0",
    reference: "datasets/mini/README.md",
  }) as const;

/** The sample benchmark's tasks, whose data come with the program. */
export const sampleTasks: readonly TaskSpec[] = [
  {
    name: "MiniSTS",
    type: "STS",
    ...builtIn("sts"),
    mainScore: "cosine_spearman",
    settings: { columns: ["sentence1", "sentence2"], minScore: 0, maxScore: 5 },
  },
  {
    name: "MiniClassification",
    type: "Classification",
    ...builtIn("classification"),
    mainScore: "accuracy",
    settings: { textColumn: "text", labelColumn: "label", trainSplit: "train", samplesPerLabel: 8, experiments: 10 },
  },
  {
    name: "MiniClustering",
    type: "Clustering",
    ...builtIn("clustering"),
    mainScore: "v_measure",
    settings: {
      textColumn: "sentences",
      labelColumn: "labels",
      maxDocuments: null,
      maxFraction: null,
      documentsPerExperiment: 16384,
      experiments: 10,
      batchSize: 512,
      maxDepth: null,
    },
  },
  {
    name: "MiniPairClassification",
    type: "PairClassification",
    ...builtIn("pairs"),
    mainScore: "max_ap",
    settings: { columns: ["sentence1", "sentence2"], labelColumn: "labels" },
  },
  {
    name: "MiniRetrieval",
    type: "Retrieval",
    ...builtIn("retrieval"),
    mainScore: "ndcg_at_10",
    settings: { ignoreIdenticalIds: false },
  },
  {
    name: "MiniReranking",
    type: "Reranking",
    ...builtIn("reranking"),
    mainScore: "map_at_1000",
    settings: { ignoreIdenticalIds: false },
  },
  {
    name: "MiniSummarization",
    type: "Summarization",
    ...builtIn("summarization"),
    mainScore: "cosine_spearman",
    settings: {
      textColumn: "text",
      humanColumn: "human_summaries",
      machineColumn: "machine_summaries",
      relevanceColumn: "relevance",
      minScore: 1,
      maxScore: 5,
    },
  },
];
