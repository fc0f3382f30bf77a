import { InputError } from "../datasets/errors.ts";
import { didYouMean } from "../datasets/suggest.ts";
import { aggregates } from "./aggregates.ts";
import { sampleTasks } from "./catalog/sample.ts";
import { languagesOf, readStored, type StoredLeftOut, type StoredTask, type StoredTasks } from "./catalog/stored.ts";
import { deepFreeze } from "./freeze.ts";
import { once } from "./once.ts";
import type { TaskSpec, TaskType } from "./task.ts";
import { taskTypes } from "./types/index.ts";

/** The tasks of the catalogue by name, each made when it is asked for: some have thousands of subsets. */
const byName = once((): ReadonlyMap<string, () => TaskSpec> => {
  const types = Object.keys(taskTypes) as TaskType[];
  const official = types.flatMap((type) => {
    const { settings, tasks } = readStored<StoredTasks>(type);
    return tasks.map((task) => [task.name, once(() => completed(type, task, settings))] as const);
  });
  const sample = sampleTasks.map((task) => [task.name, once(() => deepFreeze(task))] as const);
  return new Map([...sample, ...official]);
});

/** Completes a task by what is standard for its type. */
function completed(type: TaskType, stored: StoredTask, settings: StoredTasks["settings"]): TaskSpec {
  const { name, dataset, prompt, promptType, prepare, licence = "not specified", reference } = stored;
  const { splits = ["test"], mainScore = taskTypes[type].mainScores.standard } = stored;
  return deepFreeze({
    name,
    type,
    dataset,
    splits,
    languages: languagesOf(stored.languages),
    mainScore,
    settings: settings[stored.settings],
    ...(prompt === undefined ? {} : { prompt }),
    ...(promptType === undefined ? {} : { promptType }),
    ...(prepare === undefined ? {} : { prepare }),
    licence,
    reference,
  } as TaskSpec);
}

/** Names of the catalogue. */
export const taskNames = once((): readonly string[] => [...byName().keys()]);

/** The catalogue: the sample benchmark's tasks, then mteb's, type by type. */
export const catalogue = once((): readonly TaskSpec[] => deepFreeze([...byName().values()].map((make) => make())));

/** A task that mteb registers and that cannot be measured here, with the reason. */
export interface LeftOut extends Pick<TaskSpec, "name" | "type" | "splits" | "languages"> {
  readonly reason: string;
  /** Repository whose owners give access to it. */
  readonly private?: string;
}

export const leftOut = once((): readonly LeftOut[] =>
  deepFreeze(
    readStored<{ readonly tasks: readonly StoredLeftOut[] }>("left-out").tasks.map((task) => ({
      ...task,
      languages: languagesOf(task.languages),
    })),
  ),
);

/** Tells whether the catalogue has a task of exactly that name, without making it. */
export const isTask = (name: string): boolean => byName().has(name);

/** Finds the task of exactly that name. */
export const findTask = (name: string): TaskSpec | undefined => byName().get(name)?.();

/**
 * Finds the task of exactly that name among `own` ones and the catalogue. Throws `InputError` with the nearest name, with
 * the parts where the name is an aggregate's, or with the reason why mteb's task of that name cannot be measured.
 */
export function getTask(name: string, own: readonly TaskSpec[] = []): TaskSpec {
  const task = own.find((candidate) => candidate.name === name) ?? findTask(name);
  if (task !== undefined) return task;
  const aggregate = aggregates().find((candidate) => candidate.name === name);
  if (aggregate !== undefined) {
    throw new InputError(
      `task "${name}" is the mean of other tasks and cannot be run itself; run ${aggregate.parts.join(", ")}`,
    );
  }
  const lacking = leftOut().find((candidate) => candidate.name === name);
  if (lacking !== undefined) throw new InputError(`task "${name}" cannot be run: ${whyLeftOut(lacking)}`);
  const names = [...own.map((candidate) => candidate.name), ...taskNames()];
  throw new InputError(
    `task "${name}" is unknown${didYouMean(name, names)}; \`pramana tasks\` lists all ${taskNames().length}, and ` +
      (own.length > 0
        ? `the task files hold ${own.map((candidate) => candidate.name).join(", ")}`
        : "task files add your own (docs/custom-tasks.md)"),
  );
}

/** Says why a task is left out, and how to get at data that are private. */
export function whyLeftOut({ reason, private: repository }: LeftOut): string {
  if (repository === undefined) return reason;
  return `${reason}; its owners give access at https://huggingface.co/datasets/${repository}, and a task file can then name it, with HF_TOKEN set`;
}
