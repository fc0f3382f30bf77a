import { setTimeout as wait } from "node:timers/promises";
import type { TaskSpec } from "../tasks/task.ts";
import type { TaskResult, Unit } from "./results/result.ts";
import type { World } from "./world.ts";

/** What becomes of a task when its turn comes. */
export type Begun =
  /** It is run: `units` are kept of it, or it is refused; then it is released. */
  | {
      readonly kind: "run";
      readonly units: readonly Unit[];
      readonly refused?: string | undefined;
      readonly release: () => Promise<void>;
    }
  /** Another process stored its result meanwhile. */
  | { readonly kind: "stored"; readonly result: TaskResult }
  /** Another process is at it. */
  | { readonly kind: "taken"; readonly by: string };

/** Milliseconds between two looks at tasks that other processes are at. */
const glance = 1000;

/** A task whose turn has come. */
interface Turn {
  readonly task: TaskSpec;
  readonly begun: Exclude<Begun, { kind: "taken" }>;
}

const unshared = { kind: "run", units: [], release: async () => undefined } as const;

/** Yields the tasks as their turns come: in their order, those last that other processes are at. */
export async function* turnsOf(
  tasks: readonly TaskSpec[],
  { begin, emit, signal }: Pick<World, "emit" | "signal"> & { readonly begin?: (task: TaskSpec) => Promise<Begun> },
): AsyncGenerator<Turn> {
  for (let [left, isFirst] = [tasks, true]; left.length > 0; isFirst = false) {
    const taken: { readonly task: TaskSpec; readonly by: string }[] = [];
    for (const task of left) {
      signal.throwIfAborted();
      const begun = (await begin?.(task)) ?? unshared;
      if (begun.kind !== "taken") {
        yield { task, begun };
        continue;
      }
      taken.push({ task, by: begun.by });
      if (isFirst) emit({ kind: "task-taken", task: task.name, by: begun.by });
    }
    const [first] = taken;
    if (first !== undefined && taken.length === left.length) {
      emit({ kind: "awaiting", tasks: taken.map(({ task }) => task.name), by: first.by });
      await wait(glance, undefined, { signal });
    }
    left = taken.map(({ task }) => task);
  }
}
