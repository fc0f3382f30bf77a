import { InputError } from "../datasets/errors.ts";
import { shown } from "../datasets/shown.ts";
import { type Capability, type Model, modelKinds } from "../models/model.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { taskTypes } from "../tasks/types/index.ts";

/** Says why a model cannot do a task; nothing where it can. */
export function whyNot(model: Model, task: TaskSpec): string | undefined {
  const { kind, info } = model;
  const labels = model.kind === "cross-encoder" ? model.info.labels : [];
  if (labels.length > 1) {
    const names = labels.map((label) => shown(label)).join(", ");
    return `${info.id} puts pairs into classes (${names}) and is no reranker, which gives a pair one score; \`pramana score\` writes its logits`;
  }
  const { does, gives }: { does: string; gives: readonly Capability[] } = modelKinds[kind];
  if (gives.includes(taskTypes[task.type].needs)) {
    const parts = model.kind === "hybrid" ? model.parts : [];
    return parts.map((part) => whyNot(part, task)).find((reason) => reason !== undefined);
  }
  const able = Object.values(taskTypes).filter(({ needs }) => gives.includes(needs));
  const types = new Intl.ListFormat("en").format(able.map((one) => one.type));
  return `${info.id} ${does}; it can do tasks of the types ${types}`;
}

/** @throws InputError for a task that the model cannot do, or that is not to be run */
export function requireAble(
  { model, refused }: { readonly model: Model; readonly refused?: ReadonlyMap<string, string> },
  task: TaskSpec,
): void {
  const reason = whyNot(model, task) ?? refused?.get(task.name);
  if (reason !== undefined) throw new InputError(`task ${task.name}: ${reason}`);
}

/** @throws InputError where the model can do none of the tasks */
export function requireAnyTask(model: Model, tasks: readonly TaskSpec[]): void {
  const reasons = tasks.map((task) => whyNot(model, task));
  if (reasons[0] === undefined || reasons.includes(undefined)) return;
  throw new InputError(`--tasks: none of ${tasks.map(({ name }) => name).join(", ")} can be run: ${reasons[0]}`);
}
