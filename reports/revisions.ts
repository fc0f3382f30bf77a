import type { StoredResult } from "../runners/store.ts";

/** The results of one model at one revision: one for each task. */
export interface RevisionResults {
  readonly model: string;
  readonly revision: string;
  readonly results: ReadonlyMap<string, StoredResult>;
  /** Tasks whose result was reported without a revision. */
  readonly reported: readonly string[];
  /** Further results of a task that is there already. */
  readonly repeated: readonly StoredResult[];
}

/** What mteb calls the revision of results that somebody reported without saying which revision they belong to. */
const withoutRevision: readonly string[] = ["external", "no_revision_available"];

const isReported = ({ revision }: StoredResult): boolean => withoutRevision.includes(revision);

/** `key` of each value, in the order of first sight, with its values. */
function groupBy<Value>(values: readonly Value[], key: (value: Value) => string): [string, Value[]][] {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const group = groups.get(key(value));
    if (group) group.push(value);
    else groups.set(key(value), [value]);
  }
  return [...groups];
}

function firstPerTask(model: string, revision: string, stored: readonly StoredResult[]): RevisionResults {
  const results = new Map([...stored].reverse().map((one) => [one.result.task, one]));
  const first = [...results.values()];
  return {
    model,
    revision,
    results,
    reported: withoutRevision.includes(revision)
      ? []
      : first
          .filter(isReported)
          .map(({ result }) => result.task)
          .sort(),
    repeated: stored.filter((one) => !first.includes(one)),
  };
}

/**
 * Results by model and revision, of each task the first. Results reported without a revision fill the gaps of the only
 * revision that a model has; where it has several they stand apart, because nobody can say which one they belong to.
 * (mteb's `BenchmarkResults.join_revisions` goes further and mixes all revisions of a model.)
 */
export function groupByRevision(stored: readonly StoredResult[]): RevisionResults[] {
  return groupBy(stored, ({ model }) => model).flatMap(([model, own]) => {
    const revisions = groupBy(
      own.filter((one) => !isReported(one)),
      ({ revision }) => revision,
    );
    const reported = groupBy(own.filter(isReported), ({ revision }) => revision);
    const [only, another] = revisions;
    if (only !== undefined && another === undefined) {
      const [revision, results] = only;
      return [firstPerTask(model, revision, [...results, ...reported.flatMap(([, values]) => values)])];
    }
    return [...revisions, ...reported].map(([revision, results]) => firstPerTask(model, revision, results));
  });
}
