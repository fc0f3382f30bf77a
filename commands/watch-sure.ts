import { InputError, messageOf } from "../datasets/errors.ts";
import { plainText } from "../datasets/shown.ts";
import { knownTasks, type RequiredTask } from "../reports/required.ts";
import { askedOfDrop, lookAt, planStopping, type Seen, type Stopping } from "../reports/stopping/stopping.ts";
import { lookText } from "../reports/stopping/wording.ts";
import type { StoppedLook } from "../reports/watch/drop.ts";
import { type Looking, measureLooks } from "../runners/looks.ts";
import { type Chosen, type MeasureChoice, type Measured, measure } from "../runners/measure.ts";
import type { StoredRun } from "../runners/results/stored-run.ts";
import type { World } from "../runners/world.ts";

/** What was measured of a checkpoint, and what a comparison by looks left to the one of all units, or told before. */
export interface MeasuredAgainst {
  readonly measured: Measured;
  /** Share of the error that the comparison of all units may spend; absent where there were no looks before. */
  readonly spends?: number;
  /** There where it was worse for sure before all units were scored. */
  readonly stopped?: StoppedLook;
}

/** A checkpoint and the tasks that it is to run. */
export interface ToMeasure extends Chosen {
  readonly choice: MeasureChoice & { readonly results: string };
}

/** Plans the looks at a checkpoint; nothing where it cannot be held against the base, which is told. */
async function planned(
  base: () => Promise<StoredRun>,
  required: readonly RequiredTask[],
  level: number,
  { note }: World,
): Promise<Stopping | undefined> {
  try {
    return await planStopping(await base(), required, knownTasks(required), askedOfDrop, level);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    note(`all units are scored: ${messageOf(error)}`);
    return undefined;
  }
}

/**
 * Runs tasks on growing shares of their units, until the mean is worse for sure than that of a base, or all were scored.
 *
 * @param base Opens the stored run that it is held against.
 * @param level Chance of a false alarm that is left to the comparison.
 */
export async function measureAgainst(
  base: () => Promise<StoredRun>,
  required: readonly RequiredTask[],
  level: number,
  chosen: ToMeasure,
  world: World,
): Promise<MeasuredAgainst> {
  const stopping = await planned(base, required, level, world);
  if (stopping === undefined) {
    const { choice, tasks, prompts, folderRevision } = chosen;
    return { measured: await measure(choice, tasks, prompts, world, folderRevision) };
  }
  const { looks } = stopping;
  let seen: Seen | undefined;
  const judge: Looking["judge"] = async (look, run) => {
    try {
      seen = await lookAt(stopping, look, run);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      world.note(`all units are scored: ${messageOf(error)}`);
      return "score all";
    }
    const [first] = seen.standings;
    world.note(plainText(lookText({ seen: { ...seen, standings: [first] }, error: level })));
    return seen.next;
  };
  const measured = await measureLooks(chosen, { looks, tasks: chosen.tasks, judge }, world);
  if (seen?.next === "enough") return { measured, stopped: { seen, looks } };
  const spends = looks.at(-1)?.spends;
  return { measured, ...(spends !== undefined && { spends }) };
}
