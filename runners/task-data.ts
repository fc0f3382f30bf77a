import { openDataset } from "../datasets/load.ts";
import { prepareDataset } from "../datasets/prepare.ts";
import type { HubSettings } from "../datasets/settings.ts";
import type { Dataset } from "../datasets/table.ts";
import type { TaskSpec } from "../tasks/task.ts";

/** A subset of a split of a task. */
export interface Place {
  readonly split: string;
  readonly subset: string;
}

/** Lists the places that a task is scored at, in the order of a run. */
export const placesOf = ({ splits, languages }: TaskSpec): Place[] =>
  splits.flatMap((split) => Object.keys(languages).map((subset) => ({ split, subset })));

/** Opens a task's data set, whose rows are prepared as the task says when they are read. */
export async function openTaskData({ dataset, prepare = [] }: TaskSpec, hub: HubSettings): Promise<Dataset> {
  const { path: id, revision, subsetColumn } = dataset;
  return prepareDataset(await openDataset({ id, revision }, hub), { steps: prepare, subsetColumn });
}
