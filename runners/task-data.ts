import type { CardConfig } from "../datasets/card.ts";
import { openDataset } from "../datasets/load.ts";
import { repositoriesOf } from "../datasets/preparation/retrieval-layout.ts";
import type { PreparationStep } from "../datasets/preparation/steps.ts";
import { prepareDataset } from "../datasets/prepare.ts";
import type { HubSettings } from "../datasets/settings.ts";
import type { Dataset } from "../datasets/table.ts";
import type { TaskSpec } from "../tasks/task.ts";

/** Opens a task's data set, whose rows are prepared as the task says when they are read. */
export async function openTaskData({ dataset, languages, prepare = [] }: TaskSpec, hub: HubSettings): Promise<Dataset> {
  const { path: id, revision, ...subsets } = dataset;
  const others = prepare.flatMap((step) => (step.step === "retrievalLayout" ? repositoriesOf(step) : []));
  const opened = others.map(async (other) => [other, await openDataset({ id: other }, hub)] as const);
  const subsetNames = Object.keys(languages);
  const configs = filesOf(prepare, subsetNames);
  return prepareDataset(await openDataset({ id, revision, configs }, hub), {
    steps: prepare,
    subsetNames,
    others: new Map(await Promise.all(opened)),
    ...subsets,
  });
}

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
