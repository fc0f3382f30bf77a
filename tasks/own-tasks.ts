import { InputError } from "../datasets/errors.ts";
import { shown } from "../datasets/shown.ts";
import { aggregates } from "./aggregates.ts";
import { benchmarks, getBenchmark, restricted } from "./benchmarks.ts";
import type { StoredMember } from "./catalog/stored.ts";
import { getTask, taskNames } from "./index.ts";
import type { TaskSpec } from "./task.ts";
import type { TaskFile } from "./task-file.ts";

/** A benchmark of a task file, with its tasks looked up. */
export interface OwnBenchmark {
  readonly name: string;
  readonly tasks: readonly TaskSpec[];
}

/** Additions of task files to the catalogue. */
export interface OwnTasks {
  readonly tasks: readonly TaskSpec[];
  readonly benchmarks: readonly OwnBenchmark[];
}

export const noOwnTasks: OwnTasks = { tasks: [], benchmarks: [] };

/**
 * Joins task files. Benchmarks may name tasks of the catalogue and of any of the files.
 *
 * @throws InputError for a name that two files share or that a benchmark of the catalogue has, for tasks whose names
 *   differ in their case only, and for a benchmark with an unknown task, with the nearest name.
 */
export function joinTaskFiles(files: readonly TaskFile[]): OwnTasks {
  // Listing the catalogue's benchmarks takes its time, and most runs have no file.
  if (files.length === 0) return noOwnTasks;
  requireNewNames(files, "tasks", []);
  requireNewNames(files, "benchmarks", benchmarks());
  const tasks = files.flatMap((file) => file.tasks);
  requireApart(tasks);
  const lists = files.flatMap(({ where, benchmarks: own }) => own.map((one) => ({ where, ...one })));
  return {
    tasks,
    benchmarks: lists.map(({ where, name, tasks: names }) => {
      const subject = `${where}: benchmark "${shown(name)}"`;
      return { name, tasks: names.map((member) => memberOf(member, tasks, subject)) };
    }),
  };
}

function requireNewNames(
  files: readonly TaskFile[],
  kind: "tasks" | "benchmarks",
  taken: readonly { readonly name: string }[],
): void {
  const places = new Map(taken.map(({ name }) => [name, "the catalogue"]));
  for (const { where, [kind]: own } of files) {
    for (const { name } of own) {
      const place = places.get(name);
      if (place !== undefined) {
        const what = `${kind.replace(/s$/, "")} "${shown(name)}"`;
        throw new InputError(`${where}: ${place} has a ${what} already; choose another name`);
      }
      places.set(name, where);
    }
  }
}

/** Refuses tasks whose files of results would be one where the case of a name does not count, as on Windows and macOS. */
function requireApart(own: readonly TaskSpec[]): void {
  const names = new Map(taskNames().map((name) => [name.toLowerCase(), name]));
  for (const { name } of own) {
    const twin = names.get(name.toLowerCase());
    if (twin !== undefined && twin !== name) {
      throw new InputError(
        `task "${shown(name)}" differs from ${shown(twin)} in its case only, which not every system of files tells apart; ` +
          "choose another name",
      );
    }
    names.set(name.toLowerCase(), name);
  }
}

function memberOf(member: string | StoredMember, own: readonly TaskSpec[], subject: string): TaskSpec {
  const { name, ...restriction } = typeof member === "string" ? { name: member } : member;
  const task = memberNamed(name, own, subject);
  try {
    return restricted(task, restriction);
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${subject}: ${error.message}`);
    throw error;
  }
}

function memberNamed(name: string, own: readonly TaskSpec[], subject: string): TaskSpec {
  try {
    return getTask(name, own);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const isAggregate = aggregates().some((aggregate) => aggregate.name === name);
    const wayOut = isAggregate ? "" : "; tasks of another file need its --task-file beside this one";
    throw new InputError(`${subject}: ${error.message}${wayOut}`);
  }
}

/** Finds a benchmark of a task file; undefined for one of the catalogue. Throws as `getBenchmark`. */
export function ownBenchmark(name: string, own: OwnTasks): OwnBenchmark | undefined {
  const found = own.benchmarks.find((benchmark) => benchmark.name === name);
  if (found === undefined) getBenchmark(name, own.benchmarks);
  return found;
}
