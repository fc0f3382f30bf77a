import type { Place } from "../../tasks/places.ts";
import { prepareTask } from "../../tasks/protocols/index.ts";
import type { TaskSpec } from "../../tasks/task.ts";
import { taskTypes } from "../../tasks/types/index.ts";
import { noWork } from "../context.ts";
import { searchesWhole, type TaskResult } from "../results/result.ts";
import { type RunEffects, type RunPlan, scoreSubset } from "../run.ts";
import { openTaskData } from "../task-data.ts";

/** The main score of a place, in the result and computed again; NaN where it is undefined. */
export interface RecomputedScore extends Place {
  readonly stored: number;
  readonly found: number;
  /** They are one, but for what other processors and libraries move (`taskTypes`). */
  readonly isSame: boolean;
}

/** Computes the main score of each place of a result again, as a whole. */
export async function recomputeScores(
  task: TaskSpec,
  { splits, run }: TaskResult,
  plan: RunPlan,
  effects: Pick<RunEffects, "hub" | "emit" | "now" | "signal">,
): Promise<readonly RecomputedScore[]> {
  effects.emit({ kind: "loading", task: task.name });
  const dataset = await openTaskData(task, effects.hub);
  const scores: RecomputedScore[] = [];
  for (const [split, entries] of Object.entries(splits)) {
    for (const { subset, mainScore: stored } of entries) {
      effects.signal.throwIfAborted();
      const prepared = await prepareTask(task, subset, split, dataset, run?.limit?.most, searchesWhole(run));
      const { mainScore: found } = await scoreSubset(plan, task, prepared, { split, subset }, effects, noWork());
      const points = Math.abs(stored - found) * 100;
      const isSame = Object.is(stored, found) || points <= taskTypes[task.type].tolerance;
      scores.push({ split, subset, stored, found, isSame });
    }
  }
  return scores;
}
