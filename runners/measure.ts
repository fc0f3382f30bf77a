import { asUsage } from "../datasets/errors.ts";
import type { Kernels } from "../models/kernels.ts";
import type { Model } from "../models/model.ts";
import { thisMachine } from "../models/runtime/machine.ts";
import { closeAll, openAll } from "../models/runtime/open-all.ts";
import { openKernels } from "../models/runtime/ort-kernels.ts";
import type { Quantization } from "../models/variants/quantization.ts";
import { variantName } from "../models/variants/variant-name.ts";
import type { LearnerBackend, TaskSpec } from "../tasks/task.ts";
import { type Environment, readEnvironment } from "./environment.ts";
import { type KeepingChoice, keepIn } from "./keeping.ts";
import { withoutMissing } from "./missing.ts";
import { acceleratorOf, findDevice } from "./model/device.ts";
import { type CacheChoice, chosenCache, type ModelChoice, openModel } from "./model/open-model.ts";
import { applyPrompts, type ChosenPrompts, noteAdapters } from "./model/prompts.ts";
import type { MissingTask } from "./needs.ts";
import type { TaskResult } from "./results/result.ts";
import { requireWritable, resultFolder, writeModelMeta } from "./results/store.ts";
import { type RunPlan, requireAnyTask, runTasks } from "./run.ts";
import type { World } from "./world.ts";

/** Options of a measurement. */
export interface MeasureChoice extends ModelChoice, CacheChoice, KeepingChoice {
  readonly estimator: LearnerBackend;
  readonly quantize?: Quantization;
  /** Folder that results are taken from and stored in; nothing is stored where it is absent. */
  readonly results?: string;
  /**
   * Run the other tasks where the data sets of some cannot be had; where false, none then. Absent where the user cannot ask
   * for it: each of them fails.
   */
  readonly skipMissing?: boolean;
}

export interface Measured {
  /** The model's name with what changes its scores. */
  readonly model: string;
  readonly revision: string;
  /** Longest input in tokens; Infinity where there is no limit. */
  readonly maxTokens: number;
  /** Results of the tasks that did not fail, in their order; stored ones and new ones alike. */
  readonly results: readonly TaskResult[];
  /** Number of results that could not be stored. */
  readonly unstored: number;
  /** Tasks that were not run, as their data sets cannot be had and that was to stop nothing. */
  readonly skipped: readonly MissingTask[];
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
  if (choice.results !== undefined) {
    await requireWritable(choice.results);
    world.whenStopped?.(() => "no task was begun; the same command goes on with what was downloaded");
  }
  const chosen = { choice, tasks, prompts, folderRevision };
  return withPlan(chosen, world, async (plan, environment) => {
    noteAdapters(plan.model, world.note);
    const { revision, maxTokens } = plan.model.info;
    return { model: plan.name, revision, maxTokens, ...(await runPlan(plan, choice, environment, world)) };
  });
}

/** A model to open, and the tasks that it is to run. */
export interface Chosen {
  readonly choice: Omit<MeasureChoice, "results">;
  readonly tasks: readonly TaskSpec[];
  readonly prompts: ChosenPrompts | undefined;
  readonly folderRevision?: string | undefined;
}

/** Opens a model and plans to run all tasks with it; closes it after `use`. */
export async function withPlan<Result>(
  { choice, tasks, prompts, folderRevision }: Chosen,
  world: World,
  use: (plan: RunPlan, environment: Environment) => Promise<Result>,
): Promise<Result> {
  const found = await findDevice(choice.device, thisMachine(world.env));
  const here = readEnvironment();
  const cache = chosenCache(choice, { ...here, ...found }, world);
  const [opened, kernels] = await openAll([
    openModel(choice, { ...world, device: found.device, cache, folderRevision }),
    openKernels({ threads: choice.threads }),
  ]);
  try {
    await asUsage(() => requireAnyTask(opened, tasks));
    const plan = planOf(choice, applyPrompts(opened, prompts, tasks), tasks, kernels);
    return await use(plan, { ...here, ...acceleratorOf(plan.model.info.device, found) });
  } finally {
    await closeAll([opened, kernels]);
  }
}

/** Plans to run all tasks, under a name that says what changes the scores. */
function planOf(
  { quantize, estimator }: Pick<MeasureChoice, "quantize" | "estimator">,
  model: Model,
  tasks: readonly TaskSpec[],
  kernels: Kernels,
): RunPlan {
  const { id } = model.info;
  const quantized = quantize === undefined ? id : variantName(id, quantize);
  const name = estimator === "official" ? quantized : variantName(quantized, `estimator=${estimator}`);
  return { model, name, tasks, backend: estimator, quantization: quantize, kernels };
}

/** Runs a plan; where results are kept, without the tasks that are stored. */
async function runPlan(
  plan: RunPlan,
  choice: MeasureChoice,
  environment: Environment,
  world: World,
): Promise<Pick<Measured, "results" | "unstored" | "skipped">> {
  const effects = { ...world, environment };
  if (choice.results === undefined) {
    const { plan: runs, skipped } = await withoutMissing(plan, choice.skipMissing, world);
    return { results: await runTasks(runs, effects), unstored: 0, skipped };
  }
  const folder = resultFolder(choice.results, plan.name, plan.model.info.revision);
  await writeModelMeta(folder, plan.model, plan.name);
  const kept = await keepIn(folder, plan, choice, environment, world);
  const { plan: runs, skipped } = await withoutMissing(kept.plan, choice.skipMissing, world);
  const results = runs.tasks.length === 0 ? [] : await runTasks(runs, { ...effects, ...kept.effects });
  const unstored = await kept.finish();
  world.note(`results in ${folder}`);
  return { results: kept.join(results), unstored, skipped };
}
