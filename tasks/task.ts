import type { Dataset } from "../datasets/table.ts";
import type { Role, Similarity } from "../models/encoder.ts";
import type { Kernels } from "../models/kernels.ts";
import type { Matrix } from "../models/matrix.ts";
import type { Capability } from "../models/model.ts";
import type { Samples } from "./samples.ts";
import type { taskTypes } from "./types/index.ts";
import type { TaskOf } from "./types/schema.ts";

export type TaskType = keyof typeof taskTypes;

/** A task is data: what is measured, on which rows, with which settings. */
export type TaskSpec = { [Type in TaskType]: TaskOf<(typeof taskTypes)[Type]> }[TaskType];

/** The tasks of a type. */
export type SpecOf<Type extends TaskType> = Extract<TaskSpec, { readonly type: Type }>;

export type StsTask = SpecOf<"STS">;
export type ClassificationTask = SpecOf<"Classification">;
export type ClusteringTask = SpecOf<"Clustering">;
export type PairClassificationTask = SpecOf<"PairClassification">;
export type RetrievalTask = SpecOf<"Retrieval">;
export type RerankingTask = SpecOf<"Reranking">;
export type SummarizationTask = SpecOf<"Summarization">;

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
