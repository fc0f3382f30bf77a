import { InputError } from "../datasets/errors.ts";
import type { Encoder } from "../models/encoder.ts";
import type { Ranker } from "../models/ranker.ts";
import type { TaskSpec, TaskType } from "../tasks/task.ts";
import { taskTypes } from "../tasks/types/index.ts";

/** What a run measures: a model that makes vectors, or one that ranks texts without them. */
export type Model = Encoder | Ranker;

/** Types of tasks that need no vectors. */
const rankingTypes: readonly TaskType[] = Object.values(taskTypes)
  .filter(({ needs }) => needs === "ranking")
  .map(({ type }) => type);

/** Whether a model ranks texts without vectors. */
export const isRanker = (model: Model): model is Ranker => "index" in model;

/** The reason why a model cannot do a task; nothing where it can. */
function whyNot(model: Model, task: TaskSpec): string | undefined {
  if (!isRanker(model) || rankingTypes.includes(task.type)) return undefined;
  return (
    `${model.info.id} ranks documents by their words and makes no vectors, which tasks of the type ${task.type} need; ` +
    `it can do those of the types ${rankingTypes.join(" and ")}`
  );
}

/** @throws InputError where the task needs vectors and the model makes none */
export function requireTask(model: Model, task: TaskSpec): void {
  const reason = whyNot(model, task);
  if (reason !== undefined) throw new InputError(`task ${task.name}: ${reason}`);
}

/** @throws InputError where the model can do none of the tasks */
export function requireAnyTask(model: Model, tasks: readonly TaskSpec[]): void {
  const reasons = tasks.map((task) => whyNot(model, task));
  if (reasons[0] === undefined || reasons.includes(undefined)) return;
  throw new InputError(`--tasks: none of ${tasks.map(({ name }) => name).join(", ")} can be run: ${reasons[0]}`);
}
