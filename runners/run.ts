import { InputError, messageOf, outOfMemory } from "../datasets/errors.ts";
import { groupBy } from "../datasets/group-by.ts";
import { type ReadFiles, recordReads } from "../datasets/read-files.ts";
import type { Dataset } from "../datasets/table.ts";
import type { Kernels } from "../models/kernels.ts";
import type { Limit } from "../models/variants/variant-name.ts";
import { mean } from "../tasks/metrics/lists.ts";
import { type Place, placeKey, placesOf } from "../tasks/places.ts";
import { type PreparedTask, prepareTask } from "../tasks/protocols/index.ts";
import { workOf } from "../tasks/sizes.ts";
import type { Evaluation, KeepRanking, ProtocolContext, TaskSpec } from "../tasks/task.ts";
import { requireAble, whyNot } from "./able.ts";
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
import { type Begun, turnsOf } from "./turns.ts";
import type { World } from "./world.ts";

export interface RunPlan extends RunFacts, Limit {
  /** The model's name in results: its id, with what changes its scores. */
  readonly name: string;
  readonly tasks: readonly TaskSpec[];
  readonly kernels: Kernels;
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
  /** Claims a task before it is run, and looks at what is stored and kept of it then. */
  readonly begin?: (task: TaskSpec) => Promise<Begun>;
  /** Keeps the units of a task that has more to come, in place of those kept before. */
  readonly keep?: (task: TaskSpec, units: readonly Unit[]) => Promise<unknown>;
  /** Stores the rankings of a subset's queries. */
  readonly storeRankings?: (task: TaskSpec, place: Place, rankings: Rankings) => Promise<unknown>;
}

/** Tells which tasks of a plan cannot be run and why, one event a reason, and returns the others. */
function tellRefused({ model, tasks, refused }: RunPlan, emit: RunEffects["emit"]): readonly TaskSpec[] {
  const looked = tasks.map((task) => ({ task, message: whyNot(model, task) ?? refused?.get(task.name) ?? "" }));
  const failing = looked.filter(({ message }) => message !== "");
  for (const [message, group] of groupBy(failing, (one) => one.message)) {
    emit({ kind: "task-failed", tasks: group.map(({ task }) => task.name), message });
  }
  return looked.filter(({ message }) => message === "").map(({ task }) => task);
}

/**
 * Runs the tasks one after the other and stores each result as soon as it is there. Those that cannot be run are told
 * first; one that fails is told and does not stop the others. One that another process is at comes last: it is run where that
 * process leaves it without a result.
 * @returns the results, in the order of the tasks
 * @throws the signal's reason once it aborts
 */
export async function runTasks(plan: RunPlan, effects: RunEffects): Promise<TaskResult[]> {
  const { emit, now, signal } = effects;
  const started = now();
  const results: TaskResult[] = [];
  const tasks = tellRefused(plan, emit);
  emit({ kind: "run-started", model: plan.name, tasks: tasks.map(({ name }) => name), work: workOf(tasks) });
  let index = 0;
  for await (const { task, begun } of turnsOf(tasks, effects)) {
    const taskStarted = now();
    index += 1;
    emit({ kind: "task-started", task: task.name, index, count: tasks.length });
    try {
      const result = begun.kind === "stored" ? begun.result : await runAndStore(plan, task, begun, effects);
      results.push(result);
      const [seconds, isOthers] = [now() - taskStarted, begun.kind === "stored"];
      emit({ kind: "task-finished", task: task.name, mainScore: meanMainScore(result), seconds, result, isOthers });
    } catch (error) {
      signal.throwIfAborted();
      emit({ kind: "task-failed", tasks: [task.name], message: describeFailure(error) });
    }
  }
  emit({ kind: "run-finished", seconds: now() - started, failed: plan.tasks.length - results.length });
  const order = plan.tasks.map(({ name }) => name);
  return results.sort((a, b) => order.indexOf(a.task) - order.indexOf(b.task));
}

/** Runs a task that was begun, stores its result and releases it. */
async function runAndStore(
  plan: RunPlan,
  task: TaskSpec,
  { units, refused, release }: Extract<Begun, { kind: "run" }>,
  effects: RunEffects,
): Promise<TaskResult> {
  try {
    if (refused !== undefined) throw new InputError(refused);
    const kept = effects.begin === undefined ? plan.kept : new Map([[task.name, units]]);
    const { result, samples } = await runTask({ ...plan, ...(kept && { kept }) }, task, effects);
    await effects.store?.(result, samples);
    return result;
  } finally {
    await release();
  }
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
  const { inputs, limit, wholeCorpora } = plan;
  const facts = { inputs: inputs?.get(task.name), limit, wholeCorpora };
  return outcomeOf(await frameOf(plan, effects.environment), task, units, facts, effects.now());
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
  requireAble(plan, task);
  emit({ kind: "loading", task: task.name });
  const places = placesOf(task);
  const wanted = new Set(places.map(placeKey));
  const tell = findingTeller(task, places.length, emit);
  const units = (plan.kept?.get(task.name) ?? []).filter((unit) => wanted.has(placeKey(unit)));
  const known = new Set(units.map(placeKey));
  const missing = places.filter((place) => !known.has(placeKey(place)));
  const reads = recordReads(hub);
  const dataset = missing.length === 0 ? undefined : await openTaskData(task, reads.hub);
  units.forEach(tell);
  if (dataset !== undefined) {
    const together = togetherOf(task, plan);
    const scored =
      together === undefined
        ? scoreEach(plan, task, missing, dataset, effects, tell)
        : scoreColumnPairs(together, plan.kernels, missing, dataset, effects);
    for await (const some of scored) {
      if (together !== undefined) some.forEach(tell);
      const files = await reads.take();
      const isNew = Object.keys(files).length > 0;
      units.push(
        ...some.map((unit, i) => ({
          ...unit,
          ...(plan.numeric && { numeric: plan.numeric }),
          ...(isNew && i === 0 && { files }),
        })),
      );
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
    const isWhole = plan.firstStage !== undefined || plan.wholeCorpora === true;
    const prepared = await prepareTask(task, place.subset, place.split, dataset, plan.limit, isWhole);
    const findings = prepared.inspect();
    tell({ ...place, findings });
    const work = noWork();
    const scored = await scoreSubset(plan, task, prepared, place, effects, work);
    yield [toUnit(place, prepared, findings, scored, work, now() - started)];
  }
}

/** A subset whose rows were read, and the files that they were read from, where these are noted. */
export interface ReadTask extends PreparedTask {
  readonly files?: ReadFiles;
}

/** Puts a unit together, but for what it was scored on. */
export function toUnit(
  place: Place,
  { share, files }: ReadTask,
  findings: Unit["findings"],
  scored: Scored,
  { seconds: encodingSeconds, ...counts }: SubsetWork,
  seconds: number,
): Unit {
  return { ...place, ...scored, share, findings, ...counts, encodingSeconds, seconds, ...(files && { files }) };
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

/** The scores of a subset. */
export type Scored = Pick<Unit, "mainScore" | "scores" | "undefinedScores" | "samples">;

/** Scores a subset whose rows were read. */
export async function scoreSubset(
  plan: RunPlan,
  task: TaskSpec,
  { evaluate }: Pick<PreparedTask, "evaluate">,
  place: Place,
  effects: Pick<RunEffects, "emit" | "now" | "signal" | "storeRankings">,
  work: SubsetWork,
): Promise<Scored> {
  const { storeRankings } = effects;
  const rankings: Rankings = new Map();
  const keepRanking: KeepRanking = (query, ids, scores) => void rankings.set(query, { ids, scores });
  const context = contextAt(plan, task, place, effects, work, storeRankings && { keepRanking });
  const evaluation = await evaluate(context);
  if (rankings.size > 0) await storeRankings?.(task, place, rankings);
  return scoredBy(task, evaluation);
}

/** Makes the context of a subset; the model's work is added up in `work`. */
export function contextAt(
  { model, backend, quantization, kernels, firstStage }: RunPlan,
  task: TaskSpec,
  place: Place,
  { emit, now, signal }: Pick<RunEffects, "emit" | "now" | "signal">,
  work: SubsetWork,
  keeping?: { readonly keepRanking: KeepRanking },
): ProtocolContext {
  const shared = { task, subset: place.subset, emit, now, signal };
  return contextOf(
    { model, quantization, ...shared },
    {
      ...{ backend, kernels },
      ...(firstStage && { firstStage: firstStageAt(firstStage, place, shared, { backend, kernels }) }),
      ...keeping,
    },
    work,
  );
}

/** Returns what a unit has of an evaluation. */
export function scoredBy({ mainScore }: TaskSpec, { scores, undefinedScores, samples }: Evaluation): Scored {
  const main = scores[mainScore];
  const known = { mainScore: typeof main === "number" ? main : Number.NaN, scores, undefinedScores };
  return samples === undefined ? known : { ...known, samples };
}

/** Averages over splits and subsets; NaN if one of them is undefined. */
export const meanMainScore = ({ splits }: TaskResult): number =>
  mean(Object.values(splits).flatMap((subsets) => subsets.map(({ mainScore }) => mainScore)));
