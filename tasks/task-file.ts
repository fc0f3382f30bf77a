import { dirname, isAbsolute, join } from "node:path";
import { inspect } from "node:util";
import { z } from "zod";
import { isRecord, parseDocument } from "../datasets/document.ts";
import { InputError } from "../datasets/errors.ts";
import { shown, shownJson } from "../datasets/shown.ts";
import { didYouMean } from "../datasets/suggest.ts";
import { aggregates } from "./aggregates.ts";
import { deepFreeze } from "./freeze.ts";
import { tasks } from "./index.ts";
import type { TaskSpec, TaskType } from "./task.ts";
import { taskTypes } from "./types/index.ts";
import { taskSchema } from "./types/schema.ts";

type ParsedTask = z.output<ReturnType<typeof taskSchema>>;
type Dataset = TaskSpec["dataset"];

/** Faults of a task that a message names. */
const shownFaults = 10;
const wayOut = "docs/custom-tasks.md lists the fields";

/**
 * The tasks of a file in JSON: one literal, or a list of them. See `checkTasks`.
 *
 * @param source Path of the file.
 */
export function parseTaskFile(text: string, source: string): TaskSpec[] {
  const damaged = (reason: string): InputError =>
    new InputError(`task file ${source}: not valid JSON (${reason}); ${wayOut}`);
  return checkTasks(parseDocument(text, `task file ${source}`, damaged), source);
}

/**
 * Tasks from outside, checked and completed: what the protocol has a standard value for is filled in, a folder is
 * looked for from where the file lies and has the revision `local` unless the file names another. The tasks are frozen.
 *
 * @param value One literal or a list of them: a parsed file, or what a module exports.
 * @param source Path of the file or module.
 * @param where What messages begin with.
 * @throws InputError naming each field that is missing, unknown or wrong, a name that is taken, a repository of the Hub
 *   without its commit.
 */
export function checkTasks(value: unknown, source: string, where = `task file ${source}`): TaskSpec[] {
  const literals: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (literals.length === 0) throw new InputError(`${where}: it holds no task; ${wayOut}`);
  const checked = literals.map((literal, i) => checkTask(literal, source, where, i + 1));
  const names = checked.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new InputError(`${where}: two tasks are called "${shown(twice)}"; rename one`);
  const taken = names.find((name) => [...tasks, ...aggregates].some((task) => task.name === name));
  if (taken !== undefined) {
    throw new InputError(`${where}: the catalogue has a task "${taken}" already; choose another name`);
  }
  return checked;
}

function checkTask(literal: unknown, source: string, where: string, place: number): TaskSpec {
  if (!isRecord(literal)) {
    throw new InputError(
      `${where}: task ${place} is ${show(literal)}; expected an object with the fields of a task; ${wayOut}`,
    );
  }
  const { name, type } = literal;
  const subject = `${where}: task ${typeof name === "string" && name !== "" ? `"${shown(name)}"` : place}`;
  const types = Object.keys(taskTypes);
  if (!isTaskType(type)) {
    const hint = typeof type === "string" ? didYouMean(type, types) : "";
    throw new InputError(`${subject}: type is ${show(type)}${hint}; expected one of ${types.join(", ")}`);
  }
  const parsed = taskSchema(z, taskTypes[type], literal["settings"]).safeParse(literal);
  if (!parsed.success) {
    const faults = parsed.error.issues.flatMap((issue) => describe(issue, literal));
    const more = faults.length > shownFaults ? `; and ${faults.length - shownFaults} more` : "";
    throw new InputError(`${subject}: ${faults.slice(0, shownFaults).join("; ")}${more}; ${wayOut}`);
  }
  return complete(parsed.data, source, subject);
}

function complete(task: ParsedTask, source: string, subject: string): TaskSpec {
  const dataset = locate(task.dataset, source, subject);
  return deepFreeze({ ...task, dataset, reference: task.reference ?? task.dataset.path } as TaskSpec);
}

function locate(dataset: ParsedTask["dataset"], source: string, subject: string): Dataset {
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

/** As data sets are opened: what is absolute or begins with `./` or `../` is a folder. */
const isFolder = (path: string): boolean => /^(?:[/\\]|\.\.?(?:[/\\]|$)|[A-Za-z]:[/\\])/.test(path);

const isTaskType = (type: unknown): type is TaskType => typeof type === "string" && Object.hasOwn(taskTypes, type);

/** What is wrong, each fault with its place and value. */
function describe(issue: z.core.$ZodIssue, literal: Record<string, unknown>): string[] {
  const place = issue.path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `${shown(place === "" ? key : `${place}.${key}`)} is not a field of this type`);
  }
  const value = issue.path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    literal,
  );
  const message = issue.message.replace(/^Invalid input: /, "").replace(/, received .*$/, "");
  return [`${shown(place)} is ${show(value)} (${shown(message, 300)})`];
}

function show(value: unknown): string {
  if (value === undefined) return "missing";
  // A module may export what JSON cannot hold.
  if (typeof value === "string") return shownJson(value, 80);
  const text = inspect(value, { depth: 1, breakLength: Infinity, maxArrayLength: 20, maxStringLength: 80 });
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
