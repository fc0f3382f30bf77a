import type { StoredResult } from "../runners/results/read-results.ts";
import { joinRevisions } from "../runners/results/revisions.ts";
import { type Baselines, baselineResults, baselinesFile } from "./baselines.ts";
import type { RequiredTask } from "./required.ts";

/** The official scores of one model. */
export interface OfficialScores {
  readonly model: string;
  /** Results of a folder, of all revisions. */
  readonly stored: readonly StoredResult[];
  /** Main scores that come with the program. */
  readonly builtIn: readonly StoredResult[];
  /** Revision whose results go first; absent where the published table lacks the model. */
  readonly mainRevision?: string;
}

/** Collects the official scores of a model: from results read, and among the scores that come with the program. */
export function officialScores(model: string, read: readonly StoredResult[], baselines: Baselines): OfficialScores {
  const published = baselines.models.find((one) => one.model === model);
  return {
    model,
    stored: read.filter((one) => one.model === model),
    builtIn: baselineResults(baselines).filter((one) => one.model === model),
    ...(published === undefined ? {} : { mainRevision: published.revision }),
  };
}

/** Tells whether a score came with the program: only its number and revision are known. */
export const isBuiltIn = ({ file }: StoredResult): boolean => file === baselinesFile;

/**
 * Chooses the official result to hold a task against: of the folder's that share a score with the task, one of the model's
 * own revision, else the one that goes first by mteb's rule (`joinRevisions`); else the built-in one, of any revision.
 * Undefined where no official result has a score of the task.
 */
export function officialResult(
  task: RequiredTask,
  { stored, builtIn, mainRevision }: OfficialScores,
  revision?: string,
): StoredResult | undefined {
  const usable = (results: readonly StoredResult[]): StoredResult[] =>
    results.filter(({ result }) => result.task === task.name && commonPlaces(task, result.splits).subsets.length > 0);
  const first = (results: readonly StoredResult[]): StoredResult | undefined => {
    const main = mainRevision === undefined ? [] : results.map(({ model }) => [model, mainRevision] as const);
    return joinRevisions(results, new Map(main))[0]?.results.get(task.name);
  };
  const files = usable(stored);
  return first(files.filter((one) => one.revision === revision)) ?? first(files) ?? first(usable(builtIn));
}

/**
 * Cuts a task to the splits and subsets of which a result has scores: the splits with any, and the subsets that have one
 * in each of these.
 */
export function commonPlaces(task: RequiredTask, splits: StoredResult["result"]["splits"]): RequiredTask {
  const scored = new Map(
    Object.entries(splits).map(([split, entries]) => {
      const finite = entries.filter(({ mainScore }) => Number.isFinite(mainScore));
      return [split, new Set(finite.map(({ subset }) => subset))] as const;
    }),
  );
  const has = (split: string, subset: string): boolean => scored.get(split)?.has(subset) ?? false;
  const common = task.splits.filter((split) => task.subsets.some((subset) => has(split, subset)));
  const subsets =
    common.length === 0 ? [] : task.subsets.filter((subset) => common.every((split) => has(split, subset)));
  return { ...task, splits: common, subsets };
}
