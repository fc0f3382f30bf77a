import { InputError, messageOf, outOfMemory } from "../datasets/errors.ts";
import { shown } from "../datasets/shown.ts";
import type { Dataset } from "../datasets/table.ts";
import type { Kernels } from "../models/kernels.ts";
import { type Capability, type Model, modelKinds } from "../models/model.ts";
import { mean } from "../tasks/metrics/lists.ts";
import { type Place, placeKey, placesOf } from "../tasks/places.ts";
import { type PreparedTask, prepareTask } from "../tasks/protocols/index.ts";
import { workOf } from "../tasks/sizes.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { taskTypes } from "../tasks/types/index.ts";
import { scoreColumnPairs, togetherOf } from "./column-pairs.ts";
import { contextOf, noWork, type SubsetWork } from "./context.ts";
import type { Environment } from "./environment.ts";
import { firstStageAt } from "./first-stage.ts";
import type { NumericClass } from "./numeric-class.ts";
import type { Rankings } from "./results/predictions.ts";
import type { TaskResult, Unit } from "./results/result.ts";
import type { SubsetSamples } from "./results/sample-table.ts";
import { openTaskData } from "./task-data.ts";
import { frameOf, outcomeOf, type RunFacts, type TaskOutcome } from "./task-result.ts";
import type { World } from "./world.ts";

export interface RunPlan extends RunFacts {
  /** The model's name in results: its id, with what changes its scores. */
  readonly name: string;
  readonly tasks: readonly TaskSpec[];
  readonly kernels: Kernels;
  /** Most units of each subset that are scored, drawn of all; all where it is absent. */
  readonly limit?: number | undefined;
  /** Units that were scored before and are taken as they are, by task. */
  readonly kept?: ReadonlyMap<string, readonly Unit[]>;
  /** What the units are scored on; absent where it is not recorded. */
  readonly numeric?: NumericClass | undefined;
  /** Reasons why tasks are not to be run, by their names. */
  readonly refused?: ReadonlyMap<string, string>;
  /** `RunRecord.inputs` by task. */
  readonly inputs?: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** Effects of a run outside of itself. */
export interface RunEffects extends Pick<World, "hub" | "emit" | "now" | "signal"> {
  readonly environment: Environment;
  /** Stores a finished task's result, and the samples that there are of it. */
  readonly store?: (result: TaskResult, samples: readonly SubsetSamples[]) => Promise<unknown>;
  /** Keeps the units of a task that has more to come, in place of those kept before. */
  readonly keep?: (task: TaskSpec, units: readonly Unit[]) => Promise<unknown>;
  /** Stores the rankings of a subset's queries. */
  readonly storeRankings?: (task: TaskSpec, place: Place, rankings: Rankings) => Promise<unknown>;
}

/** Says why a model cannot do a task; nothing where it can. */
function whyNot(model: Model, task: TaskSpec): string | undefined {
  const { type } = task;
  const { kind, info } = model;
  const labels = model.kind === "cross-encoder" ? model.info.labels : [];
  if (labels.length > 1) {
    const names = labels.map((label) => shown(label)).join(", ");
    return `${info.id} puts pairs into classes (${names}) and is no reranker, which gives a pair one score; \`pramana score\` writes its logits`;
  }
  const { does, gives }: { does: string; gives: readonly Capability[] } = modelKinds[kind];
  if (gives.includes(taskTypes[type].needs)) {
    const parts = model.kind === "hybrid" ? model.parts : [];
    return parts.map((part) => whyNot(part, task)).find((reason) => reason !== undefined);
  }
  const able = Object.values(taskTypes).filter(({ needs }) => gives.includes(needs));
  const types = new Intl.ListFormat("en").format(able.map((one) => one.type));
  return `${info.id} ${does}, which tasks of the type ${type} need; it can do those of the types ${types}`;
}

/** @throws InputError where the model can do none of the tasks */
export function requireAnyTask(model: Model, tasks: readonly TaskSpec[]): void {
  const reasons = tasks.map((task) => whyNot(model, task));
  if (reasons[0] === undefined || reasons.includes(undefined)) return;
  throw new InputError(`--tasks: none of ${tasks.map(({ name }) => name).join(", ")} can be run: ${reasons[0]}`);
}

/**
 * Runs the tasks one after the other and stores each result as soon as it is there. A failing task is told and does not
 * stop the others.
 * @returns the results, in the order of the tasks
 * @throws the signal's reason once it aborts
 */
export async function runTasks(plan: RunPlan, effects: RunEffects): Promise<TaskResult[]> {
  const { emit, now, signal } = effects;
  const started = now();
  const results: TaskResult[] = [];
  const work = workOf(plan.tasks);
  emit({ kind: "run-started", model: plan.name, tasks: plan.tasks.map(({ name }) => name), work });
  for (const [i, task] of plan.tasks.entries()) {
    signal.throwIfAborted();
    const taskStarted = now();
    emit({ kind: "task-started", task: task.name, index: i + 1, count: plan.tasks.length });
    try {
      const { result, samples } = await runTask(plan, task, effects);
      await effects.store?.(result, samples);
      results.push(result);
      const seconds = now() - taskStarted;
      emit({ kind: "task-finished", task: task.name, mainScore: meanMainScore(result), seconds, result });
    } catch (error) {
      signal.throwIfAborted();
      emit({ kind: "task-failed", task: task.name, message: describeFailure(error) });
    }
  }
  emit({ kind: "run-finished", seconds: now() - started, failed: plan.tasks.length - results.length });
  return results;
}

/** Returns the message for people; an error that is not the user's to put right says where it came from. */
export function describeFailure(error: unknown): string {
  if (error instanceof InputError || !(error instanceof Error)) return messageOf(error);
  const memory = outOfMemory(error);
  if (memory !== undefined) return memory;
  const place = error.stack?.split("\n").find((line) => line.includes(" at "));
  return `${messageOf(error)} (an error of Pramana's own, ${place?.trim() ?? "place unknown"})`;
}

async function runTask(plan: RunPlan, task: TaskSpec, effects: RunEffects): Promise<TaskOutcome> {
  const units = await scoreTask(plan, task, effects);
  const facts = { inputs: plan.inputs?.get(task.name), limit: plan.limit };
  return outcomeOf(frameOf(plan, effects.environment), task, units, facts, effects.now());
}

/**
 * Scores the places of a task that are not kept; returns all its units, in the order of `placesOf`.
 * @throws InputError for a model that cannot do the task, and for data that cannot be had or used
 */
export async function scoreTask(
  plan: RunPlan,
  task: TaskSpec,
  effects: Omit<RunEffects, "environment" | "store">,
): Promise<readonly Unit[]> {
  const { hub, emit } = effects;
  const refused = whyNot(plan.model, task) ?? plan.refused?.get(task.name);
  if (refused !== undefined) throw new InputError(`task ${task.name}: ${refused}`);
  emit({ kind: "loading", task: task.name });
  const places = placesOf(task);
  const wanted = new Set(places.map(placeKey));
  const tell = findingTeller(task, places.length, emit);
  const units = (plan.kept?.get(task.name) ?? []).filter((unit) => wanted.has(placeKey(unit)));
  const known = new Set(units.map(placeKey));
  const missing = places.filter((place) => !known.has(placeKey(place)));
  const dataset = missing.length === 0 ? undefined : await openTaskData(task, hub);
  units.forEach(tell);
  if (dataset !== undefined) {
    const together = togetherOf(task, plan);
    const scored =
      together === undefined
        ? scoreEach(plan, task, missing, dataset, effects, tell)
        : scoreColumnPairs(together, plan.kernels, missing, dataset, effects);
    for await (const some of scored) {
      if (together !== undefined) some.forEach(tell);
      units.push(...some.map((unit) => ({ ...unit, ...(plan.numeric && { numeric: plan.numeric }) })));
      if (units.length < places.length) await effects.keep?.(task, units);
    }
  }
  const byPlace = new Map(units.map((unit) => [placeKey(unit), unit]));
  return places.map((place) => byPlace.get(placeKey(place)) as Unit);
}

/** Scores subsets one after the other, and tells what is peculiar about each before it is scored. */
async function* scoreEach(
  plan: RunPlan,
  task: TaskSpec,
  missing: readonly Place[],
  dataset: Dataset,
  effects: Pick<RunEffects, "emit" | "now" | "signal" | "storeRankings">,
  tell: ReturnType<typeof findingTeller>,
): AsyncGenerator<readonly Unit[]> {
  const { emit, now, signal } = effects;
  for (const [i, place] of missing.entries()) {
    signal.throwIfAborted();
    const started = now();
    if (missing.length > 1) emit({ kind: "place-started", task: task.name, index: i + 1, count: missing.length });
    const work = noWork();
    const staged = plan.firstStage !== undefined;
    const prepared = await prepareTask(task, place.subset, place.split, dataset, plan.limit, staged);
    const { inspect, evaluate, share } = prepared;
    const findings = inspect();
    tell({ ...place, findings });
    const scored = await scoreSubset(plan, task, evaluate, place, effects, work);
    const { seconds: encodingSeconds, ...counts } = work;
    yield [{ ...place, ...scored, share, findings, ...counts, encodingSeconds, seconds: now() - started }];
  }
}

/** Returns what tells each kind of finding of a task once, at the first place that has it. */
export function findingTeller(
  { name }: TaskSpec,
  places: number,
  emit: RunEffects["emit"],
): (found: Pick<Unit, "split" | "subset" | "findings">) => void {
  const told = new Set<string>();
  return ({ split, subset, findings }) => {
    for (const finding of findings) {
      if (told.has(finding.kind)) continue;
      told.add(finding.kind);
      emit({ kind: "finding", task: name, finding: { split, subset, ...finding }, places });
    }
  };
}

async function scoreSubset(
  { model, backend, quantization, kernels, firstStage }: RunPlan,
  task: TaskSpec,
  evaluate: PreparedTask["evaluate"],
  place: Place,
  { emit, now, signal, storeRankings }: Pick<RunEffects, "emit" | "now" | "signal" | "storeRankings">,
  work: SubsetWork,
): Promise<Pick<Unit, "mainScore" | "scores" | "undefinedScores" | "samples">> {
  const shared = { task, subset: place.subset, emit, now, signal };
  const rankings: Rankings = new Map();
  const context = contextOf(
    { model, quantization, ...shared },
    {
      ...{ backend, kernels },
      ...(firstStage && { firstStage: firstStageAt(firstStage, place, shared, { backend, kernels }) }),
      ...(storeRankings && { keepRanking: (query, ids, scores) => void rankings.set(query, { ids, scores }) }),
    },
    work,
  );
  const { scores, undefinedScores, samples } = await evaluate(context);
  if (rankings.size > 0) await storeRankings?.(task, place, rankings);
  const mainScore = scores[task.mainScore];
  const known = { mainScore: typeof mainScore === "number" ? mainScore : Number.NaN, scores, undefinedScores };
  return samples === undefined ? known : { ...known, samples };
}

/** Averages over splits and subsets; NaN if one of them is undefined. */
export const meanMainScore = ({ splits }: TaskResult): number =>
  mean(Object.values(splits).flatMap((subsets) => subsets.map(({ mainScore }) => mainScore)));
