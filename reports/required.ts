import { type Aggregate, aggregates } from "../tasks/aggregates.ts";
import { benchmarkTasks, getBenchmark } from "../tasks/benchmarks.ts";
import { catalogue, leftOut } from "../tasks/index.ts";
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
