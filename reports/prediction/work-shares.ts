import { benchmarkTasks } from "../../tasks/benchmarks.ts";
import { workOf } from "../../tasks/sizes.ts";

/** Returns the share of each task in the work of its benchmark, 0 to 1; tasks that are put together of others have none. */
export function workShares(benchmark: string): ReadonlyMap<string, number> {
  const tasks = benchmarkTasks(benchmark);
  const work = workOf(tasks);
  const all = work.reduce((sum, one) => sum + one, 0);
  return new Map(tasks.map(({ name }, i) => [name, work[i] / all]));
}
