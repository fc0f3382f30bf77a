import type { Dataset } from "../datasets/table.ts";
import type { Role, Similarity } from "../models/encoder.ts";
import type { Fusion } from "../models/hybrid.ts";
import type { Kernels } from "../models/kernels.ts";
import type { TokenSimilarity, TokenVectors } from "../models/late-interaction.ts";
import type { Matrix } from "../models/matrix.ts";
import type { Capability } from "../models/model.ts";
import type { SparseMatrix } from "../models/sparse-matrix.ts";
import type { Material } from "./findings/material.ts";
import type { Tally } from "./findings/tally.ts";
import type { Drawing, Limited } from "./limit.ts";
import type { Samples } from "./samples.ts";
import type { HitScores } from "./search/exact.ts";
import type { taskTypes } from "./types/index.ts";
import type { TaskOf } from "./types/schema.ts";
import type { Units } from "./units.ts";

export type TaskType = keyof typeof taskTypes;

/** A task as data: its rows, settings and main score. */
export type TaskSpec = { [Type in TaskType]: TaskOf<(typeof taskTypes)[Type]> }[TaskType];

export type SpecOf<Type extends TaskType> = Extract<TaskSpec, { readonly type: Type }>;

export type StsTask = SpecOf<"STS">;
export type ClassificationTask = SpecOf<"Classification">;
export type ClusteringTask = SpecOf<"Clustering">;
export type PairClassificationTask = SpecOf<"PairClassification">;
export type RetrievalTask = SpecOf<"Retrieval">;
export type RerankingTask = SpecOf<"Reranking">;
export type SummarizationTask = SpecOf<"Summarization">;
export type MultilabelClassificationTask = SpecOf<"MultilabelClassification">;
export type RegressionTask = SpecOf<"Regression">;
/** A task whose queries are given documents to rank. */
export type RankingTask = SpecOf<"Retrieval" | "Reranking" | "InstructionRetrieval" | "InstructionReranking">;
export type BitextMiningTask = SpecOf<"BitextMining">;

/** Implementations of the learners: `official` behaves as scikit-learn; `ml`, the ml.js packages, is a second opinion. */
export const learnerBackends = ["official", "ml"] as const;
export type LearnerBackend = (typeof learnerBackends)[number];

/** Returns the texts' vectors; the maker of the function applies prompts. */
export type Embed = (texts: readonly string[], role?: Role) => Promise<Matrix>;

/** Returns the texts' sparse vectors; the maker of the function applies prompts. */
export type EncodeSparse = (texts: readonly string[], role: Role) => Promise<SparseMatrix>;
/** Returns the vectors of the texts' tokens; the maker of the function applies prompts. */
export type EmbedTokens = (texts: readonly string[], role: Role) => Promise<TokenVectors>;

/** Returns a query's score of each document, in the order of the corpus; higher is better. */
export type ScoreDocuments = (query: string) => Promise<Float32Array>;

/** Returns the score of each pair of a query and a document; higher is better. */
export type ScorePairs = (pairs: readonly (readonly [query: string, document: string])[]) => Promise<Float32Array>;

/** Indexes a corpus, for models that score it as a whole. */
export type IndexDocuments = (documents: Iterable<string>) => Promise<ScoreDocuments>;

/** Each query's documents with their scores, by ids, in the order of a file. */
export interface Predictions {
  readonly kind: "predictions";
  readonly rankings: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** What messages call them. */
  readonly file: string;
}

/** Where queries without candidates get some: the best documents of another model, or of its predictions. */
export interface FirstStage {
  readonly topK: number;
  readonly source: Predictions | { readonly kind: "model"; readonly context: ProtocolContext };
}

/** Documents of a first stage that are ranked anew, where nothing else is said. */
export const standardTopK = 100;

/** Takes a query's documents, best first, with their scores. */
export type KeepRanking = (query: string, documents: readonly string[], scores: HitScores) => void;

interface SharedContext {
  /** Absent where only a task's own candidates are ranked, or the whole corpus. */
  readonly firstStage?: FirstStage;
  /** Absent where rankings are measured and not kept. */
  readonly keepRanking?: KeepRanking;
  /** Announces, for progress, the number of texts of all calls together, where several will come. */
  readonly announce: (texts: number) => void;
  readonly backend: LearnerBackend;
  readonly kernels: Kernels;
}

/** Context of a protocol for a model that makes vectors. */
export interface VectorContext extends SharedContext {
  readonly kind: "vectors";
  readonly embed: Embed;
  /**
   * Shows the documents before any text is embedded, where documents and queries are embedded by several calls of
   * `embed`: quantized vectors take their scale from some of the documents.
   */
  readonly calibrate: (count: number, textAt: (place: number) => string) => Promise<void>;
  readonly similarity: Similarity;
}

/** Context of a protocol for a model that scores a whole corpus by its words. */
export interface LexicalContext extends SharedContext {
  readonly kind: "lexical";
  readonly index: IndexDocuments;
}

/** Context of a protocol for a model that scores pairs, and ranks candidates by that. */
export interface PairContext extends SharedContext {
  readonly kind: "cross-encoder";
  readonly score: ScorePairs;
}

/** Context of a protocol for a model that makes sparse vectors, and ranks by their similarity. */
export interface SparseContext extends SharedContext {
  readonly kind: "sparse";
  readonly encode: EncodeSparse;
  readonly similarity: Similarity;
}

/** Context of a protocol for a model that makes vectors of tokens and compares these. */
export interface TokenContext extends SharedContext {
  readonly kind: "late-interaction";
  readonly embed: EmbedTokens;
  /** Values of a token's vector. */
  readonly dims: number;
  readonly similarity: TokenSimilarity;
}

/** Context of a protocol for models whose rankings are fused. */
export interface HybridContext extends SharedContext {
  readonly kind: "hybrid";
  /** In the order of the weights. */
  readonly parts: readonly ProtocolContext[];
  readonly fusion: Fusion;
}

export type ProtocolContext =
  | VectorContext
  | LexicalContext
  | PairContext
  | SparseContext
  | TokenContext
  | HybridContext;

/** The context of a protocol by the capability that it needs. */
export interface ContextFor {
  readonly vectors: VectorContext;
  readonly ranking: ProtocolContext;
}

/** Scores of one subset by mteb's names; NaN where a score is undefined. */
export interface Scores {
  readonly [metric: string]: ScoreValue;
}

/**
 * A score, scores of repetitions, scores of repetitions by level (clustering), scores of some of the queries, or all scores
 * of each experiment.
 */
export type ScoreValue =
  | number
  | readonly number[]
  | Readonly<Record<string, readonly number[]>>
  | Readonly<Record<string, number>>
  | readonly Scores[];

/** The result of one subset of one split. */
export interface Evaluation {
  readonly scores: Scores;
  /** Reasons for people, by the names of the scores that are NaN. */
  readonly undefinedScores: Readonly<Record<string, string>>;
  /** Units that make up the main score; absent where it is no such score. */
  readonly samples?: Samples;
}

/** The best documents of each query within a shard of a corpus: those of one query after those of the other. */
export interface FoundHits {
  /** How many documents a query has, [queries]. */
  readonly counts: Int32Array;
  /** Their numbers in the corpus, and their scores, two lists of one length. */
  readonly rows: Int32Array;
  readonly scores: Float32Array;
}

/** The way to search a corpus in shards, and to measure what was found in all of them as if it had been searched as a whole. */
export interface Sharding<Spec extends TaskSpec, Rows> {
  /**
   * Lists the numbers of the documents at which a shard may begin, from 0 to the number of all: there a call of the model
   * begins on one machine, too. Undefined where the rows can only be searched as a whole.
   */
  borders(task: Spec, rows: Rows, context: ProtocolContext): readonly number[] | undefined;
  /** Encodes the queries; returns what searches the documents from one border to before another. */
  openSearch(
    task: Spec,
    rows: Rows,
    context: ProtocolContext,
  ): Promise<(start: number, end: number) => Promise<FoundHits>>;
  /** Measures what was found in all shards, given one after the other; of each query at most two shards' are held. */
  evaluate(task: Spec, rows: Rows, shards: AsyncIterable<FoundHits>): Promise<Evaluation>;
}

/**
 * The way to measure a task type. `read` picks and checks the rows of a subset's split; `limit` leaves at most so many
 * drawn units of them, with what these need, and rows that have no more as they are; `inspect` counts what is peculiar
 * about them, which changes no score; `material` shows their texts and labels to what compares them; `describe` tells people what its samples are made of; `evaluate` is pure but for the
 * functions of its context. `shards` is there where a type has a corpus that may be searched in shards.
 */
export interface Protocol<Spec extends TaskSpec, Rows, Need extends Capability = "vectors"> {
  read(task: Spec, subset: string, split: string, dataset: Dataset): Promise<Rows>;
  limit(task: Spec, rows: Rows, most: number, how?: Drawing): Limited<Rows>;
  inspect(task: Spec, rows: Rows, out: Tally): void;
  material(task: Spec, rows: Rows): Material;
  describe(task: Spec, rows: Rows): Units;
  evaluate(task: Spec, rows: Rows, context: ContextFor[Need]): Promise<Evaluation>;
  readonly shards?: Sharding<Spec, Rows>;
}
