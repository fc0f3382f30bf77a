import type { PreparationStep } from "../datasets/prepare.ts";
import type { Dataset } from "../datasets/table.ts";
import type { Role, Similarity } from "../models/encoder.ts";
import type { Kernels } from "../models/kernels.ts";
import type { Matrix } from "../models/matrix.ts";
import type { Capability } from "../models/model.ts";
import type { Samples } from "./samples.ts";

interface TaskBase<Type extends string, Settings> {
  readonly name: string;
  readonly type: Type;
  readonly dataset: {
    /** Repository id or folder. */
    readonly path: string;
    /** Commit hash. */
    readonly revision: string;
    /** Where all subsets lie in the config `default`: the column that names a row's subset. */
    readonly subsetColumn?: string;
  };
  /** Splits that are scored. */
  readonly splits: readonly string[];
  /** Languages (ISO 639-3 and script) of each subset; its keys are the subsets, in order. */
  readonly languages: Readonly<Record<string, readonly string[]>>;
  /** Key of the score that tables show. */
  readonly mainScore: string;
  readonly settings: Settings;
  /** Instruction for models that take one, for all texts or by role. */
  readonly prompt?: string | Readonly<Partial<Record<Role, string>>>;
  /** What is done to the rows before they are read, in order. */
  readonly prepare?: readonly PreparationStep[];
  /** SPDX identifier, lower case, or `not specified`. */
  readonly licence: string;
  /** Where the data set comes from. */
  readonly reference: string;
}

export type StsTask = TaskBase<
  "STS",
  {
    /** The two text columns. */
    readonly columns: readonly [string, string];
    /** Range of the gold scores. */
    readonly minScore: number;
    readonly maxScore: number;
  }
>;

export type ClassificationTask = TaskBase<
  "Classification",
  {
    readonly textColumn: string;
    readonly labelColumn: string;
    readonly trainSplit: string;
    /** Training rows per label and experiment. */
    readonly samplesPerLabel: number;
    readonly experiments: number;
  }
>;

export type ClusteringTask = TaskBase<
  "Clustering",
  | {
      readonly textColumn: string;
      readonly labelColumn: string;
      /** Number of documents to embed; null for all, or for the share below. */
      readonly maxDocuments: number | null;
      /** Share of the documents to embed, above 0 to 1; null for no limit. */
      readonly maxFraction: number | null;
      /** Documents drawn, with replacement, for each experiment. */
      readonly documentsPerExperiment: number;
      readonly experiments: number;
      /** Documents of a step of mini-batch k-means. */
      readonly batchSize: number;
      /** Levels of a label path that are scored; null for all. */
      readonly maxDepth: number | null;
    }
  | {
      /** The protocol of MTEB(eng, v1): each row of lists is clustered by itself. */
      readonly legacy: true;
      readonly textColumn: string;
      readonly labelColumn: string;
    }
>;

export type PairClassificationTask = TaskBase<
  "PairClassification",
  {
    /** The two text columns; flat rows, or one row of lists. */
    readonly columns: readonly [string, string];
    /** 1 for a pair that belongs together, 0 for one that does not. */
    readonly labelColumn: string;
  }
>;

interface RankingSettings {
  /** Leave a document out that has the query's own id. */
  readonly ignoreIdenticalIds: boolean;
}

export type RetrievalTask = TaskBase<"Retrieval", RankingSettings>;

export type RerankingTask = TaskBase<
  "Reranking",
  RankingSettings & {
    /** Queries whose ids share a stem are merged, the best score of each document counting (MindSmallReranking). */
    readonly mergeSubqueries?: true;
  }
>;

export type SummarizationTask = TaskBase<
  "Summarization",
  {
    readonly textColumn: string;
    /** Lists of texts. */
    readonly humanColumn: string;
    readonly machineColumn: string;
    /** List of judgements, one per machine summary. */
    readonly relevanceColumn: string;
    /** Range of the judgements. */
    readonly minScore: number;
    readonly maxScore: number;
    /** The evaluator of MTEB(eng, v1). */
    readonly legacy?: true;
  }
>;

/** A task is data: what is measured, on which rows, with which settings. */
export type TaskSpec =
  | StsTask
  | ClassificationTask
  | ClusteringTask
  | PairClassificationTask
  | RetrievalTask
  | RerankingTask
  | SummarizationTask;

export type TaskType = TaskSpec["type"];

/** The implementations of the learners: scikit-learn's behaviour, and the ml.js packages as a second opinion. */
export const estimators = ["official", "ml"] as const;
export type Estimator = (typeof estimators)[number];

/** Texts in, vectors out, prompts applied by whoever made the function. */
export type Embed = (texts: readonly string[], role?: Role) => Promise<Matrix>;

/** A query's scores of all documents, in their order, float32; higher is better. */
export type ScoreDocuments = (query: string) => Promise<Float32Array>;

/** Takes in a corpus, for models that score it as a whole. */
export type IndexDocuments = (documents: Iterable<string>) => Promise<ScoreDocuments>;

interface SharedContext {
  /** Takes the number of texts that all calls together will bring, where there will be several; for progress. */
  readonly announce: (texts: number) => void;
  readonly estimator: Estimator;
  readonly kernels: Kernels;
}

/** What a protocol is given besides its rows by a model that makes vectors. */
export interface VectorContext extends SharedContext {
  readonly kind: "vectors";
  readonly embed: Embed;
  /**
   * Takes the documents that queries will be compared with, before any text is embedded, where both are embedded by
   * several calls of `embed`: forms of the vectors that need a scale take it from some of them.
   */
  readonly calibrate: (count: number, textAt: (place: number) => string) => Promise<void>;
  readonly similarity: Similarity;
}

/** What a protocol is given by a model that scores a whole corpus by its words. */
export interface LexicalContext extends SharedContext {
  readonly kind: "lexical";
  readonly index: IndexDocuments;
}

/** What a protocol is given besides its rows, by the kind of the model. */
export type ProtocolContext = VectorContext | LexicalContext;

/** What the tasks of each type ask of a model. */
export const needOf = {
  Retrieval: "ranking",
  Reranking: "ranking",
  STS: "vectors",
  Classification: "vectors",
  Clustering: "vectors",
  PairClassification: "vectors",
  Summarization: "vectors",
} as const satisfies Readonly<Record<TaskType, Capability>>;

/** The context of a protocol by what it asks of a model: vectors, or documents ranked by whatever means. */
export interface ContextFor {
  readonly vectors: VectorContext;
  readonly ranking: ProtocolContext;
}

/** Scores of one subset by mteb's names; NaN where a score is undefined. */
export interface Scores {
  readonly [metric: string]: ScoreValue;
}

/** A score, scores of repetitions, of repetitions by level (clustering), or all scores of each experiment. */
export type ScoreValue = number | readonly number[] | Readonly<Record<string, readonly number[]>> | readonly Scores[];

/** What a protocol finds out about one subset of one split. */
export interface Evaluation {
  readonly scores: Scores;
  /** Why a score is NaN, by its name; for people. */
  readonly undefinedScores: Readonly<Record<string, string>>;
  /** What the main score is made of; absent where it is no score that units make up. */
  readonly samples?: Samples;
}

/**
 * How a task type is measured. `read` picks and checks the rows that a subset's split needs; `evaluate` is pure but for
 * the functions of its context.
 */
export interface Protocol<Spec extends TaskSpec, Rows, Need extends Capability = "vectors"> {
  read(task: Spec, subset: string, split: string, dataset: Dataset): Promise<Rows>;
  evaluate(task: Spec, rows: Rows, context: ContextFor[Need]): Promise<Evaluation>;
}
