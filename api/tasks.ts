import { InputError } from "../datasets/errors.ts";
import { shownJson } from "../datasets/shown.ts";
import { benchmarkTasks, getBenchmark } from "../tasks/benchmarks.ts";
import { getTask } from "../tasks/index.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { checkTasks } from "../tasks/task-file.ts";

/** A task that may lack fields with a standard value; for each type by itself. */
type Defaulted<Spec> = Spec extends TaskSpec
  ? Pick<Spec, "name" | "type" | "languages"> &
      Partial<Pick<Spec, "splits" | "mainScore" | "prompt" | "prepare" | "licence" | "reference">> & {
        readonly dataset: Partial<Spec["dataset"]> & { readonly path: string };
        readonly settings?: Partial<Spec["settings"]>;
      }
  : never;

/**
 * A task of your own, with the fields of docs/custom-tasks.md: a field that is left out has the standard value of the
 * protocol. A folder (`dataset.path` beginning with `./`) is looked for from the working directory.
 *
 * @example
 * const ferryMail: OwnTask = {
 *   name: "FerryMail",
 *   type: "Classification",
 *   dataset: { path: "./data/ferry-mail" },
 *   languages: { default: ["eng-Latn"] },
 *   settings: { samplesPerLabel: 4 },
 * };
 */
export type OwnTask = Defaulted<TaskSpec>;

/** Options that choose tasks; `tasks` and `benchmark` exclude each other. */
export interface TaskOptions {
  /** Names of the catalogue (`pramana tasks` lists them), and tasks of your own. */
  readonly tasks?: readonly (string | OwnTask)[];
  /** A benchmark's name (`pramana benchmarks` lists them), which stands for its tasks. */
  readonly benchmark?: string;
}

/** The tasks that options choose. */
export interface ChosenTasks {
  /** In order, each once. */
  readonly tasks: readonly TaskSpec[];
  readonly benchmark?: string;
}

/** Returns a task's name. */
export const nameOf = (task: string | OwnTask): string => (typeof task === "string" ? task : task.name);

/**
 * Finds the tasks that are meant, and checks and completes those of the user's own.
 * @throws InputError for an unknown name, with the nearest one; for a task that lacks a field or has a wrong one; where
 *   tasks and a benchmark are given, or neither
 */
export function chooseTasks({ tasks, benchmark }: TaskOptions): ChosenTasks {
  if (tasks !== undefined && benchmark !== undefined) {
    throw new InputError(`tasks: given beside the benchmark ${JSON.stringify(benchmark)}; expected one of the two`);
  }
  if (benchmark !== undefined) return { tasks: benchmarkTasks(benchmark), benchmark: getBenchmark(benchmark).name };
  if (tasks !== undefined && !Array.isArray(tasks)) {
    throw new InputError(`tasks: ${shownJson(tasks)} is given; expected a list, such as ["STSBenchmark"]`);
  }
  if (tasks === undefined || tasks.length === 0) {
    throw new InputError(
      'tasks: none is given; expected tasks: ["STSBenchmark"], tasks of your own, or benchmark: "MTEB(eng, v2)"',
    );
  }
  const own = tasks.filter((task) => typeof task !== "string");
  // A task file's folders are looked for from where it lies; this list stands for a file in the working directory.
  const checked = own.length === 0 ? [] : checkTasks(own, "tasks", "tasks");
  return { tasks: [...new Set(tasks.map(nameOf))].map((name) => getTask(name, checked)) };
}
