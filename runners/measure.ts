import { asUsage, UsageError } from "../datasets/errors.ts";
import { recordReads } from "../datasets/read-files.ts";
import type { Kernels } from "../models/kernels.ts";
import type { Model } from "../models/model.ts";
import { thisMachine } from "../models/runtime/machine.ts";
import { type Closable, closeAll, closingOnFailure, openAll } from "../models/runtime/open-all.ts";
import { openKernels } from "../models/runtime/ort-kernels.ts";
import type { Quantization } from "../models/variants/quantization.ts";
import { limitedName, variantName } from "../models/variants/variant-name.ts";
import { type LearnerBackend, standardTopK, type TaskSpec } from "../tasks/task.ts";
import { taskTypes } from "../tasks/types/index.ts";
import { requireAnyTask } from "./able.ts";
import { type Environment, readEnvironment, thisProcessor } from "./environment.ts";
import {
  arePredictions,
  type FirstStageChoice,
  type FirstStagePlan,
  planModel,
  planPredictions,
} from "./first-stage.ts";
import { type KeepingChoice, keepIn } from "./keeping.ts";
import { withoutMissing } from "./missing.ts";
import { acceleratorOf, findDevice } from "./model/device.ts";
import type { FusionChoice } from "./model/hybrid.ts";
import type { NameChoice } from "./model/naming.ts";
import { type CacheChoice, chosenCache, type ModelChoice, type ModelWorld, openModel } from "./model/open-model.ts";
import { applyPrompts, type ChosenPrompts, noteAdapters } from "./model/prompts.ts";
import type { MissingTask } from "./needs.ts";
import { numericClass } from "./numeric-class.ts";
import { programHash } from "./program-hash.ts";
import { openPredictions } from "./results/predictions.ts";
import type { TaskResult } from "./results/result.ts";
import { requireWritable, resultFolder, writeModelMeta } from "./results/store.ts";
import { type RunPlan, runTasks } from "./run.ts";
import type { World } from "./world.ts";

/** Options of a measurement. */
export interface MeasureChoice
  extends ModelChoice,
    NameChoice,
    FusionChoice,
    CacheChoice,
    KeepingChoice,
    FirstStageChoice {
  /** Folder into which the rankings of ranking tasks are written, in mteb's form; every task is then run. */
  readonly savePredictions?: string;
  readonly estimator: LearnerBackend;
  /** What the values of vectors become before they are scored. Float32 where it is absent. */
  readonly quantize?: Quantization;
  /** Most queries, pairs or rows of each subset that are scored, 1 or more, drawn of all: a first look. All where it is absent. */
  readonly limit?: number;
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

/** A plan whose model is open. */
export interface OpenPlan extends Closable {
  readonly plan: RunPlan;
  readonly environment: Environment;
}

/** Opens a model and plans to run all tasks with it. */
export async function openPlan(
  { choice, tasks, prompts, folderRevision }: Chosen,
  world: Omit<World, "emit">,
): Promise<OpenPlan> {
  const found = await findDevice(choice.device, thisMachine(world.env), world.note);
  const here = readEnvironment();
  const processor = thisProcessor();
  const cache = chosenCache(choice, { ...here, ...found, processor }, world);
  const reads = recordReads(world.hub);
  const modelWorld = { ...world, hub: reads.hub, device: found.device, cache };
  const hashing = programHash();
  const [opened, kernels] = await openAll([
    openModel(choice, { ...modelWorld, folderRevision }),
    openKernels({ threads: choice.threads }),
  ]);
  const resources: Closable[] = [opened, kernels];
  return closingOnFailure(resources, async () => {
    await asUsage(() => requireAnyTask(opened, tasks));
    const model = applyPrompts(opened, prompts, tasks);
    const firstStage = await openFirstStage(choice, tasks, modelWorld, resources);
    const environment = { ...here, ...acceleratorOf(model.info.device, found) };
    const numeric = numericClass(model.info, environment, processor);
    const files = reads.take();
    // It is thrown where a result needs them.
    files.catch(() => undefined);
    const facts = { numeric, program: await hashing, files };
    const plan = { ...planOf(choice, model, tasks, kernels, firstStage), ...facts };
    return { plan, environment, close: () => closeAll(resources) };
  });
}

/** Opens a model and plans to run all tasks with it; closes it after `use`. */
export async function withPlan<Result>(
  chosen: Chosen,
  world: World,
  use: (plan: RunPlan, environment: Environment) => Promise<Result>,
): Promise<Result> {
  const { plan, environment, close } = await openPlan(chosen, world);
  try {
    return await use(plan, environment);
  } finally {
    await close();
  }
}

/** Opens the chosen first stage, where there is one; a model joins the resources that are to be closed. */
async function openFirstStage(
  { firstStage, topK, device, threads }: Omit<MeasureChoice, "results">,
  tasks: readonly TaskSpec[],
  world: ModelWorld,
  resources: Closable[],
): Promise<FirstStagePlan | undefined> {
  if (firstStage === undefined) {
    if (topK === undefined) return undefined;
    throw new UsageError("top-k: it is that of a first stage, and none is named; add --first-stage, or leave it out");
  }
  const ranking = tasks.filter(({ type }) => taskTypes[type].needs === "ranking");
  if (ranking.length === 0) {
    const names = tasks.map(({ name }) => name).join(", ");
    throw new UsageError(`first stage: it gives candidates, and none of ${names} ranks any; leave --first-stage out`);
  }
  const count = topK ?? standardTopK;
  if (await arePredictions(firstStage)) return asUsage(() => planPredictions(firstStage, count, ranking));
  const model = await openModel({ model: firstStage, device, threads }, world).catch((error: unknown) => {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(
      `first stage: ${error.message}; nor is there a file ${firstStage}, or a folder with TASK_predictions.json in it`,
    );
  });
  resources.push(model);
  return planModel(model, count);
}

/** Plans to run all tasks, under a name that says what changes the scores. */
export function planOf(
  { quantize, estimator, limit }: Pick<MeasureChoice, "quantize" | "estimator" | "limit">,
  model: Model,
  tasks: readonly TaskSpec[],
  kernels: Kernels,
  firstStage: FirstStagePlan | undefined,
): RunPlan {
  const { id } = model.info;
  const quantized = quantize === undefined ? id : variantName(id, quantize);
  const named = estimator === "official" ? quantized : variantName(quantized, `estimator=${estimator}`);
  const stage = firstStage && `first-stage=${firstStage.record.model},top-k=${firstStage.topK}`;
  const staged = stage === undefined ? named : variantName(named, stage);
  const name = limitedName(staged, { limit });
  return { model, name, tasks, backend: estimator, quantization: quantize, kernels, firstStage, limit };
}

/** Runs a plan; where results are kept, without the tasks that are stored. */
export async function runPlan(
  plan: RunPlan,
  choice: MeasureChoice,
  environment: Environment,
  world: World,
): Promise<Pick<Measured, "results" | "unstored" | "skipped">> {
  const { savePredictions: folder, results } = choice;
  const { id: name, revision } = plan.model.info;
  const storeRankings = folder === undefined ? {} : { storeRankings: openPredictions(folder, { name, revision }) };
  const effects = { ...world, environment, ...storeRankings };
  if (results === undefined) {
    const { plan: runs, skipped } = await withoutMissing(plan, choice.skipMissing, false, world);
    return { results: await runTasks(runs, effects), unstored: 0, skipped };
  }
  const stored = resultFolder(results, plan.name, revision);
  await writeModelMeta(stored, plan.model, plan.name);
  // What is taken as stored has no rankings.
  const keeping = folder === undefined ? choice : { ...choice, overwrite: true };
  const kept = await keepIn(stored, plan, keeping, environment, world);
  const hasStored = kept.plan.tasks.length < plan.tasks.length;
  const { plan: runs, skipped } = await withoutMissing(kept.plan, choice.skipMissing, hasStored, world);
  const { begin, ...storing } = kept.effects;
  // Rankings are written for this run alone: it shares no task.
  const sharing = folder === undefined ? { begin } : {};
  const ran = runs.tasks.length === 0 ? [] : await runTasks(runs, { ...effects, ...storing, ...sharing });
  const unstored = await kept.finish();
  world.note(`results in ${stored}`);
  return { results: kept.join(ran), unstored, skipped };
}
