import type { CardConfig } from "../datasets/card.ts";
import { type DatasetSource, openDataset } from "../datasets/load.ts";
import { repositoriesOf } from "../datasets/preparation/retrieval-layout.ts";
import type { PreparationStep } from "../datasets/preparation/steps.ts";
import { prepareDataset } from "../datasets/prepare.ts";
import type { HubSettings } from "../datasets/settings.ts";
import type { Dataset } from "../datasets/table.ts";
import type { TaskSpec } from "../tasks/task.ts";

/** Lists the repositories of a task's rows, its own first. */
export function sourcesOf({ dataset: { path: id, revision }, languages, prepare = [] }: TaskSpec): DatasetSource[] {
  const others = prepare.flatMap((step) => (step.step === "retrievalLayout" ? repositoriesOf(step) : []));
  const configs = filesOf(prepare, Object.keys(languages));
  return [{ id, revision, configs }, ...others.map((other) => ({ id: other }))];
}

/** Returns a task's data set, of its opened `sourcesOf`, whose rows are prepared as the task says when they are read. */
export function preparedData(task: TaskSpec, [own, ...others]: readonly Dataset[]): Dataset {
  const { path: _, revision: __, ...subsets } = task.dataset;
  if (own === undefined) throw new Error(`task ${task.name}: its data set was not opened`);
  return prepareDataset(own, {
    steps: task.prepare,
    subsetNames: Object.keys(task.languages),
    splits: "trainSplit" in task.settings ? [task.settings.trainSplit, ...task.splits] : task.splits,
    others: new Map(others.map((other) => [other.id, other])),
    ...subsets,
  });
}

/** Opens a task's data set, whose rows are prepared as the task says when they are read. */
export const openTaskData = async (task: TaskSpec, hub: HubSettings): Promise<Dataset> =>
  preparedData(task, await Promise.all(sourcesOf(task).map((source) => openDataset(source, hub))));

/** Lists the configs whose files a task names itself; undefined where the card does. */
function filesOf(steps: readonly PreparationStep[], subsets: readonly string[]): readonly CardConfig[] | undefined {
  const step = steps.find((one) => one.step === "dataDir" || one.step === "dataFiles");
  if (step === undefined) return undefined;
  return subsets.map((name) => {
    const named = (path: string): string => path.replaceAll("{subset}", name);
    if (step.step === "dataDir") return { name, isDefault: false, folder: named(step.dir) };
    const dataFiles = Object.entries(step.files).map(([split, path]) => ({ split, patterns: [named(path)] }));
    return { name, isDefault: false, folder: "", dataFiles };
  });
}
