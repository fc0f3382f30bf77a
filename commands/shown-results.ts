import { asUsage } from "../datasets/errors.ts";
import { knownTasks, type RequiredTask, requiredOf, requiredTask } from "../reports/required.ts";
import type { SkippedFile } from "../runners/results/read-results.ts";
import { noOwnTasks, type OwnTasks, ownBenchmark } from "../tasks/own-tasks.ts";
import { type Terminal, tellSkipped } from "./terminal.ts";

/** Which tasks a table or page of stored results shows. */
export interface ShownTaskChoice {
  readonly benchmark?: string;
  /** Files of tasks and benchmarks of the user's own. */
  readonly taskFile?: readonly string[];
}

/** The tasks there are, and those that are shown whether or not anything has a result of them. */
export interface ShownTasks {
  readonly known: readonly RequiredTask[];
  /** Absent where every task with a result is shown. */
  readonly required: readonly RequiredTask[] | undefined;
}

/** @throws UsageError for an unknown benchmark and for a task file that cannot be used */
export function shownTasks({ benchmark, taskFile = [] }: ShownTaskChoice): Promise<ShownTasks> {
  return asUsage(async () => {
    const own = taskFile.length === 0 ? noOwnTasks : await readOwnTasks(taskFile);
    const tasks = own.tasks.map(requiredTask);
    const known = knownTasks(tasks);
    if (benchmark === undefined) return { known, required: undefined };
    const list = ownBenchmark(benchmark, own);
    return { known, required: list?.tasks.map(requiredTask) ?? [...requiredOf(benchmark), ...tasks] };
  });
}

/** What checks task files is imported on need: it would double the time that a leaderboard takes. */
async function readOwnTasks(taskFile: readonly string[]): Promise<OwnTasks> {
  const { readTaskFiles } = await import("../runners/select.ts");
  return readTaskFiles(taskFile);
}

/** Tells what of the folders was not read, and that there was nothing at all. */
export function tellReading(
  { results, skipped }: { readonly results: readonly unknown[]; readonly skipped: readonly SkippedFile[] },
  folders: readonly string[],
  terminal: Pick<Terminal, "err">,
): void {
  tellSkipped(terminal, skipped);
  if (results.length === 0 && skipped.length === 0)
    terminal.err(`no results in ${folders.join(", ")}; \`pramana run\` stores some\n`);
}
