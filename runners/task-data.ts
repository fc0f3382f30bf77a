import { openDataset } from "../datasets/load.ts";
import { repositoriesOf } from "../datasets/preparation/retrieval-layout.ts";
import { prepareDataset } from "../datasets/prepare.ts";
import type { HubSettings } from "../datasets/settings.ts";
import type { Dataset } from "../datasets/table.ts";
import type { TaskSpec } from "../tasks/task.ts";

/** Opens a task's data set, whose rows are prepared as the task says when they are read. */
export async function openTaskData({ dataset, languages, prepare = [] }: TaskSpec, hub: HubSettings): Promise<Dataset> {
  const { path: id, revision, ...subsets } = dataset;
  const others = prepare.flatMap((step) => (step.step === "retrievalLayout" ? repositoriesOf(step) : []));
  const opened = others.map(async (other) => [other, await openDataset({ id: other }, hub)] as const);
  return prepareDataset(await openDataset({ id, revision }, hub), {
    steps: prepare,
    subsetNames: Object.keys(languages),
    others: new Map(await Promise.all(opened)),
    ...subsets,
  });
}
