import type { StoredResult } from "../runners/results/read-results.ts";
import type { TaskResult } from "../runners/results/result.ts";
import { groupBy } from "../runners/results/revisions.ts";
import { type Aggregate, aggregates } from "../tasks/aggregates.ts";
import { benchmarks, benchmarkTasks, getBenchmark } from "../tasks/benchmarks.ts";
import { catalogue, findTask, leftOut } from "../tasks/index.ts";
import { once } from "../tasks/once.ts";
import type { TaskSpec, TaskType } from "../tasks/task.ts";

/** The splits and subsets of a task that must be scored for it to count. */
export interface RequiredTask {
  readonly name: string;
  readonly type: TaskType;
  readonly splits: readonly string[];
  readonly subsets: readonly string[];
}

/** Reduces a task to the fields that reports need. */
export function requiredTask(task: Pick<TaskSpec, "name" | "type" | "splits" | "languages">): RequiredTask {
  return { name: task.name, type: task.type, splits: task.splits, subsets: Object.keys(task.languages) };
}

/** Reduces an aggregate in the same way. */
export function requiredAggregate({ name, type, splits, languages }: Aggregate): RequiredTask {
  return { name, type, splits, subsets: Object.keys(languages) };
}

/** Returns every task and aggregate there is, those that cannot be run here too; `own` ones stand in place of those of the same name. */
export function knownTasks(own: readonly RequiredTask[] = []): readonly RequiredTask[] {
  const names = new Set(own.map(({ name }) => name));
  const official = [...[...catalogue(), ...leftOut()].map(requiredTask), ...aggregates().map(requiredAggregate)];
  return [...own, ...official.filter(({ name }) => !names.has(name))];
}

/**
 * Returns the columns of a benchmark: its tasks with the splits and subsets it measures, an aggregate in place of its
 * parts. Those that cannot be run here are among them: without their scores there is no mean. Only
 * tasks with private data are not, where the benchmark leaves them out of its means.
 *
 * @throws InputError for an unknown name, with the nearest one.
 */
export function requiredOf(benchmark: string): readonly RequiredTask[] {
  const members = getBenchmark(benchmark);
  const chosen = aggregates().filter(({ name }) => [...members.aggregates, ...members.unsupported].includes(name));
  const parts = new Set(chosen.flatMap((aggregate) => aggregate.parts));
  const single = benchmarkTasks(benchmark).filter(({ name }) => !parts.has(name));
  const lacking = leftOut().filter(
    (task) => members.unsupported.includes(task.name) && !(members.publicOnly && task.private !== undefined),
  );
  return [...[...single, ...lacking].map(requiredTask), ...chosen.map(requiredAggregate)];
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
 * Reduces tasks to what was measured of them, where no benchmark says it: the largest part that all results of a task
 * have, be it the whole or what some benchmark measures of it, else the largest that one of them has. A task stays whole
 * where there is no such part.
 */
export function measuredParts(
  tasks: readonly RequiredTask[],
  results: readonly StoredResult[],
): readonly RequiredTask[] {
  const byTask = groupBy(results, ({ result }) => result.task);
  return tasks.map((task) => {
    const own = byTask.get(task.name) ?? [];
    const parts = [task, ...(measuredOf().get(task.name) ?? [])];
    const shared = parts.find((part) => own.every(({ result }) => hasAll(result, part)));
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
