import { type RunRecord, type TaskResult, unknownMtebVersion } from "../../runners/results/result.ts";
import { shortRevision } from "../columns.ts";
import type { Distinction } from "./settings.ts";

/** A setting or version that differs between two results. */
export interface Distinct {
  readonly distinction: Distinction;
  /** Names both values, the base's first. */
  readonly text: string;
}

const distinct = (distinction: Distinction, what: string, base: string, candidate: string): Distinct[] =>
  base === candidate ? [] : [{ distinction, text: `${what} ${base} against ${candidate}` }];

/** Compares prompts by role; a role without one has the empty prompt. */
function distinctPrompts(base: RunRecord["prompts"], candidate: RunRecord["prompts"]): Distinct[] {
  if (base === undefined || candidate === undefined) return [];
  const roles = [...new Set([...Object.keys(base), ...Object.keys(candidate)])].sort();
  return roles.flatMap((role) =>
    distinct(
      "prompts",
      `prompt before ${role}`,
      JSON.stringify(base[role] ?? ""),
      JSON.stringify(candidate[role] ?? ""),
    ),
  );
}

/** Compares the adapters that were taken, by role; they go with the prompts, as both follow from the task. */
function distinctAdapters({ adapters: base = {} }: RunRecord, { adapters: candidate = {} }: RunRecord): Distinct[] {
  const roles = [...new Set([...Object.keys(base), ...Object.keys(candidate)])].sort();
  return roles.flatMap((role) =>
    distinct("prompts", `adapter for ${role}`, base[role] ?? "none", candidate[role] ?? "none"),
  );
}

function distinctRuns(base: RunRecord | undefined, candidate: RunRecord | undefined): Distinct[] {
  if (base === undefined || candidate === undefined) return [];
  return [
    ...distinct("precision", "precision", base.precision, candidate.precision),
    ...distinctPrompts(base.prompts, candidate.prompts),
    ...distinctAdapters(base, candidate),
    ...distinct("estimator", "estimator", base.estimator, candidate.estimator),
    ...distinct("vectors", "vectors in", base.vectorType ?? "float32", candidate.vectorType ?? "float32"),
  ];
}

/** Compares the revisions of data and the versions of mteb; those that a file does not say do not differ. */
function distinctFiles(base: TaskResult, candidate: TaskResult): Distinct[] {
  const revisions = [base.datasetRevision, candidate.datasetRevision] as const;
  const versions = [base.mtebVersion, candidate.mtebVersion] as const;
  return [
    ...(revisions.includes("") || revisions[0] === revisions[1]
      ? []
      : distinct("dataset", "data set at", shortRevision(revisions[0]), shortRevision(revisions[1]))),
    ...(versions.includes(unknownMtebVersion) ? [] : distinct("protocol", "protocol of mteb", ...versions)),
  ];
}

const limitText = ({ run }: TaskResult): string =>
  run?.limit === undefined
    ? "scores of all units"
    : `scores of at most ${run.limit.most} units of each subset, drawn with seed ${run.limit.seed}` +
      (run.limit.corpora === undefined ? "" : ", corpora whole");

const stopped = ({ run }: TaskResult): boolean => run?.limit?.corpora !== undefined;

/**
 * Says that two results of a task are of other units, which no option compares, or of units by which both runs were stopped;
 * nothing where they are of the same, which were chosen before.
 */
export function otherUnits(base: TaskResult, candidate: TaskResult): string | undefined {
  if (stopped(base) && stopped(candidate)) {
    return "both runs stopped early by what these units showed (--stop-when-sure), so that no interval of their difference holds; run one of them whole";
  }
  const texts = [limitText(base), limitText(candidate)];
  return texts[0] === texts[1] ? undefined : texts.join(" against ");
}

/** Lists all that two results of a task differ in, as far as their files say. */
export const differencesOf = (base: TaskResult, candidate: TaskResult): readonly Distinct[] => [
  ...distinctFiles(base, candidate),
  ...distinctRuns(base.run, candidate.run),
];

/** Lists what a result's file does not say, for people. */
export function unstated({ datasetRevision, mtebVersion, run }: TaskResult): readonly string[] {
  return [
    ...(datasetRevision === "" ? ["data set's revision"] : []),
    ...(mtebVersion === unknownMtebVersion ? ["version of mteb"] : []),
    ...(run === undefined ? ["precision", "prompts", "estimator", "vectors"] : []),
    ...(run !== undefined && run.prompts === undefined ? ["prompts"] : []),
  ];
}
