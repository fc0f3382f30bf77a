import { InputError } from "../datasets/errors.ts";
import { didYouMean } from "../datasets/suggest.ts";
import { classificationTasks } from "./catalog/classification.ts";
import { stsTasks } from "./catalog/sts.ts";
import type { TaskSpec } from "./task.ts";

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

/** The catalogue, by type and then by name. */
export const tasks: readonly TaskSpec[] = deepFreeze([...stsTasks, ...classificationTasks]);

/** The task of that name, letter case counting. Throws `InputError` with the nearest name and all there are. */
export function getTask(name: string): TaskSpec {
  const task = tasks.find((candidate) => candidate.name === name);
  if (task !== undefined) return task;
  const names = tasks.map((candidate) => candidate.name);
  throw new InputError(`task "${name}" is unknown${didYouMean(name, names)}; the tasks are ${names.join(", ")}`);
}
