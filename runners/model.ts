import { InputError } from "../datasets/errors.ts";
import { type Capability, type Model, modelKinds } from "../models/model.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { taskTypes } from "../tasks/types/index.ts";

/** The reason why a model cannot do a task; nothing where it can. */
function whyNot({ kind, info }: Model, { type }: TaskSpec): string | undefined {
  const { does, gives }: { does: string; gives: readonly Capability[] } = modelKinds[kind];
  if (gives.includes(taskTypes[type].needs)) return undefined;
  const able = Object.values(taskTypes).filter(({ needs }) => gives.includes(needs));
  const types = able.map((one) => one.type).join(" and ");
  return `${info.id} ${does}, which tasks of the type ${type} need; it can do those of the types ${types}`;
}

/** @throws InputError where the task asks for what the model cannot give */
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
