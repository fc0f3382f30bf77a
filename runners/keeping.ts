import { createHash } from "node:crypto";
import { findBuiltin } from "../datasets/builtin.ts";
import { isFolder } from "../datasets/cache.ts";
import { InputError, messageOf } from "../datasets/errors.ts";
import { hashFolder } from "../datasets/folder-hash.ts";
import { count } from "../datasets/shown.ts";
import { vectorsOf } from "../models/model.ts";
import { promptFor } from "../models/prompts/prompts.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { prompted } from "../tasks/types/index.ts";
import type { Environment } from "./environment.ts";
import { deviceKind, type RunIdentity, type WantedRun } from "./identity.ts";
import { precomputedFolder } from "./model/adapters.ts";
import type { ModelChoice } from "./model/open-model.ts";
import { type KeptTask, type PlannedTask, planTask } from "./plan.ts";
import { removeLeftovers } from "./results/leftovers.ts";
import { patientStore } from "./results/patient-store.ts";
import type { TaskResult } from "./results/result.ts";
import { mtebVersion } from "./results/result-file.ts";
import type { SubsetSamples } from "./results/sample-table.ts";
import { writeSamples } from "./results/samples-file.ts";
import { readResult, writeResult } from "./results/store.ts";
import { dropUnits, keepUnits, readUnits } from "./results/unfinished.ts";
import type { RunEffects, RunPlan } from "./run.ts";
import type { World } from "./world.ts";

/** A run whose results are kept. */
export interface KeptRun {
  /** What is left to run, and what of it is there. */
  readonly plan: RunPlan;
  readonly effects: Pick<RunEffects, "store" | "keep">;
  /** Tries once more to store what could not be; tells of each that remains and gives back their number. */
  readonly finish: () => Promise<number>;
  /** All results in the order of the tasks, those from before and the given ones; of failed tasks there is none. */
  readonly join: (results: readonly TaskResult[]) => TaskResult[];
}

/** Where and how a run's results are kept. */
export interface KeepingChoice extends Pick<ModelChoice, "model"> {
  /** Run what is stored, too; absent where the user cannot ask for it. */
  readonly overwrite?: boolean;
  /** Whether what scores are made of is stored beside them; true where absent. */
  readonly samples?: boolean;
}

interface Outcome {
  readonly result: TaskResult;
  readonly samples: readonly SubsetSamples[];
}

const readKeptTask = async (folder: string, task: string): Promise<KeptTask> => ({
  stored: await readResult(folder, task),
  unfinished: await readUnits(folder, task),
});

/**
 * Looks at what the folder of a model's results holds: takes stored results that were run with the same, and the subsets
 * of an unfinished task; tells what is taken and what is run again, and why.
 *
 * @param all What would be run with nothing kept.
 * @param folder `resultFolder`
 */
export async function keepIn(
  folder: string,
  all: RunPlan,
  choice: KeepingChoice,
  environment: Environment,
  world: World,
): Promise<KeptRun> {
  await removeLeftovers(folder, world.now());
  const model = await hashModel(choice, world.signal);
  const wanted = new Map<string, WantedRun>();
  const planned: PlannedTask[] = [];
  for (const task of all.tasks) {
    const want = await wantedRun(task, all, environment, model, world.signal);
    wanted.set(task.name, want);
    planned.push(planTask(task, want, choice.overwrite === true ? {} : await readKeptTask(folder, task.name)));
  }
  tellPlan(planned, choice.overwrite !== undefined, world);
  const taken = planned.flatMap((one) => (one.kind === "stored" ? [one.result] : []));
  await Promise.all(taken.map(({ task }) => dropUnits(folder, task)));
  const toRun = planned.filter((one) => one.kind === "run");
  const plan = {
    ...all,
    tasks: toRun.map(({ task }) => task),
    kept: new Map(toRun.map(({ task, units }) => [task.name, units])),
    inputs: new Map([...wanted].map(([name, { identity }]) => [name, identity.inputs])),
  };
  let stored = taken.length;
  world.whenStopped?.(
    () => `${stored} of ${count(all.tasks.length, "task")} stored; the same command goes on from there`,
  );
  const { store, finish } = patientStore<Outcome>(
    async ({ result, samples }) => {
      // In this order: a result then always has its own samples, or none.
      await writeSamples(folder, result, choice.samples === false ? [] : samples);
      await writeResult(folder, result);
      stored += 1;
      await dropUnits(folder, result.task);
    },
    ({ result: { task } }, message) => world.note(`${task} is not stored yet: ${message}; it is tried again later`),
  );
  const identityOf = (name: string): RunIdentity => (wanted.get(name) as WantedRun).identity;
  return {
    plan,
    effects: { store: (result, samples) => store({ result, samples }), keep: unitKeeper(folder, identityOf, world) },
    finish: async () => {
      const lost = await finish();
      for (const { task } of lost.map(({ result }) => result)) {
        world.note(`${task} could not be stored in ${folder}; make room there, the same command runs it again`);
      }
      return lost.length;
    },
    join: (results) => all.tasks.flatMap(({ name }) => [...taken, ...results].find(({ task }) => task === name) ?? []),
  };
}

/** Keeps units; a disk that does not take them costs the run nothing and is told once. */
function unitKeeper(
  folder: string,
  identityOf: (task: string) => RunIdentity,
  { note }: World,
): NonNullable<RunEffects["keep"]> {
  let told = false;
  return async ({ name }, units) => {
    try {
      await keepUnits(folder, name, { identity: identityOf(name), units });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      if (!told) note(`${messageOf(error)}; the run goes on, but finished subsets are not kept`);
      told = true;
    }
  };
}

function tellPlan(planned: readonly PlannedTask[], mayOverwrite: boolean, { note }: World): void {
  const stored = planned.filter(({ kind }) => kind === "stored").length;
  const again = mayOverwrite ? ", --overwrite runs them again" : "";
  if (stored > 0) note(`${stored} of ${count(planned.length, "task")} stored already${again}`);
  for (const one of planned) {
    if (one.kind === "stored") continue;
    const { task, units, reason } = one;
    const subsets = task.splits.length * Object.keys(task.languages).length;
    if (reason !== undefined) note(`${task.name}: ${reason}`);
    if (units.length > 0) note(`${task.name} goes on: ${units.length} of ${subsets} subsets are kept`);
  }
}

async function wantedRun(
  task: TaskSpec,
  { model, backend, quantization }: RunPlan,
  { pramana }: Environment,
  modelInputs: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<WantedRun> {
  const { info } = model;
  const vectors = vectorsOf(model);
  const identity = {
    datasetRevision: task.dataset.revision,
    mtebVersion,
    pramana,
    precision: info.precision,
    device: deviceKind(info.device),
    estimator: backend,
    vectorType: vectors === undefined ? "none" : (quantization ?? "float32"),
    inputs: { ...(await hashTask(task, signal)), ...modelInputs },
  };
  const prompt: WantedRun["promptFor"] = (role) => {
    if (vectors === undefined) return undefined;
    try {
      return promptFor(vectors, prompted(task), role);
    } catch {
      // The task fails by it and says so, when its turn comes.
      return undefined;
    }
  };
  return { identity, promptFor: prompt };
}

/** Hashes of a task's settings, and of its data where they lie in a folder: neither has a revision. */
async function hashTask(task: TaskSpec, signal: AbortSignal): Promise<Record<string, string>> {
  const { type, mainScore, settings, prepare = [], dataset } = task;
  const local = findBuiltin("dataset", dataset.path, dataset.revision) === undefined && (await isFolder(dataset.path));
  const { subsetColumn = null } = dataset;
  const source = local ? null : dataset.path;
  const text = JSON.stringify({ type, mainScore, settings, prepare, subsetColumn, source });
  const hash = createHash("sha256").update(text).digest("hex");
  return { task: hash, ...(local ? { data: await hashFolder(dataset.path, signal) } : {}) };
}

/**
 * A hash of vectors made elsewhere, whose revision may be what their maker says; nothing for other models. The revision of
 * a model in a folder is a hash of its files, and names the folder of its results.
 */
async function hashModel({ model }: KeepingChoice, signal: AbortSignal): Promise<Record<string, string>> {
  const folder = model === undefined ? undefined : precomputedFolder(model);
  return folder === undefined ? {} : { model: await hashFolder(folder, signal) };
}
