import { InputError } from "../datasets/errors.ts";
import { didYouMean } from "../datasets/suggest.ts";
import { type Benchmark, benchmarkList } from "./catalog/benchmarks.ts";
import { deepFreeze } from "./freeze.ts";
import { getTask } from "./index.ts";
import type { TaskSpec } from "./task.ts";

export const benchmarks: readonly Benchmark[] = deepFreeze(benchmarkList);

/** Finds a benchmark. Throws `InputError` with the nearest name and all names, those of the user's files (`own`) too. */
export function getBenchmark(name: string, own: readonly { readonly name: string }[] = []): Benchmark {
  const benchmark = benchmarks.find((candidate) => candidate.name === name);
  if (benchmark !== undefined) return benchmark;
  const names = [...benchmarks, ...own].map((candidate) => candidate.name);
  throw new InputError(
    `benchmark "${name}" is unknown${didYouMean(name, names)}; the benchmarks are ${names.join(", ")}`,
  );
}

/** Finds the tasks of a benchmark, in its order. Throws `InputError` for an unknown name. */
export function benchmarkTasks(name: string): readonly TaskSpec[] {
  return getBenchmark(name).tasks.map((task) => getTask(task));
}
