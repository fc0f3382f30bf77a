import { dirname, isAbsolute, join } from "node:path";
import type { z } from "zod";
import { isRecord, parseDocument } from "../datasets/document.ts";
import { InputError } from "../datasets/errors.ts";
import { repeated } from "../datasets/group-by.ts";
import { shown } from "../datasets/shown.ts";
import { didYouMean } from "../datasets/suggest.ts";
import { aggregates } from "./aggregates.ts";
import { deepFreeze } from "./freeze.ts";
import { taskNames } from "./index.ts";
import type { TaskSpec, TaskType } from "./task.ts";
import { faultsError, misspelt, show, wayOut } from "./task-file-faults.ts";
import { taskTypes } from "./types/index.ts";
import { benchmarkSchema, taskSchema } from "./types/schema.ts";
import { zod } from "./types/zod.ts";

type ParsedTask = z.output<ReturnType<typeof taskSchema>>;
/** A benchmark of a task file, with tasks of the catalogue, of this file and of others. */
type NamedBenchmark = z.output<ReturnType<typeof benchmarkSchema>>;

export interface TaskFile {
  /** The beginning of messages about it. */
  readonly where: string;
  readonly tasks: readonly TaskSpec[];
  readonly benchmarks: readonly NamedBenchmark[];
}

/** Schemas that are made for each task are not compiled, which takes longer than using one once. */
const usedOnce = { jitless: true };
const fileFields = ["tasks", "benchmarks"];

/** Reads a task file in JSON; `source` is its path. See `checkTaskFile`. */
export function parseTaskFile(text: string, source: string): TaskFile {
  const damaged = (reason: string): InputError =>
    new InputError(`task file ${source}: not valid JSON (${reason}); ${wayOut}`);
  return checkTaskFile(parseDocument(text, `task file ${source}`, damaged), source);
}

/**
 * Checks and completes a task file as `checkTasks` does. The tasks of its benchmarks are not looked up, as they may lie in
 * other files.
 *
 * @param value One task, a list of them, or an object of `tasks` and `benchmarks`, one of which may be left out. Objects
 *   may name their JSON schema as `$schema`, for editors.
 * @param source Path of the file or module.
 * @throws InputError as `checkTasks`, and naming a field of the file or of a benchmark that is missing, unknown or wrong.
 */
export function checkTaskFile(value: unknown, source: string): TaskFile {
  const where = `task file ${source}`;
  if (!isRecord(value) || (value["tasks"] === undefined && value["benchmarks"] === undefined)) {
    return { where, tasks: checkTasks(value, source, where), benchmarks: [] };
  }
  const { $schema: schema = "", tasks: own, benchmarks, ...rest } = value;
  if (typeof schema !== "string") throw new InputError(`${where}: $schema is ${show(schema)}; expected a path`);
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, fileFields);
    throw new InputError(
      `${where}: ${shown(unknown)} is not a field of a task file${hint}; expected ${fileFields.join(" and ")}`,
    );
  }
  return {
    where,
    tasks: own === undefined ? [] : checkTasks(own, source, where),
    benchmarks: benchmarks === undefined ? [] : checkBenchmarks(benchmarks, where),
  };
}

function checkBenchmarks(value: unknown, where: string): NamedBenchmark[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new InputError(`${where}: benchmarks is ${show(value)}; expected a list of one benchmark or more; ${wayOut}`);
  }
  const schema = benchmarkSchema(zod);
  const checked = value.map((literal: unknown, i) => {
    const subject = subjectOf(where, "benchmark", literal, i + 1);
    if (!isRecord(literal)) {
      throw new InputError(`${subject} is ${show(literal)}; expected an object with name and tasks; ${wayOut}`);
    }
    const parsed = schema.safeParse(literal, usedOnce);
    if (!parsed.success) throw faultsError(parsed.error, literal, { subject, kind: "a benchmark", schema });
    const twice = repeated(parsed.data.tasks.map((member) => (typeof member === "string" ? member : member.name)));
    if (twice === undefined) return deepFreeze(parsed.data);
    throw new InputError(`${subject}: tasks has "${shown(twice)}" twice; expected each task once`);
  });
  const twice = repeated(checked.map(({ name }) => name));
  if (twice === undefined) return checked;
  throw new InputError(`${where}: two benchmarks are called "${shown(twice)}"; rename one`);
}

/**
 * Checks, completes and freezes tasks from outside: fields with a standard value are filled in; a folder is looked for
 * from the file's own folder and has the revision `local` unless the file names another.
 *
 * @param value One literal or a list of them, from a parsed file or a module.
 * @param source Path of the file or module.
 * @param where The beginning of messages.
 * @throws InputError naming each field that is missing, unknown or wrong, a name that is taken, a repository of the Hub
 *   without its commit.
 */
export function checkTasks(value: unknown, source: string, where = `task file ${source}`): TaskSpec[] {
  const literals: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (literals.length === 0) throw new InputError(`${where}: it holds no task; ${wayOut}`);
  // First of all: of a task of the catalogue no field is to be filled in.
  const there = new Set<unknown>([...taskNames(), ...aggregates().map((one) => one.name)]);
  const taken = literals.find((literal) => isRecord(literal) && there.has(literal["name"]));
  if (isRecord(taken)) {
    throw new InputError(`${where}: the catalogue has a task "${taken["name"]}" already; choose another name`);
  }
  const checked = literals.map((literal, i) => checkTask(literal, source, where, i + 1));
  const twice = repeated(checked.map(({ name }) => name));
  if (twice !== undefined) throw new InputError(`${where}: two tasks are called "${shown(twice)}"; rename one`);
  return checked;
}

function subjectOf(where: string, kind: string, literal: unknown, place: number): string {
  const name = isRecord(literal) ? literal["name"] : undefined;
  return `${where}: ${kind} ${typeof name === "string" && name !== "" ? `"${shown(name)}"` : place}`;
}

function checkTask(literal: unknown, source: string, where: string, place: number): TaskSpec {
  const subject = subjectOf(where, "task", literal, place);
  if (!isRecord(literal)) {
    throw new InputError(`${subject} is ${show(literal)}; expected an object with the fields of a task; ${wayOut}`);
  }
  const { type } = literal;
  const types = Object.keys(taskTypes);
  if (!isTaskType(type)) {
    const hint =
      typeof type === "string" ? didYouMean(type, types) : type === undefined ? misspelt("type", literal) : "";
    throw new InputError(`${subject}: type is ${show(type)}${hint}; expected one of ${types.join(", ")}`);
  }
  const schema = taskSchema(zod, taskTypes[type], literal["settings"]);
  const parsed = schema.safeParse(literal, usedOnce);
  if (!parsed.success) throw faultsError(parsed.error, literal, { subject, kind: "this type", schema });
  const { $schema: _, ...task } = parsed.data;
  const { dataset, reference = dataset.path } = task;
  return deepFreeze({ ...task, dataset: locate(dataset, source, subject), reference } as TaskSpec);
}

function locate(dataset: ParsedTask["dataset"], source: string, subject: string): TaskSpec["dataset"] {
  const { path, revision } = dataset;
  if (!isFolder(path)) {
    if (revision !== undefined && /^[0-9a-f]{40}$/.test(revision)) return { ...dataset, revision };
    throw new InputError(
      `${subject}: dataset.revision is ${show(revision)}; expected the commit (40 digits) of ${path} on the Hub, ` +
        "so that scores can be compared; a folder is written with ./ in front",
    );
  }
  const folder = isAbsolute(path) ? path : join(dirname(source), path);
  return {
    ...dataset,
    path: isAbsolute(folder) || folder.startsWith("..") ? folder : `./${folder}`,
    revision: revision ?? "local",
  };
}

/** Tells folders from repositories as `datasets/` does: a folder is absolute or begins with `./` or `../`. */
const isFolder = (path: string): boolean => /^(?:[/\\]|\.\.?(?:[/\\]|$)|[A-Za-z]:[/\\])/.test(path);

const isTaskType = (type: unknown): type is TaskType => typeof type === "string" && Object.hasOwn(taskTypes, type);
