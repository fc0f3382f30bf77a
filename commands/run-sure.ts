import { asUsage } from "../datasets/errors.ts";
import { plainText } from "../datasets/shown.ts";
import { mainRevisionsOf, readBaselines } from "../reports/baselines.ts";
import { requireAnswerable } from "../reports/comparison/answerable.ts";
import type { RequiredTask } from "../reports/required.ts";
import { askedByRules, lookAt, lookedAt, planStopping, type Seen } from "../reports/stopping/stopping.ts";
import { lookText, type Stopped } from "../reports/stopping/wording.ts";
import { measureLooks } from "../runners/looks.ts";
import type { MeasureChoice, Measured } from "../runners/measure.ts";
import type { ChosenPrompts } from "../runners/model/prompts.ts";
import { resultFolder } from "../runners/results/store.ts";
import { findRun } from "../runners/results/stored-run.ts";
import type { World } from "../runners/world.ts";
import type { TaskSpec } from "../tasks/task.ts";
import type { RunOptions } from "./run-options.ts";
import { shownTasks } from "./shown-results.ts";

/** What is asked of a run that stops when it is sure. */
export type SureOptions = Pick<RunOptions, "failIf" | "results" | "taskFile"> &
  Required<Pick<RunOptions, "base" | "stopWhenSure">>;

/**
 * Runs tasks on growing shares of their units until it is sure how they stand against a stored run, or what rules say of
 * that. Each model is a comparison of its own.
 * @param required The tasks that count.
 */
export async function runSure(
  options: SureOptions,
  { choice, tasks, prompts }: SureRun,
  required: readonly RequiredTask[],
  world: World,
): Promise<Measured & { readonly stopped: Stopped }> {
  const { results, failIf: rules = [], taskFile, stopWhenSure: error } = options;
  const { known } = await asUsage(() => shownTasks({ ...(taskFile && { taskFile }) }));
  await asUsage(() => requireAnswerable(rules, known, required));
  const reading = { mainRevisions: mainRevisionsOf(await readBaselines()) };
  const base = await asUsage(() => findRun(options.base, [results], world.now(), reading));
  const stopping = await asUsage(() => planStopping(base, required, known, askedByRules(rules), error));
  const early = new Set(lookedAt(stopping));
  let seen: Seen | undefined;
  const measured = await measureLooks(
    { choice: { ...choice, results }, tasks, prompts },
    {
      looks: stopping.looks,
      tasks: tasks.filter((task) => early.has(task.name)),
      judge: async (look, run) => {
        seen = await lookAt(stopping, look, run);
        world.note(plainText(lookText({ seen, error })));
        return seen.next;
      },
    },
    world,
  );
  const last = stopping.looks.at(-1);
  if (last !== undefined && seen?.next !== "enough") {
    const folder = resultFolder(results, measured.model, measured.revision);
    seen = await lookAt(stopping, last, await findRun(folder, [results], world.now(), reading));
  }
  return { ...measured, stopped: { base, looks: stopping.looks, error, seen: seen as Seen } };
}

/** A model and the tasks that it is to run. */
interface SureRun {
  readonly choice: MeasureChoice;
  readonly tasks: readonly TaskSpec[];
  readonly prompts: ChosenPrompts | undefined;
}
