import { InputError, messageOf } from "../datasets/errors.ts";
import type { HubSettings } from "../datasets/hub.ts";
import { openDataset } from "../datasets/load.ts";
import { prepareDataset } from "../datasets/prepare.ts";
import type { Dataset } from "../datasets/table.ts";
import type { EncoderInfo } from "../models/encoder.ts";
import { bytesPerVector, type Quantization } from "../models/forms/quantization.ts";
import type { Kernels } from "../models/kernels.ts";
import { type Model, vectorsOf } from "../models/model.ts";
import { mean } from "../tasks/metrics/lists.ts";
import { prepareTask } from "../tasks/protocols/index.ts";
import type { Estimator, TaskSpec } from "../tasks/task.ts";
import type { Environment } from "./environment.ts";
import type { RunEvent } from "./events.ts";
import { requireTask } from "./model.ts";
import { reach, type SubsetWork } from "./reach.ts";
import type { RunRecord, Side, SubsetResult, TaskResult } from "./results/result.ts";
import { mtebVersion } from "./results/result-file.ts";
import type { SubsetSamples } from "./results/sample-table.ts";
import type { Unit } from "./unit.ts";

/** What is run, and with what. */
export interface RunPlan {
  readonly model: Model;
  /** The model's name in results: its id, with what changes its scores. */
  readonly name: string;
  readonly tasks: readonly TaskSpec[];
  readonly estimator: Estimator;
  /** What vectors are quantized to before they are scored; absent for float32 as the model gives them. */
  readonly quantization?: Quantization;
  readonly kernels: Kernels;
  /** By task: units that were scored before and are taken as they are. */
  readonly kept?: ReadonlyMap<string, readonly Unit[]>;
  /** By task: `RunRecord.inputs`. */
  readonly inputs?: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** What a run reaches outside of itself. */
export interface RunEffects {
  readonly hub: HubSettings;
  readonly environment: Environment;
  /** Stores a finished task's result, and what its main scores are made of as far as they are made of units. */
  readonly store: (result: TaskResult, samples: readonly SubsetSamples[]) => Promise<unknown>;
  /** Keeps the units of a task that has more to come, in place of those kept before. */
  readonly keep?: (task: TaskSpec, units: readonly Unit[]) => Promise<unknown>;
  readonly emit: (event: RunEvent) => void;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly signal: AbortSignal;
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
  emit({ kind: "run-started", model: plan.name, tasks: plan.tasks.map(({ name }) => name) });
  for (const [i, task] of plan.tasks.entries()) {
    signal.throwIfAborted();
    const taskStarted = now();
    emit({ kind: "task-started", task: task.name, index: i + 1, count: plan.tasks.length });
    try {
      const { result, samples } = await runTask(plan, task, effects);
      await effects.store(result, samples);
      results.push(result);
      const seconds = now() - taskStarted;
      emit({ kind: "task-finished", task: task.name, mainScore: meanMainScore(result), seconds, result });
    } catch (error) {
      signal.throwIfAborted();
      emit({ kind: "task-failed", task: task.name, message: describe(error) });
    }
  }
  emit({ kind: "run-finished", seconds: now() - started, failed: plan.tasks.length - results.length });
  return results;
}

/** The message for people; what is not the user's to put right says where it came from. */
function describe(error: unknown): string {
  if (error instanceof InputError || !(error instanceof Error)) return messageOf(error);
  const place = error.stack?.split("\n").find((line) => line.includes(" at "));
  return `${messageOf(error)} (an error of Pramana's own, ${place?.trim() ?? "place unknown"})`;
}

interface TaskOutcome {
  readonly result: TaskResult;
  readonly samples: readonly SubsetSamples[];
}

async function runTask(plan: RunPlan, task: TaskSpec, effects: RunEffects): Promise<TaskOutcome> {
  const { hub, emit, now, signal } = effects;
  requireTask(plan.model, task);
  emit({ kind: "loading", task: task.name });
  const { path: id, revision, subsetColumn } = task.dataset;
  const steps = task.prepare ?? [];
  const open = async () => prepareDataset(await openDataset({ id, revision }, hub), { steps, subsetColumn });
  const places = task.splits.flatMap((split) => Object.keys(task.languages).map((subset) => ({ split, subset })));
  const kept = plan.kept?.get(task.name) ?? [];
  const units = kept.filter((unit) => places.some((place) => isAt(unit, place)));
  const missing = places.filter((place) => !units.some((unit) => isAt(unit, place)));
  const dataset = missing.length === 0 ? undefined : await open();
  for (const [i, place] of missing.entries()) {
    signal.throwIfAborted();
    const started = now();
    const work: SubsetWork = { texts: 0, tokens: 0, seconds: 0, prompts: {} };
    const scored = await scoreSubset(plan, task, dataset as Dataset, place, effects, work);
    const { seconds: encodingSeconds, ...counts } = work;
    units.push({ ...place, ...scored, ...counts, encodingSeconds, seconds: now() - started });
    if (i < missing.length - 1) await effects.keep?.(task, units);
  }
  const inOrder = places.map((place) => units.find((unit) => isAt(unit, place)) as Unit);
  const samples = inOrder.flatMap(({ split, subset, samples: own }) =>
    own === undefined ? [] : [{ split, subset, samples: own }],
  );
  return { result: resultOf(plan, task, inOrder, effects), samples };
}

const isAt = (unit: Unit, { split, subset }: Pick<Unit, "split" | "subset">): boolean =>
  unit.split === split && unit.subset === subset;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** A task's result, put together from its units. */
function resultOf(plan: RunPlan, task: TaskSpec, units: readonly Unit[], { environment, now }: RunEffects): TaskResult {
  const ofSplit = (split: string): SubsetResult[] =>
    units
      .filter((unit) => unit.split === split)
      .map(({ subset, mainScore, scores, undefinedScores }) => {
        return { mainScore, scores, undefinedScores, subset, languages: task.languages[subset] ?? [] };
      });
  const inputs = plan.inputs?.get(task.name);
  const record: RunRecord = {
    ...environment,
    device: plan.model.info.device,
    precision: plan.model.info.precision,
    threads: plan.model.info.threads,
    estimator: plan.estimator,
    prompts: Object.assign({}, ...units.map(({ prompts }) => prompts)),
    texts: sum(units.map(({ texts }) => texts)),
    tokens: sum(units.map(({ tokens }) => tokens)),
    encodingSeconds: sum(units.map(({ encodingSeconds }) => encodingSeconds)),
    ...formOf(plan),
    ...(inputs === undefined ? {} : { inputs }),
  };
  return {
    task: task.name,
    datasetRevision: task.dataset.revision,
    mtebVersion,
    splits: Object.fromEntries(task.splits.map((split) => [split, ofSplit(split)])),
    evaluationSeconds: sum(units.map(({ seconds }) => seconds)),
    date: now(),
    run: record,
  };
}

/** In which form vectors were compared, and whose they were. */
function formOf({ model, quantization }: RunPlan): Partial<RunRecord> {
  const vectors = vectorsOf(model);
  if (vectors === undefined) return {};
  const { dims, sides } = vectors;
  const side = ({ id, revision, parameters }: EncoderInfo): Side => ({ model: id, revision, parameters });
  return {
    vectorType: quantization ?? "float32",
    bytesPerVector: bytesPerVector(dims, quantization),
    ...(sides ? { sides: { query: side(sides.query), document: side(sides.document) } } : {}),
  };
}

async function scoreSubset(
  { model, estimator, quantization, kernels }: RunPlan,
  task: TaskSpec,
  dataset: Dataset,
  { split, subset }: Pick<Unit, "split" | "subset">,
  { emit, now, signal }: RunEffects,
  work: SubsetWork,
): Promise<Pick<Unit, "mainScore" | "scores" | "undefinedScores" | "samples">> {
  const context = reach({ model, task, subset, quantization, emit, now, signal }, { estimator, kernels }, work);
  const evaluate = await prepareTask(task, subset, split, dataset);
  const { scores, undefinedScores, samples } = await evaluate(context);
  const mainScore = scores[task.mainScore];
  const known = { mainScore: typeof mainScore === "number" ? mainScore : Number.NaN, scores, undefinedScores };
  return samples === undefined ? known : { ...known, samples };
}

/** Mean over splits and subsets; NaN if one of them is undefined. */
export function meanMainScore(result: TaskResult): number {
  return mean(Object.values(result.splits).flatMap((subsets) => subsets.map(({ mainScore }) => mainScore)));
}
