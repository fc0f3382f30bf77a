import { asUsage } from "../datasets/errors.ts";
import { closeAll, openAll } from "../models/runtime/open-all.ts";
import { openKernels } from "../models/runtime/ort-kernels.ts";
import type { Quantization } from "../models/variants/quantization.ts";
import { variantName } from "../models/variants/variant-name.ts";
import type { LearnerBackend, TaskSpec } from "../tasks/task.ts";
import { type CacheChoice, chosenCache } from "./cache-choice.ts";
import { readEnvironment } from "./environment.ts";
import { type KeepingChoice, keepIn } from "./keeping.ts";
import { acceleratorOf, findDevice } from "./model/device.ts";
import { type ModelChoice, openModel } from "./model/open-model.ts";
import { applyPrompts, type ChosenPrompts } from "./model/prompts.ts";
import { requireAnyTask } from "./model.ts";
import type { TaskResult } from "./results/result.ts";
import { requireWritable, resultFolder, writeModelMeta } from "./results/store.ts";
import { runTasks } from "./run.ts";
import type { World } from "./world.ts";

/** Which model is measured, and in which form. */
export interface MeasureChoice extends ModelChoice, CacheChoice, KeepingChoice {
  readonly estimator: LearnerBackend;
  readonly quantize?: Quantization;
  /** Folder that results are stored in, and taken from where they are there; nothing is stored where it is absent. */
  readonly results?: string;
}

/** What was measured. */
export interface Measured {
  /** The model's name with what changes its scores. */
  readonly model: string;
  readonly revision: string;
  /** Longest input in tokens; Infinity where there is no limit. */
  readonly maxTokens: number;
  /** Of the tasks that did not fail, in their order; stored ones and new ones alike. */
  readonly results: readonly TaskResult[];
  /** Number of results that could not be stored. */
  readonly unstored: number;
}

/**
 * Opens a model, runs the tasks whose results are not stored yet, stores each result as soon as it is there, and closes
 * the model.
 *
 * @param folderRevision Revision of a model in a folder, where it is known already.
 */
export async function measure(
  choice: MeasureChoice,
  tasks: readonly TaskSpec[],
  prompts: ChosenPrompts | undefined,
  world: World,
  folderRevision?: string,
): Promise<Measured> {
  const { env, now, emit, note, signal } = world;
  if (choice.results !== undefined) {
    await requireWritable(choice.results);
    world.whenStopped?.(() => "no task was begun; the same command goes on with what was downloaded");
  }
  const found = await findDevice(choice.device, env);
  const here = readEnvironment();
  const cache = chosenCache(choice, { ...here, ...found }, world);
  const [opened, kernels] = await openAll([
    openModel(choice, { ...world, device: found.device, cache, folderRevision }),
    openKernels({ threads: choice.threads }),
  ]);
  try {
    await asUsage(() => requireAnyTask(opened, tasks));
    const model = applyPrompts(opened, prompts, tasks);
    const { info } = model;
    const { quantize: quantization } = choice;
    const id = quantization === undefined ? info.id : variantName(info.id, quantization);
    const name = choice.estimator === "official" ? id : variantName(id, `estimator=${choice.estimator}`);
    const { revision, maxTokens } = info;
    const folder = choice.results === undefined ? undefined : resultFolder(choice.results, name, revision);
    if (folder !== undefined) await writeModelMeta(folder, model, name);
    const form = quantization === undefined ? {} : { quantization };
    const all = { model, name, tasks, backend: choice.estimator, ...form, kernels };
    const environment = { ...here, ...acceleratorOf(info.device, found) };
    const effects = { hub: world.hub, environment, emit, now, signal };
    if (folder === undefined) {
      const results = await runTasks(all, { ...effects, store: async () => undefined });
      return { model: name, revision, maxTokens, results, unstored: 0 };
    }
    const kept = await keepIn(folder, all, choice, environment, world);
    const results = kept.plan.tasks.length === 0 ? [] : await runTasks(kept.plan, { ...effects, ...kept.effects });
    const unstored = await kept.finish();
    note(`results in ${folder}`);
    return { model: name, revision, maxTokens, results: kept.join(results), unstored };
  } finally {
    await closeAll([opened, kernels]);
  }
}
