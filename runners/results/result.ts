import type { ReadFiles } from "../../datasets/read-files.ts";
import type { Role } from "../../models/encoder.ts";
import { modelKinds } from "../../models/model.ts";
import type { Finding, PlacedFinding } from "../../tasks/findings/kinds.ts";
import type { Share } from "../../tasks/limit.ts";
import type { Samples } from "../../tasks/samples.ts";
import type { Scores } from "../../tasks/task.ts";
import { hardwareText, type NumericClass } from "../numeric-class.ts";

/** Decimal places of a score on disk, as mteb's `TaskResult.to_disk` has it. */
export const scorePlaces = 6;

/** Scores of one subset of one split. */
export interface SubsetResult {
  readonly subset: string;
  readonly languages: readonly string[];
  /** NaN where undefined. */
  readonly mainScore: number;
  /** All that the protocol reports but the main score, by mteb's names. */
  readonly scores: Scores;
  /** Reasons why scores are NaN, by their names. */
  readonly undefinedScores: Readonly<Record<string, string>>;
}

/**
 * One subset of one split, scored: the smallest piece of a task that outlives the process. Besides its scores it holds
 * its part of the task's record, so that a task put together from units of several runs has the record of one.
 */
export interface Unit extends Omit<SubsetResult, "languages"> {
  readonly split: string;
  /** The samples of the main score, where the protocol gives them. */
  readonly samples?: Samples | undefined;
  /** What a limit left of its rows; absent without a limit. */
  readonly share?: Share | undefined;
  /** What is peculiar about its rows. */
  readonly findings: readonly Finding[];
  /** Number of texts that the model encoded. */
  readonly texts: number;
  readonly tokens: number;
  /** Seconds spent in the model. */
  readonly encodingSeconds: number;
  /** Seconds in all. */
  readonly seconds: number;
  /** Prompts by role, or by `text` where the task does not tell roles apart; of several models by `promptName`. */
  readonly prompts: Readonly<Record<string, string>>;
  /** The model's adapters likewise; none where it has none, or took none. */
  readonly adapters?: Readonly<Record<string, string>>;
  /** What it was scored on; absent in units of older versions. */
  readonly numeric?: NumericClass | undefined;
  /** By the name of the model where it is one of several, otherwise under an empty name; absent in older files. */
  readonly indexed?: Readonly<Record<string, Indexed>> | undefined;
  /** Files of its data that no unit before it read; absent where there are none, and in older files. */
  readonly files?: ReadFiles;
}

/** Documents of which a model made something that is searched, and the bytes of that. */
export interface Indexed {
  readonly documents: number;
  readonly bytes: number;
}

/** The program, hardware, settings and speed of a run: kept with every result. */
export interface RunRecord {
  readonly pramana: string;
  /** SHA-256 of the program's files (`programHash`). Absent in older files, and where the program ran from its sources. */
  readonly program?: string | undefined;
  readonly node: string;
  readonly onnxruntime: string;
  readonly platform: string;
  readonly cpu: string;
  /** `cpu`, or the GPUs: `cuda:0`, `cuda:0,1`. */
  readonly device: string;
  /** The GPUs' names and their driver; absent where the model ran on the processor. */
  readonly accelerator?: string | undefined;
  readonly precision: string;
  readonly threads: number;
  readonly estimator: string;
  /** Prompts by role, or by `text` where the task does not tell roles apart; of several models by `promptName`. */
  readonly prompts?: Readonly<Record<string, string>>;
  /** The model's adapters likewise; absent where it took none. */
  readonly adapters?: Readonly<Record<string, string>>;
  /** Number of texts that the model encoded: one that is asked for again at once is encoded once. */
  readonly texts: number;
  /** Number of tokens that the model saw, without padding. */
  readonly tokens: number;
  /** Seconds spent in the model. */
  readonly encodingSeconds: number;
  /** The type of a vector's values: float32, or what they were quantized to. Absent in older files. */
  readonly vectorType?: string | undefined;
  /** Size of one vector of that type. Absent in older files. */
  readonly bytesPerVector?: number | undefined;
  /** Kind of the model (`modelKinds`). Absent in older files. */
  readonly kind?: string | undefined;
  /** Mean bytes of what is searched of a document, by all models of a hybrid together; absent where nothing is. */
  readonly bytesPerDocument?: number | undefined;
  /**
   * SHA-256 of inputs that have no revision: the `task`'s settings, and the files of `data` and `model` that lie in a
   * folder. Absent in older files.
   */
  readonly inputs?: Readonly<Record<string, string>> | undefined;
  /** The files of repositories that were read, of the model and of the data. Absent in older files. */
  readonly files?: ReadFiles | undefined;
  /** Where the candidates of queries that have none came from; absent where from nowhere. */
  readonly firstStage?: FirstStageRecord | undefined;
  /** The two models of a pair. */
  readonly sides?: Readonly<Record<Role, Side>> | undefined;
  /** The models whose rankings are fused. */
  readonly parts?: readonly Side[] | undefined;
  /** Absent where all units were scored. */
  readonly limit?: LimitRecord | undefined;
  /** What its subsets were scored on, each class once. Absent in older files. */
  readonly numericClasses?: readonly NumericClass[] | undefined;
}

/** What a limit left of a task; numbers are sums over its subsets. */
export interface LimitRecord {
  /** Most units of each subset of each split. */
  readonly most: number;
  /** Seed of the draw. */
  readonly seed: number;
  /** There where corpora were searched whole whatever the limit. */
  readonly corpora?: "whole";
  readonly scored: readonly [units: number, of: number];
  /** Absent where nothing is searched. */
  readonly searched?: readonly [documents: number, of: number];
  /** Where the score of all units lies, by 95 %. */
  readonly interval?: readonly [low: number, high: number];
  /** Why there is no interval. */
  readonly without?: string;
}

/** The model whose best documents are candidates, and how many of them. */
export interface FirstStageRecord {
  readonly model: string;
  readonly revision: string;
  readonly topK: number;
}

/** One model of a pair, or of a hybrid. */
export interface Side {
  readonly model: string;
  readonly revision: string;
  /** Number of weights; NaN where that is not known. */
  readonly parameters: number;
}

/** One task of one model, as kept in memory. */
export interface TaskResult {
  readonly task: string;
  readonly datasetRevision: string;
  /** Version of mteb whose protocol and spelling it follows. */
  readonly mtebVersion: string;
  /** By split, then in the task's order of subsets. */
  readonly splits: Readonly<Record<string, readonly SubsetResult[]>>;
  /** Seconds, loading left out. */
  readonly evaluationSeconds: number;
  /** Seconds since 1970. */
  readonly date: number;
  /** What is peculiar about the rows; absent where there is nothing, or nobody looked for it. */
  readonly findings?: readonly PlacedFinding[];
  /** Absent in files that mteb wrote. */
  readonly run?: RunRecord;
  /** True where this program ran it, in results of which only main scores were read; these have no `run`. */
  readonly isOurs?: true;
  /** `RunRecord.limit.most` in results of which only main scores were read. */
  readonly limit?: number;
  /** `hardwareText` of `RunRecord.numericClasses` in results of which only main scores were read. */
  readonly hardware?: readonly string[];
  /** `indexOf` in results of which only main scores were read. */
  readonly index?: IndexFacts;
  /** True for a score that mteb has none of; its ranks go without. */
  readonly isUnranked?: true;
}

/** Tells whether this program ran a task. */
export const isOurs = ({ run, isOurs: read }: TaskResult): boolean => run !== undefined || read === true;

/** Returns the most units of each subset that a result was limited to; nothing for a whole one. */
export const limitOf = ({ run, limit }: TaskResult): number | undefined => run?.limit?.most ?? limit;

/** Tells whether a run searched its corpora whole, whatever its limit: by a first stage, or because it was asked for. */
export const searchesWhole = (run: Pick<RunRecord, "limit" | "firstStage"> | undefined): boolean =>
  run?.firstStage !== undefined || run?.limit?.corpora === "whole";

/** Returns the kinds of hardware that a result's scores were made on, each once; none where they are not recorded. */
export const hardwareOf = ({ run, hardware }: TaskResult): readonly string[] => [
  ...new Set(run?.numericClasses?.map(hardwareText) ?? hardware ?? []),
];

/** What a model is, and what a document takes in its index, as far as a result tells. */
export interface IndexFacts {
  readonly kind?: string | undefined;
  readonly bytesPerDocument?: number | undefined;
}

/** Returns what the record of a run tells of the model's index. Older files do so of dense models alone. */
export const indexIn = ({
  vectorType,
  bytesPerVector,
  kind = vectorType && modelKinds.vectors.name,
  bytesPerDocument = bytesPerVector,
}: Pick<RunRecord, "vectorType" | "bytesPerVector" | keyof IndexFacts>): IndexFacts => ({ kind, bytesPerDocument });

/** Returns what a result tells of the model's index. */
export const indexOf = ({ run, index = {} }: TaskResult): IndexFacts => (run === undefined ? index : indexIn(run));

/** `TaskResult.mtebVersion` of files that do not name one. */
export const unknownMtebVersion = "unknown";

/** Converts a file's `date`, a number or a text, to seconds since 1970; NaN where there is none. */
export const dateFromFile = (date: number | string | null | undefined): number =>
  typeof date === "string" ? Date.parse(date) / 1000 : (date ?? Number.NaN);
