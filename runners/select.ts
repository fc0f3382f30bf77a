import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { transform } from "sucrase";
import { InputError, messageOf } from "../datasets/errors.ts";
import { limits } from "../datasets/limits.ts";
import { readSmallFile } from "../datasets/small-file.ts";
import { benchmarkTasks, getBenchmark } from "../tasks/benchmarks.ts";
import { getTask } from "../tasks/index.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { checkTasks, parseTaskFile } from "../tasks/task-file.ts";

/** The benchmark that is meant where nothing is named. */
export const standardBenchmark = "MTEB(eng, v2)";

/** What a user names; tasks by name and a benchmark exclude each other. */
export interface TaskChoices {
  readonly tasks?: readonly string[];
  readonly benchmark?: string;
  /** Files of tasks of the user's own, which may be named in `tasks`, and are all run where nothing is named. */
  readonly taskFile?: readonly string[];
}

export interface Selection {
  /** What is run, in order. */
  readonly tasks: readonly TaskSpec[];
  /** The benchmark that they are the tasks of, if they are. */
  readonly benchmark?: string;
}

/**
 * Finds the tasks that are meant.
 * @throws InputError for an unknown name, with the nearest one, and for a task file that cannot be used
 */
export async function selectTasks({ tasks, benchmark, taskFile = [] }: TaskChoices): Promise<Selection> {
  const own = (await Promise.all(taskFile.map(readTaskFile))).flat();
  if (tasks?.length === 0) throw new InputError("--tasks: no name was given; `pramana tasks` lists them");
  if (tasks)
    return { tasks: [...new Set(tasks)].map((name) => own.find((task) => task.name === name) ?? getTask(name)) };
  if (benchmark === undefined && own.length > 0) return { tasks: own };
  const { name } = getBenchmark(benchmark ?? standardBenchmark);
  return { tasks: [...benchmarkTasks(name), ...own], benchmark: name };
}

/** Tasks of a JSON file, or of a module that exports them: the one place where code from outside runs, as asked for. */
async function readTaskFile(path: string): Promise<readonly TaskSpec[]> {
  const text = await readSmallFile(path, `task file ${path}`, limits.config).catch((error: unknown) => {
    if (error instanceof InputError) throw error;
    throw new InputError(`task file ${path}: it cannot be read: ${messageOf(error)}`);
  });
  if (!/\.[cm]?[jt]s$/.test(path)) return parseTaskFile(text, path);
  try {
    const module: Record<string, unknown> = await import(moduleAddress(path, text));
    return checkTasks(module["default"] ?? module["tasks"] ?? module["task"], path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`task file ${path}: it cannot be loaded: ${messageOf(error)}`);
  }
}

/** Where a module is imported from. TypeScript goes without its types, which older versions of Node cannot do themselves. */
function moduleAddress(path: string, text: string): string {
  if (!/ts$/.test(path)) return pathToFileURL(resolve(path)).href;
  const { code } = transform(text, { transforms: ["typescript"], disableESTransforms: true, filePath: path });
  return `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`;
}
