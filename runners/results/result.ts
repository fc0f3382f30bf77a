import type { Role } from "../../models/encoder.ts";
import type { Scores } from "../../tasks/task.ts";

/** Scores of one subset of one split. */
export interface SubsetResult {
  readonly subset: string;
  readonly languages: readonly string[];
  /** NaN where undefined. */
  readonly mainScore: number;
  /** Everything the protocol reports, by mteb's names, without the main score. */
  readonly scores: Scores;
  /** Why a score is NaN, by its name. */
  readonly undefinedScores: Readonly<Record<string, string>>;
}

/** What ran, on what, how fast: kept with every result. */
export interface RunRecord {
  readonly pramana: string;
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
  /** What was put before queries and documents, or where a task does not tell them apart, before every `text`. */
  readonly prompts?: Readonly<Record<string, string>>;
  /** Texts that the model encoded: a text that is asked for again at once is encoded once. */
  readonly texts: number;
  /** Tokens that the model saw, padding left out. */
  readonly tokens: number;
  /** Seconds spent in the model. */
  readonly encodingSeconds: number;
  /** What the values of a vector were kept as: float32, or what they were quantized to. Absent in older files. */
  readonly vectorType?: string;
  /** Bytes of one vector kept so. Absent in older files. */
  readonly bytesPerVector?: number;
  /**
   * Hashes of what decides on the scores and has no revision: the `task`'s settings, the files of `data` and `model` that
   * lie in a folder. Absent in older files.
   */
  readonly inputs?: Readonly<Record<string, string>>;
  /** The two models of a pair. */
  readonly sides?: Readonly<Record<Role, Side>>;
}

/** A model that a pair's queries or documents went to. */
export interface Side {
  readonly model: string;
  readonly revision: string;
  /** Number of weights. */
  readonly parameters: number;
}

/** One task of one model, as kept in memory. */
export interface TaskResult {
  readonly task: string;
  readonly datasetRevision: string;
  /** Version of mteb whose protocol and spelling the file follows. */
  readonly mtebVersion: string;
  /** By split, then in the task's order of subsets. */
  readonly splits: Readonly<Record<string, readonly SubsetResult[]>>;
  /** Seconds, loading left out. */
  readonly evaluationSeconds: number;
  /** Seconds since 1970. */
  readonly date: number;
  /** Absent in files that mteb wrote. */
  readonly run?: RunRecord;
}

/** `TaskResult.mtebVersion` of files that do not name one. */
export const unknownMtebVersion = "unknown";

/** Seconds since 1970 of a file's `date`, a number or a text; NaN where there is none. */
export function dateFromFile(date: number | string | null | undefined): number {
  return typeof date === "string" ? Date.parse(date) / 1000 : (date ?? Number.NaN);
}
