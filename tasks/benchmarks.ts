import { InputError } from "../datasets/errors.ts";
import { didYouMean } from "../datasets/suggest.ts";
import { type Benchmark, benchmarkList, type TaskChoice } from "./catalog/benchmarks.ts";
import { deepFreeze } from "./freeze.ts";
import { getTask } from "./index.ts";
import type { TaskSpec } from "./task.ts";

export type { Benchmark, TaskChoice };

/** The benchmarks there are. */
export const benchmarks: readonly Benchmark[] = deepFreeze(benchmarkList);

/**
 * The benchmark of that name. Throws `InputError` with the nearest name and all there are, `own` ones of a user's files
 * among them.
 */
export function getBenchmark(name: string, own: readonly { readonly name: string }[] = []): Benchmark {
  const benchmark = benchmarks.find((candidate) => candidate.name === name);
  if (benchmark !== undefined) return benchmark;
  const names = [...benchmarks, ...own].map((candidate) => candidate.name);
  throw new InputError(
    `benchmark "${name}" is unknown${didYouMean(name, names)}; the benchmarks are ${names.join(", ")}`,
  );
}

/**
 * The tasks of a benchmark in its order, each cut to the subsets and splits that the benchmark measures. Throws
 * `InputError` for an unknown name.
 */
export function benchmarkTasks(name: string): readonly TaskSpec[] {
  const { tasks, choices } = getBenchmark(name);
  return tasks.map((task) => chooseFrom(getTask(task), choices?.[task] ?? {}));
}

/**
 * A task cut to a choice of its subsets and splits; the task itself where nothing is chosen. Throws `InputError` naming
 * the subsets there are.
 */
export function chooseFrom(task: TaskSpec, { subsets, splits }: TaskChoice): TaskSpec {
  if (subsets === undefined && splits === undefined) return task;
  const chosen = (subsets ?? Object.keys(task.languages)).map((subset) => {
    const languages = Object.hasOwn(task.languages, subset) ? task.languages[subset] : undefined;
    if (languages !== undefined) return [subset, languages] as const;
    const names = Object.keys(task.languages);
    throw new InputError(
      `task ${task.name}: there is no subset "${subset}"${didYouMean(subset, names)}; its subsets are ${names.join(", ")}`,
    );
  });
  return deepFreeze({ ...task, languages: Object.fromEntries(chosen), splits: splits ?? task.splits });
}
