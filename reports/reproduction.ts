import type { StoredResult } from "../runners/results/read-results.ts";
import { type RunRecord, type TaskResult, unknownMtebVersion } from "../runners/results/result.ts";
import { isNamed } from "../runners/results/revisions.ts";
import { mean } from "../tasks/metrics/lists.ts";
import type { TaskType } from "../tasks/task.ts";
import { taskTypes } from "../tasks/types/index.ts";
import { shortRevision } from "./columns.ts";
import { commonPlaces, isBuiltIn } from "./official.ts";
import type { RequiredTask } from "./required.ts";
import { taskScore } from "./scores.ts";

export type Verdict = "reproduced" | "differs" | "no result";

/** A task's main score beside the official one. */
export interface Reproduction {
  readonly task: string;
  readonly type: TaskType;
  /** As in the files, mostly 0 to 1; over the splits and subsets that the official result has; null where there is none. */
  readonly ours: number | null;
  readonly official: number;
  /** Ours less the official one, in points; null where ours is missing. */
  readonly difference: number | null;
  /** Largest absolute difference in points of a score that is reproduced. */
  readonly tolerance: number;
  readonly verdict: Verdict;
  /** Revision of the model that the official score is of. */
  readonly officialRevision: string;
  /** File of the official score. */
  readonly officialFile: string;
  /** Differences of the two results that a reader must know of even where the scores agree. */
  readonly remarks: readonly string[];
  /** Possible reasons of the difference in the files; empty where the score is reproduced. */
  readonly reasons: readonly string[];
}

/** Our own result. */
export interface Measurement {
  readonly revision: string;
  /** Absent where the task failed or was not run. */
  readonly result?: TaskResult;
}

export interface ComparisonContext {
  /** In points. Default: that of the task's type. */
  readonly tolerance?: number;
  /** Prompts of the official run by role, as in `RunRecord.prompts`; absent where the files do not say. */
  readonly officialPrompts?: Readonly<Record<string, string>>;
}

const points = 100;

/** Room in points for the last bit of a difference: one just at the tolerance is within it. */
const lastBit = 1e-9;

/**
 * Compares one result with the official one, over the splits and subsets that the official one has.
 * @param official Has a score of the task (`officialResult`).
 */
export function compareTask(
  task: RequiredTask,
  { revision, result }: Measurement,
  official: StoredResult,
  { tolerance = taskTypes[task.type].tolerance, officialPrompts }: ComparisonContext = {},
): Reproduction {
  const common = commonPlaces(task, official.result.splits);
  const published = taskScore(official.result, common).score ?? Number.NaN;
  const own = result === undefined ? { score: null, reason: "no result" } : taskScore(result, common);
  const difference = own.score === null ? null : (own.score - published) * points;
  const within = difference !== null && Math.abs(difference) <= tolerance + lastBit;
  const why = own.score === null ? [own.reason] : [];
  const differs = difference !== null && !within;
  return {
    task: task.name,
    type: task.type,
    ours: own.score,
    official: published,
    difference,
    tolerance,
    verdict: difference === null ? "no result" : within ? "reproduced" : "differs",
    officialRevision: official.revision,
    officialFile: official.file,
    remarks: remarksOn(task, common, { revision, ...(result ? { result } : {}) }, official),
    reasons: differs && result ? reasonsFor(result, official, officialPrompts) : why,
  };
}

/** Names other revisions and fewer scores, which a reader must know of even where the scores agree. */
function remarksOn(
  task: RequiredTask,
  common: RequiredTask,
  { revision, result }: Measurement,
  official: StoredResult,
): string[] {
  const theirs = official.result.datasetRevision;
  const own = result?.datasetRevision ?? "";
  const places = ({ splits, subsets }: RequiredTask): number => splits.length * subsets.length;
  return [
    ...(official.revision === revision ? [] : [ofRevision(official.revision)]),
    ...(theirs === "" || own === "" || theirs === own
      ? []
      : [`official data set at ${shortRevision(theirs)}, ours at ${shortRevision(own)}`]),
    ...(places(common) === places(task)
      ? []
      : [`${places(common)} of ${places(task)} splits and subsets, those that the official result has`]),
    ...(isBuiltIn(official) ? ["official score built in"] : []),
  ];
}

const ofRevision = (revision: string): string =>
  isNamed(revision)
    ? `official model at ${shortRevision(revision)}`
    : `official score reported without a revision (${revision})`;

/** Lists the settings of the run that an official run does not have, and those that differ from the official file's. */
function reasonsFor(
  { mtebVersion, run }: TaskResult,
  { result }: StoredResult,
  officialPrompts: Readonly<Record<string, string>> | undefined,
): string[] {
  const version = result.mtebVersion;
  return [
    ...(version === mtebVersion || version === unknownMtebVersion
      ? []
      : [`official by mteb ${version}, ours by the protocol of ${mtebVersion}`]),
    ...(run ? [...promptReasons(run, officialPrompts), ...formReasons(run)] : []),
  ];
}

function promptReasons({ prompts }: RunRecord, official: Readonly<Record<string, string>> | undefined): string[] {
  if (prompts === undefined || official === undefined) return [];
  return Object.entries(prompts).flatMap(([role, own]) => {
    const theirs = official[role];
    if (theirs === undefined || theirs === own) return [];
    return [`official prompt before ${role} ${JSON.stringify(theirs)}, ours ${JSON.stringify(own)}`];
  });
}

function formReasons({ precision, estimator, vectorType = "float32" }: RunRecord): string[] {
  return [
    ...(precision === "fp32" ? [] : [`ours computed in ${precision}`]),
    ...(vectorType === "float32" ? [] : [`our vectors quantized to ${vectorType}`]),
    ...(estimator === "official" ? [] : [`ours by the estimator ${estimator}`]),
  ];
}

/** Counts and differences over all tasks. */
export interface ReproductionSummary {
  readonly reproduced: number;
  readonly differing: number;
  readonly missing: number;
  /** Largest absolute difference in points, and its task; null where nothing was compared. */
  readonly largest: { readonly task: string; readonly difference: number } | null;
  /** Mean absolute difference in points; null where nothing was compared. */
  readonly meanDifference: number | null;
}

/** Counts the verdicts and sums up the differences. */
export function summarize(rows: readonly Reproduction[]): ReproductionSummary {
  const count = (verdict: Verdict): number => rows.filter((row) => row.verdict === verdict).length;
  const compared = rows.flatMap(({ task, difference }) =>
    difference === null ? [] : [{ task, difference: Math.abs(difference) }],
  );
  const [first, ...rest] = compared;
  return {
    reproduced: count("reproduced"),
    differing: count("differs"),
    missing: count("no result"),
    largest:
      first === undefined ? null : rest.reduce((most, one) => (one.difference > most.difference ? one : most), first),
    meanDifference: compared.length === 0 ? null : mean(compared.map(({ difference }) => difference)),
  };
}
