import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { InputError, messageOf } from "../datasets/errors.ts";
import { whyUnread } from "../datasets/folder.ts";
import { limits } from "../datasets/limits.ts";
import { readSmallFile } from "../datasets/small-file.ts";
import { didYouMean } from "../datasets/suggest.ts";
import { benchmarkTasks, getBenchmark } from "../tasks/benchmarks.ts";
import { getTask, leftOut, whyLeftOut } from "../tasks/index.ts";
import { inLanguages } from "../tasks/languages.ts";
import { joinTaskFiles, type OwnTasks, ownBenchmark } from "../tasks/own-tasks.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { checkTaskFile, parseTaskFile, type TaskFile } from "../tasks/task-file.ts";

/** The benchmark that is offered where nothing is named. */
export const standardBenchmark = "MTEB(eng, v2)";

/** Options that name tasks. */
export interface TaskChoices {
  readonly tasks?: readonly string[];
  /** Beside `tasks`, the benchmark that says which subsets and splits of them are run. */
  readonly benchmark?: string;
  /** Languages by ISO 639-3 or English name: of the tasks that are named, the subsets that hold one of them are run. */
  readonly languages?: readonly string[];
  /**
   * Files of the user's own tasks and benchmarks, which may be named above. Their tasks are all run where nothing is
   * named, and after those of a benchmark of the catalogue.
   */
  readonly taskFile?: readonly string[];
}

/** Tells whether a choice names tasks, in any way. */
export const namesTasks = ({ tasks, benchmark, taskFile }: TaskChoices): boolean =>
  [tasks, benchmark, taskFile].some((named) => named !== undefined);

export interface Selection {
  /** In the order in which they run. */
  readonly tasks: readonly TaskSpec[];
  /** The benchmark of the catalogue that the tasks are of, if they are. */
  readonly benchmark?: string;
}

/** Said where nothing tells which tasks are meant: a whole benchmark would be hours of work that nobody asked for. */
const noneNamed =
  `tasks: none was named; expected --tasks A,B (\`pramana tasks\` lists them), --benchmark NAME (\`pramana benchmarks\`; ` +
  `such as pramana-mini, a test of seconds, or "${standardBenchmark}", 41 tasks), or --task-file FILE`;

/**
 * Finds the tasks that the user named.
 * @throws InputError where he named none, for an unknown name, with the nearest one, and for a task file that cannot be used
 */
export async function selectTasks({ languages, ...choices }: TaskChoices): Promise<Selection> {
  const selection = await selectWhole(choices);
  if (languages === undefined) return selection;
  return { tasks: inLanguages(selection.tasks, languages) };
}

async function selectWhole({ tasks, benchmark, taskFile = [] }: TaskChoices): Promise<Selection> {
  const own = await readTaskFiles(taskFile);
  if (tasks?.length === 0) throw new InputError("--tasks: no name was given; `pramana tasks` lists them");
  if (tasks && benchmark !== undefined) return { tasks: membersNamed(tasks, benchmark, own) };
  if (tasks) return { tasks: [...new Set(tasks)].map((name) => getTask(name, own.tasks)) };
  if (benchmark === undefined && own.tasks.length > 0) return { tasks: own.tasks };
  if (benchmark === undefined && own.benchmarks.length > 0) {
    const names = own.benchmarks.map(({ name }) => name).join(", ");
    throw new InputError(
      `--task-file: ${taskFile.join(", ")} holds no task; expected --benchmark with one of ${names}`,
    );
  }
  if (benchmark === undefined) throw new InputError(noneNamed);
  const list = ownBenchmark(benchmark, own);
  if (list !== undefined) return { tasks: list.tasks };
  return { tasks: [...runnable(benchmark), ...own.tasks], benchmark: getBenchmark(benchmark).name };
}

/** Finds tasks of a benchmark by name. Throws `InputError` for one that it has not, with the nearest one. */
function membersNamed(names: readonly string[], benchmark: string, own: OwnTasks): readonly TaskSpec[] {
  const members = ownBenchmark(benchmark, own)?.tasks ?? benchmarkTasks(benchmark);
  return [...new Set(names)].map((name) => {
    const found = members.find((task) => task.name === name);
    if (found !== undefined) return found;
    const known = members.map((task) => task.name);
    throw new InputError(
      `--tasks: the benchmark "${benchmark}" has no task "${name}" to run${didYouMean(name, known)}`,
    );
  });
}

/** Finds the tasks of a benchmark. Throws `InputError` where none of them can be run. */
function runnable(name: string): readonly TaskSpec[] {
  const tasks = benchmarkTasks(name);
  if (tasks.length > 0) return tasks;
  const { name: benchmark, unsupported } = getBenchmark(name);
  const reasons = unsupported.map((member) => {
    const lacking = leftOut().find((task) => task.name === member);
    return lacking === undefined ? member : `${member} (${whyLeftOut(lacking)})`;
  });
  throw new InputError(`benchmark "${benchmark}": none of its tasks can be run: ${reasons.join(", ")}`);
}

const isTaskFile = (text: string): boolean => /\.(?:json|[cm]?[jt]s)$/.test(text);

/**
 * Finds the tasks of task files and of names, each once. A text that ends as a task file does is one, any other a name or
 * several with commas between them.
 * @throws InputError as `selectTasks`
 */
export async function selectNamed(given: readonly string[]): Promise<readonly TaskSpec[]> {
  const own = await readTaskFiles(given.filter(isTaskFile));
  const names = given.filter((text) => !isTaskFile(text)).flatMap((text) => text.split(","));
  const named = names.map((name) => name.trim()).filter((name) => name !== "");
  const tasks = [...own.tasks, ...own.benchmarks.flatMap((benchmark) => benchmark.tasks)];
  const found = [...new Set([...tasks, ...named.map((name) => getTask(name, own.tasks))])];
  if (found.length === 0) throw new InputError("check: no name was given; `pramana tasks` lists them");
  return found;
}

/**
 * Reads the files that `--task-file` names.
 * @throws InputError for one that cannot be used, and for files that do not fit each other
 */
export async function readTaskFiles(paths: readonly string[]): Promise<OwnTasks> {
  return joinTaskFiles(await Promise.all(paths.map(readTaskFile)));
}

/** Reads a JSON file, or a module that exports the same: the one place where code from outside runs, as asked for. */
async function readTaskFile(path: string): Promise<TaskFile> {
  const text = await readSmallFile(path, `task file ${path}`, limits.config).catch(async (error: unknown) => {
    if (error instanceof InputError) throw error;
    throw new InputError(`task file: ${await whyUnread(path, error)}`);
  });
  if (!/\.[cm]?[jt]s$/.test(path)) return parseTaskFile(text, path);
  try {
    const module: Record<string, unknown> = await import(await moduleAddress(path, text));
    const { benchmarks } = module;
    const tasks = module["default"] ?? module["tasks"] ?? module["task"];
    return checkTaskFile(benchmarks === undefined ? tasks : { tasks, benchmarks }, path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`task file ${path}: it cannot be loaded: ${messageOf(error)}`);
  }
}

/** Returns the address to import a module from. TypeScript loses its types, which older versions of Node cannot remove. */
async function moduleAddress(path: string, text: string): Promise<string> {
  if (!/ts$/.test(path)) return pathToFileURL(resolve(path)).href;
  const { transform } = await import("sucrase");
  const { code } = transform(text, { transforms: ["typescript"], disableESTransforms: true, filePath: path });
  return `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`;
}
