import type { Dataset } from "../datasets/table.ts";
import type { Role, Similarity } from "../models/encoder.ts";
import type { Matrix } from "../models/matrix.ts";

interface TaskBase<Type extends string, Settings> {
  readonly name: string;
  readonly type: Type;
  readonly dataset: {
    /** Repository id or folder. */
    readonly path: string;
    /** Commit hash. */
    readonly revision: string;
  };
  /** Splits that are scored. */
  readonly splits: readonly string[];
  /** Languages (ISO 639-3 and script) of each subset; its keys are the subsets, in order. */
  readonly languages: Readonly<Record<string, readonly string[]>>;
  /** Key of the score that tables show. */
  readonly mainScore: string;
  readonly settings: Settings;
  /** Instruction for models that take one. */
  readonly prompt?: string;
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

/** A task is data: what is measured, on which rows, with which settings. */
export type TaskSpec = StsTask | ClassificationTask;

export type TaskType = TaskSpec["type"];

/** Which implementation of the learners is used: scikit-learn's behaviour, or the ml.js packages as a second opinion. */
export type Estimator = "official" | "ml";

/** Texts in, vectors out, prompts applied by whoever made the function. */
export type Embed = (texts: readonly string[], role?: Role) => Promise<Matrix>;

/** What a protocol is given besides its rows. */
export interface ProtocolContext {
  readonly embed: Embed;
  readonly similarity: Similarity;
  readonly estimator: Estimator;
}

/** Scores of one subset by mteb's names; NaN where a score is undefined. */
export interface Scores {
  readonly [metric: string]: number | readonly Scores[];
}

/** What a protocol finds out about one subset of one split. */
export interface Evaluation {
  readonly scores: Scores;
  /** Why a score is NaN, by its name; for people. */
  readonly undefinedScores: Readonly<Record<string, string>>;
}

/**
 * How a task type is measured. `read` picks and checks the rows that a subset's split needs; `evaluate` is pure but for
 * the functions of its context.
 */
export interface Protocol<Spec extends TaskSpec, Rows> {
  read(task: Spec, subset: string, split: string, dataset: Dataset): Promise<Rows>;
  evaluate(task: Spec, rows: Rows, context: ProtocolContext): Promise<Evaluation>;
}
