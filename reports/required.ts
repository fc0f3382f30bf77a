import { groupBy } from "../datasets/group-by.ts";
import type { StoredResult } from "../runners/results/read-results.ts";
import type { TaskResult } from "../runners/results/result.ts";
import { aggregates } from "../tasks/aggregates.ts";
import { benchmarks, benchmarkTasks, getBenchmark, restricted, standardTable } from "../tasks/benchmarks.ts";
import type { BenchmarkTable, StoredMember } from "../tasks/catalog/stored.ts";
import { catalogue, findTask, leftOut } from "../tasks/index.ts";
import { once } from "../tasks/once.ts";
import type { TaskSpec, TaskType } from "../tasks/task.ts";

/** The splits and subsets of a task that must be scored for it to count. */
export interface RequiredTask {
  readonly name: string;
  readonly type: TaskType;
  readonly splits: readonly string[];
  readonly subsets: readonly string[];
  /** Languages of each subset, those that are not required too. */
  readonly languages: Readonly<Record<string, readonly string[]>>;
}

/** Tasks, or parts of tasks, that a table shows the mean of. */
export interface BoardGroup {
  readonly grouping: string;
  readonly label: string;
  readonly tasks: readonly RequiredTask[];
}

/** What a table shows of its tasks. */
export interface BoardShape extends Omit<BenchmarkTable, "groupings"> {
  readonly groups: readonly BoardGroup[];
  /** Names of the benchmark's tasks that are not among the table's, as their data are private. */
  readonly apart: readonly string[];
}

/** What a table shows that no benchmark has a say in. */
export const standardShape: BoardShape = { ...withoutGroupings(standardTable), groups: [], apart: [] };

function withoutGroupings({ groupings: _, ...table }: BenchmarkTable): Omit<BenchmarkTable, "groupings"> {
  return table;
}

/** Reduces a task to the fields that reports need. */
export function requiredTask(task: Pick<TaskSpec, "name" | "type" | "splits" | "languages">): RequiredTask {
  const { name, type, splits, languages } = task;
  return { name, type, splits, subsets: Object.keys(languages), languages };
}

/** Returns every task and aggregate there is, those that cannot be run here too; `own` ones stand in place of those of the same name. */
export function knownTasks(own: readonly RequiredTask[] = []): readonly RequiredTask[] {
  const names = new Set(own.map(({ name }) => name));
  const official = [...[...catalogue(), ...leftOut()].map(requiredTask), ...aggregates().map(requiredTask)];
  return [...own, ...official.filter(({ name }) => !names.has(name))];
}

/**
 * Returns the columns of a benchmark: its tasks with the splits and subsets it measures, an aggregate in place of its
 * parts. Those that cannot be run here are among them: without their scores there is no mean. Only tasks with private data
 * are not, where the benchmark leaves them out of its means.
 *
 * @param all With those tasks too, as they stand in tables by task and by language.
 * @throws InputError for an unknown name, with the nearest one.
 */
export function requiredOf(benchmark: string, all = false): readonly RequiredTask[] {
  const members = getBenchmark(benchmark);
  const chosen = aggregates().filter(({ name }) => [...members.aggregates, ...members.unsupported].includes(name));
  const parts = new Set(chosen.flatMap((aggregate) => aggregate.parts));
  const restrictionOf = new Map(members.restrictions.map((one) => [one.name, one]));
  const single = benchmarkTasks(benchmark).filter(({ name }) => !parts.has(name));
  const lacking = leftOut()
    .filter(
      (task) => members.unsupported.includes(task.name) && !(members.publicOnly && !all && task.private !== undefined),
    )
    .map((task) => restricted(task, restrictionOf.get(task.name)));
  return [...single, ...lacking, ...chosen].map(requiredTask);
}

/** Returns what the table of a benchmark shows. Throws as `requiredOf`. */
export function shapeOf(benchmark: string, all = false): BoardShape {
  const { table } = getBenchmark(benchmark);
  const tasks = requiredOf(benchmark, true);
  const shown = new Set(requiredOf(benchmark, all).map(({ name }) => name));
  const memberOf = (member: string | StoredMember): readonly RequiredTask[] => {
    const { name, ...part } = typeof member === "string" ? { name: member } : member;
    return tasks.filter((task) => task.name === name).map((task) => ({ ...task, ...part }));
  };
  return {
    ...withoutGroupings(table),
    groups: table.groupings.flatMap(({ name, groups }) =>
      groups.map(({ label, tasks: members }) => ({ grouping: name, label, tasks: members.flatMap(memberOf) })),
    ),
    apart: tasks.map(({ name }) => name).filter((name) => !shown.has(name)),
  };
}

/** Splits and subsets of a task. */
type Part = Pick<RequiredTask, "splits" | "subsets">;

const cellsOf = ({ splits, subsets }: Part): number => splits.length * subsets.length;

/** The parts of tasks that benchmarks measure of them, by name, the largest first. */
const measuredOf = once((): ReadonlyMap<string, readonly Part[]> => {
  const parts = new Map<string, Part[]>();
  for (const { restrictions } of benchmarks()) {
    for (const { name, ...restriction } of restrictions) {
      const { splits, languages } = findTask(name) ?? leftOut().find((task) => task.name === name) ?? none;
      parts.set(name, [...(parts.get(name) ?? []), { splits, subsets: Object.keys(languages), ...restriction }]);
    }
  }
  return new Map([...parts].map(([name, own]) => [name, own.toSorted((a, b) => cellsOf(b) - cellsOf(a))]));
});
const none = { splits: [], languages: {} };

/**
 * Reduces tasks to what was measured of them, where no benchmark says it (docs/decisions/015): what all results of a task
 * have, where they have the same; else the largest part that all have, be it the whole or what some benchmark measures of
 * it; else the largest of these that one has. A task stays whole where there is no such part.
 */
export function measuredParts(
  tasks: readonly RequiredTask[],
  results: readonly StoredResult[],
): readonly RequiredTask[] {
  const byTask = groupBy(results, ({ result }) => result.task);
  return tasks.map((task) => {
    const own = byTask.get(task.name) ?? [];
    const parts = [task, ...(measuredOf().get(task.name) ?? [])];
    const shared = sameIn(task, own) ?? parts.find((part) => own.every(({ result }) => hasAll(result, part)));
    const single = parts.find((part) => own.some(({ result }) => hasAll(result, part)));
    const { splits, subsets } = shared ?? single ?? task;
    return { ...task, splits, subsets };
  });
}

function hasAll({ splits: found }: TaskResult, { splits, subsets }: Part): boolean {
  return splits.every((split) => {
    const names = new Set(found[split]?.map((entry) => entry.subset));
    return subsets.every((subset) => names.has(subset));
  });
}

/** Returns the part of a task that results have, where it is the same in all of them and in each split. */
function sameIn(task: RequiredTask, results: readonly StoredResult[]): Part | undefined {
  const splitsOf = ({ result }: StoredResult): readonly string[] =>
    task.splits.filter((split) => (result.splits[split] ?? []).length > 0);
  const subsetsOf = ({ result }: StoredResult, split: string): readonly string[] => {
    const found = new Set((result.splits[split] ?? []).map(({ subset }) => subset));
    return task.subsets.filter((subset) => found.has(subset));
  };
  const [first] = results;
  if (first === undefined) return undefined;
  const splits = splitsOf(first);
  const subsets = splits[0] === undefined ? [] : subsetsOf(first, splits[0]);
  const isSame = results.every(
    (one) =>
      splitsOf(one).join("\0") === splits.join("\0") &&
      splits.every((split) => subsetsOf(one, split).join("\0") === subsets.join("\0")),
  );
  return isSame && subsets.length > 0 ? { splits, subsets } : undefined;
}
