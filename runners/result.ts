import type { Scores } from "../tasks/task.ts";

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
  readonly device: string;
  readonly precision: string;
  readonly threads: number;
  readonly estimator: string;
  /** Texts that the model encoded: a text that is asked for again at once is encoded once. */
  readonly texts: number;
  /** Tokens that the model saw, padding left out. */
  readonly tokens: number;
  /** Seconds spent in the model. */
  readonly encodingSeconds: number;
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
