import { type Aggregate, aggregates } from "../tasks/aggregates.ts";
import { benchmarkTasks, getBenchmark } from "../tasks/benchmarks.ts";
import { tasks } from "../tasks/index.ts";
import type { TaskSpec, TaskType } from "../tasks/task.ts";

/** What of a task must have been scored for it to count. */
export interface RequiredTask {
  readonly name: string;
  readonly type: TaskType;
  readonly splits: readonly string[];
  readonly subsets: readonly string[];
}

/** A task of the catalogue, reduced to what reports need. */
export function requiredTask(task: TaskSpec): RequiredTask {
  return { name: task.name, type: task.type, splits: task.splits, subsets: Object.keys(task.languages) };
}

/** An aggregate as a column of a table. */
export function requiredAggregate({ name, type, splits, languages }: Aggregate): RequiredTask {
  return { name, type, splits, subsets: Object.keys(languages) };
}

/** Every task and aggregate there is; `own` ones go before those of the same name. */
export function knownTasks(own: readonly RequiredTask[] = []): readonly RequiredTask[] {
  const names = new Set(own.map(({ name }) => name));
  const catalogue = [...tasks.map(requiredTask), ...aggregates.map(requiredAggregate)];
  return [...own, ...catalogue.filter(({ name }) => !names.has(name))];
}

/**
 * The columns of a benchmark: its tasks with the splits and subsets it measures, an aggregate in place of its parts.
 *
 * @throws InputError for an unknown name, with the nearest one.
 */
export function requiredOf(benchmark: string): readonly RequiredTask[] {
  const chosen = aggregates.filter(({ name }) => getBenchmark(benchmark).aggregates.includes(name));
  const parts = new Set(chosen.flatMap((aggregate) => aggregate.parts));
  const single = benchmarkTasks(benchmark).filter(({ name }) => !parts.has(name));
  return [...single.map(requiredTask), ...chosen.map(requiredAggregate)];
}
