import type { StoredResult } from "./read-results.ts";
import type { TaskResult } from "./result.ts";
import { compareVersions, isVersion } from "./versions.ts";

/** The results of one row of a table: one for each task. */
export interface ModelResults {
  readonly model: string;
  /** The revision that most of the results are of; one that is named goes before results without. */
  readonly revision: string;
  readonly results: ReadonlyMap<string, StoredResult>;
  /** Further results of a task that is there already. */
  readonly repeated: readonly StoredResult[];
}

/** What mteb calls the revision of results that somebody reported without saying which revision they belong to. */
const withoutRevision: readonly string[] = ["external", "no_revision_available"];

/** Whether a revision is named. */
export const isNamed = (revision: string): boolean => !withoutRevision.includes(revision);

/** Models that are a folder of weights or of vectors: their revisions are states of somebody's work. */
const isLocal = (model: string): boolean => /^(?:local|precomputed)\/|[[,]precomputed[\],]/.test(model);

/** `key` of each value, in the order of first sight, with its values. */
export function groupBy<Value>(values: readonly Value[], key: (value: Value) => string): ReadonlyMap<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const group = groups.get(key(value));
    if (group) group.push(value);
    else groups.set(key(value), [value]);
  }
  return groups;
}

const versionOf = ({ result }: StoredResult): string => result.mtebVersion;
const dateOf = ({ date }: TaskResult): number => (Number.isFinite(date) ? date : Number.NEGATIVE_INFINITY);

function priorityOf(stored: StoredResult, mainRevision: string | undefined): number {
  const isMain = stored.revision === mainRevision ? 1000 : 0;
  return isMain + (isVersion(versionOf(stored)) ? 100 : 0) + (isNamed(stored.revision) ? 10 : 0);
}

/**
 * Which of two results of one task goes first, by mteb's rule (2.26.24, `BenchmarkResults.join_revisions`): the model's
 * main revision, then a valid mteb version, then a revision that is named, then the newest version. mteb leaves what is
 * still equal to the order of reading; here the newest date goes first, then the path, so that no order matters.
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

/** How many results each revision gave, the most first; those without a revision last. */
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
 * Results by model, of each task the one that goes first; all revisions of a model are joined, but those of a folder
 * (`local/NAME`, `precomputed/NAME`), which stand apart.
 *
 * @param mainRevisions By model: the revision that its published results are of.
 */
export function joinRevisions(
  stored: readonly StoredResult[],
  mainRevisions: ReadonlyMap<string, string> = new Map(),
): ModelResults[] {
  const rows = groupBy(stored, ({ model, revision }) => (isLocal(model) ? `${model}\0${revision}` : model));
  return [...rows.values()].map((own) => joinResults(own, mainRevisions.get(own[0]?.model ?? "")));
}
