import { InputError } from "../datasets/errors.ts";
import { count } from "../datasets/shown.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { byReason, type MissingTask, missingData } from "./needs.ts";
import type { RunPlan } from "./run.ts";
import type { World } from "./world.ts";

/**
 * Finds the tasks of a plan whose data sets cannot be had, before any is run, and names them all.
 *
 * @param skip Run the others; where absent nothing is looked up, and each fails when its turn comes.
 * @param hasStored Other tasks of the run are stored already, so that there is something to show.
 * @returns the plan without them, and what they are
 * @throws InputError where nothing is to run without them, or nothing can
 */
export async function withoutMissing(
  plan: RunPlan,
  skip: boolean | undefined,
  hasStored: boolean,
  world: World,
): Promise<{ readonly plan: RunPlan; readonly skipped: readonly MissingTask[] }> {
  if (skip === undefined) return { plan, skipped: [] };
  const missing = await tellMissing(plan.tasks, world);
  if (missing.length === 0) return { plan, skipped: [] };
  const names = new Set(missing.map(({ task }) => task));
  const tasks = plan.tasks.filter(({ name }) => !names.has(name));
  const what = lackingText(names.size, plan.tasks.length);
  if (tasks.length === 0 && !(skip && hasStored)) throw new InputError(`run: ${what}; nothing was run`);
  if (skip) return { plan: { ...plan, tasks }, skipped: missing };
  throw new InputError(`run: ${what}, and nothing was run; --skip-missing runs the others`);
}

/**
 * Sees to it that the data of all tasks can be had, before any is run on anything.
 * @throws InputError where those of some cannot, which are named before
 */
export async function requireData(command: string, tasks: readonly TaskSpec[], world: World): Promise<void> {
  const missing = await tellMissing(tasks, world);
  if (missing.length === 0) return;
  throw new InputError(`${command}: ${lackingText(missing.length, tasks.length)}; nothing was run`);
}

/** Finds the tasks whose data cannot be had, and names them by the reasons. */
async function tellMissing(tasks: readonly TaskSpec[], world: World): Promise<readonly MissingTask[]> {
  const missing = await missingData(tasks, world);
  for (const { tasks: names, reason } of byReason(missing)) {
    world.note(`cannot be had: ${reason}`);
    world.note(`  ${names}`);
  }
  return missing;
}

const lackingText = (lacking: number, all: number): string =>
  `the data of ${lacking} of ${count(all, "task")} to run cannot be had (named above)`;
