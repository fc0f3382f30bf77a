import { InputError, messageOf } from "../datasets/errors.ts";
import type { PlacedFinding } from "../tasks/findings/kinds.ts";
import { placesOf } from "../tasks/places.ts";
import { prepareTask } from "../tasks/protocols/index.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { openTaskData } from "./task-data.ts";
import type { World } from "./world.ts";

/** A task whose rows were read and looked at. */
export interface CheckedTask {
  readonly task: TaskSpec;
  readonly findings: readonly PlacedFinding[];
  /** Why the rows cannot be scored; absent where they can. */
  readonly failure?: string;
}

/**
 * Reads all rows of a task as a run does, without a model, and returns what is peculiar about them. Ends with the first
 * place whose rows cannot be scored.
 */
export async function checkTask(task: TaskSpec, { hub, emit, signal }: World): Promise<CheckedTask> {
  const findings: PlacedFinding[] = [];
  emit({ kind: "loading", task: task.name });
  try {
    const dataset = await openTaskData(task, hub);
    for (const { split, subset } of placesOf(task)) {
      signal.throwIfAborted();
      const { inspect } = await prepareTask(task, subset, split, dataset);
      findings.push(...inspect().map((finding) => ({ split, subset, ...finding })));
    }
    return { task, findings };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof InputError)) throw error;
    return { task, findings, failure: messageOf(error) };
  } finally {
    emit({ kind: "loaded", task: task.name });
  }
}
