import { groupBy } from "../../datasets/group-by.ts";
import type { StoredResult } from "./read-results.ts";
import type { TaskResult } from "./result.ts";
import { compareVersions, isVersion } from "./versions.ts";

/** The results of one row of a table. */
export interface ModelResults {
  readonly model: string;
  /** The revision of most of the results; one that is named goes before results without. */
  readonly revision: string;
  /** The result that goes first, by task. */
  readonly results: ReadonlyMap<string, StoredResult>;
  /** The other results of these tasks. */
  readonly repeated: readonly StoredResult[];
}

/** mteb's names for the revision of results that somebody reported without saying which revision they belong to. */
const withoutRevision: readonly string[] = ["external", "no_revision_available"];

export const isNamed = (revision: string): boolean => !withoutRevision.includes(revision);

/** Tells whether a model is a folder of weights or of vectors: its revisions are states of somebody's work. */
const isLocal = (model: string): boolean => /^(?:local|precomputed)\/|[[,]precomputed[\],]/.test(model);

/** Returns what tells the rows of a table apart: the model, and of a folder its revision too. */
export const rowOf = ({ model, revision }: Pick<StoredResult, "model" | "revision">): string =>
  isLocal(model) ? `${model}\0${revision}` : model;

const versionOf = ({ result }: StoredResult): string => result.mtebVersion;
const dateOf = ({ date }: TaskResult): number => (Number.isFinite(date) ? date : Number.NEGATIVE_INFINITY);

function priorityOf(stored: StoredResult, mainRevision: string | undefined): number {
  const isMain = stored.revision === mainRevision ? 1000 : 0;
  return isMain + (isVersion(versionOf(stored)) ? 100 : 0) + (isNamed(stored.revision) ? 10 : 0);
}

/**
 * Compares two results of one task by mteb's rule (2.26.24, `BenchmarkResults.join_revisions`): the model's main revision
 * goes first, then a valid mteb version, then a revision that is named, then the newest version. mteb leaves the rest to the
 * order of reading; here the newest date goes first, then the path, so that no order matters.
 */
function compareResults(a: StoredResult, b: StoredResult, mainRevision: string | undefined): number {
  const dates = [dateOf(a.result), dateOf(b.result)] as const;
  return (
    priorityOf(b, mainRevision) - priorityOf(a, mainRevision) ||
    compareVersions(versionOf(b), versionOf(a)) ||
    (dates[0] === dates[1] ? 0 : dates[1] - dates[0]) ||
    (a.file < b.file ? -1 : a.file > b.file ? 1 : 0)
  );
}

/** Counts the results of each revision, the most first; those without a revision last. */
export function revisionCounts(results: Iterable<StoredResult>): { revision: string; tasks: number }[] {
  return [...groupBy([...results], ({ revision }) => revision)]
    .map(([revision, own]) => ({ revision, tasks: own.length }))
    .sort((a, b) => Number(isNamed(b.revision)) - Number(isNamed(a.revision)) || b.tasks - a.tasks);
}

function joinResults(own: readonly StoredResult[], mainRevision: string | undefined): ModelResults {
  const byTask = [...groupBy(own, ({ result }) => result.task)].map(
    ([task, all]) => [task, [...all].sort((a, b) => compareResults(a, b, mainRevision))] as const,
  );
  const results = new Map(byTask.flatMap(([task, [first]]) => (first === undefined ? [] : [[task, first] as const])));
  const [most] = revisionCounts(results.values());
  return {
    model: own[0]?.model ?? "",
    revision: most?.revision ?? "",
    results,
    repeated: byTask.flatMap(([, [, ...further]]) => further),
  };
}

/**
 * Joins the revisions of each model, taking of each task the result that goes first; those of a folder (`local/NAME`,
 * `precomputed/NAME`) stay apart.
 *
 * @param mainRevisions Revisions of the published results, by model.
 */
export function joinRevisions(
  stored: readonly StoredResult[],
  mainRevisions: ReadonlyMap<string, string> = new Map(),
): ModelResults[] {
  const rows = groupBy(stored, rowOf);
  return [...rows.values()].map((own) => joinResults(own, mainRevisions.get(own[0]?.model ?? "")));
}
