/**
 * The units that make up the main score of one subset of one split: queries, pairs, test rows or documents. Two runs of
 * a task on the same data have the same units in the same order, so that they can be compared unit by unit.
 */
export type Samples =
  | MeanSamples
  | CorrelationSamples
  | PairSamples
  | LabelSamples
  | SetSamples
  | RegressionSamples
  | AgreementSamples
  | ClusterSamples;

/** The score is the mean of a value of each unit: retrieval, reranking, summarization, clustering of sets. */
export interface MeanSamples {
  readonly kind: "mean";
  /** Name of the value, such as `ndcg_at_10`; for people. */
  readonly measure?: string;
  /** Names of the units, such as ids of queries; absent where their places identify them. */
  readonly ids?: readonly string[];
  /** 0 … 1, or −1 … 1 for correlations; unrounded. */
  readonly values: Float64Array;
}

/** The score is the correlation of two numbers of each unit: STS. */
export interface CorrelationSamples {
  readonly kind: "correlation";
  readonly measure: "pearson" | "spearman";
  /** Human scores, as the protocol correlates them. */
  readonly gold: Float64Array;
  readonly scores: Float32Array;
}

/** The score is the best one, over several similarities, of a measure of a binary label and a similarity: pairs. */
export interface PairSamples {
  readonly kind: "pairs";
  readonly measure: "ap" | "accuracy" | "f1";
  /** 1 for a pair that belongs together, 0 for one that does not. */
  readonly labels: Uint8Array;
  /** Scores by the name of the similarity; one entry if the main score is that of a single similarity. */
  readonly scores: Readonly<Record<string, Float32Array>>;
}

/** The score is the mean, over experiments, of a measure of true and predicted labels of test rows: classification. */
export interface LabelSamples {
  readonly kind: "labels";
  readonly measure: "accuracy" | "f1" | "f1_weighted";
  /** Class of each row, from 0. */
  readonly truth: Int32Array;
  /** Class of each row, [experiments][rows]; below 0 where the experiment leaves the row out. */
  readonly predicted: readonly Int32Array[];
}

/** The score is the mean, over experiments, of the macro F1 of true and predicted sets of labels of test rows. */
export interface SetSamples {
  readonly kind: "sets";
  readonly measure: "f1";
  /** Number of labels. */
  readonly labels: number;
  /** 1 where a row has a label, else 0, [rows · labels]. */
  readonly truth: Uint8Array;
  /** The same of the labels that are predicted, [experiments][rows · labels]. */
  readonly predicted: readonly Uint8Array[];
}

/** The score is the mean, over experiments, of a measure of true and predicted values of test rows: regression. */
export interface RegressionSamples {
  readonly kind: "regression";
  readonly measure: "kendalltau" | "r2";
  /** Value of each row. */
  readonly truth: Float64Array;
  /** Predicted value of each row, [experiments][rows]. */
  readonly predicted: readonly Float32Array[];
}

/**
 * The score is an area under alpha, the share of triplets of texts that a model orders as people did, over thresholds of
 * how clearly they did: STS of arrangements, each of which is a unit.
 */
export interface AgreementSamples {
  readonly kind: "agreement";
  readonly measure: "alpha_auc";
  /** Number of each arrangement's triplets above each threshold, [thresholds][arrangements]. */
  readonly triplets: readonly Int32Array[];
  /** Number of those that the model orders as people did, the same shape. */
  readonly agreed: readonly Int32Array[];
}

/** The score is the mean, over levels and experiments, of the V-measure of drawn documents: clustering. */
export interface ClusterSamples {
  readonly kind: "clusters";
  /** Number of embedded documents. */
  readonly documents: number;
  readonly levels: readonly ClusterLevel[];
}

export interface ClusterLevel {
  readonly experiments: readonly ClusterExperiment[];
}

/** The documents that an experiment drew, with replacement, in any order; three lists of one length. */
export interface ClusterExperiment {
  /** Places among the embedded documents. */
  readonly drawn: Int32Array;
  /** Class of each drawn document. */
  readonly truth: Int32Array;
  /** Cluster of each drawn document. */
  readonly found: Int32Array;
}
