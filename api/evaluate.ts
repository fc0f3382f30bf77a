import { boardOf } from "../reports/aggregates.ts";
import { requiredOf, requiredTask } from "../reports/required.ts";
import { taskScore } from "../reports/scores.ts";
import type { RunEvent } from "../runners/events.ts";
import { type MeasureChoice, type Measured, measure } from "../runners/measure.ts";
import { readPrompts } from "../runners/model/prompts.ts";
import { getBenchmark } from "../tasks/benchmarks.ts";
import type { LearnerBackend } from "../tasks/task.ts";
import { FailedTasksError, type ModelEvaluation } from "./evaluation.ts";
import { type KnownOptions, requireKnown } from "./known.ts";
import { complete, knownOfModel, type ModelOptions } from "./options.ts";
import { type ChosenTasks, chooseTasks, type TaskOptions } from "./tasks.ts";
import { type CallOptions, callWorld, prepareDevice } from "./world.ts";

/** Options for the variant of a model that is measured. */
export interface FormOptions extends ModelOptions, Omit<MeasureChoice, "device" | "threads" | "estimator"> {
  /** Prompts in place of the model's own: a file, or a model whose prompts are published (docs/prompts.md). */
  readonly prompts?: string;
  /** `official`: scikit-learn's learners, as mteb has them; `ml`: those of ml.js, as a second opinion. Default: official. */
  readonly estimator?: LearnerBackend;
  /** Folder that results are stored in, as the command line does; nothing is stored where it is absent. */
  readonly results?: string;
}

/** Options of an evaluation: the model, its tasks, and how it is measured. */
export interface EvaluateOptions extends FormOptions, TaskOptions, CallOptions {}

const known: KnownOptions<EvaluateOptions> = {
  ...knownOfModel,
  ...{ tasks: true, benchmark: true, prompts: true, results: true, estimator: true, quantize: true, limit: true },
  ...{
    name: true,
    fusion: true,
    weights: true,
    firstStage: true,
    topK: true,
    savePredictions: true,
    skipMissing: true,
  },
  ...{ cache: true, cacheSize: true, overwrite: true, mixed: true, samples: true },
};

/**
 * Evaluates a model on tasks: opens it, runs the tasks one after the other, closes it. Data sets and models come from the
 * Hugging Face cache, as on the command line. Nothing is written to the console, and results are stored only where a
 * folder is given.
 *
 * @throws InputError for whatever a user can put right, with the message that the command line has;
 *   {@link FailedTasksError}, one of them, once all tasks were tried and some failed; the signal's reason once it aborts
 *
 * @example
 * const { scores } = await evaluate({ model: "./checkpoint-500", tasks: ["STSBenchmark", "SICK-R"] });
 * console.log(scores.STSBenchmark); // 0.8203
 *
 * @example
 * const { meanTask } = await evaluate({
 *   model: "sentence-transformers/all-MiniLM-L6-v2",
 *   benchmark: "MTEB(eng, v2)",
 *   precision: "int8",
 *   results: "results",
 *   onProgress: (event) => event.kind === "task-finished" && console.log(event.task, event.mainScore),
 * });
 */
export async function evaluate(options: EvaluateOptions): Promise<ModelEvaluation> {
  const { tasks: _tasks, benchmark: _benchmark, prompts: promptChoice, signal, onProgress, ...form } = options;
  signal?.throwIfAborted();
  requireKnown("evaluate", options, known);
  const choice = complete({ estimator: "official" as const, ...form });
  const chosen = chooseTasks(options);
  const failures: Record<string, string> = {};
  const listen = (event: RunEvent): void => {
    if (event.kind === "task-failed") for (const task of event.tasks) failures[task] = event.message;
    onProgress?.(event);
  };
  const { world, notes } = callWorld(signal, listen);
  const prompts = await readPrompts(promptChoice, chosen.tasks, world);
  prepareDevice(choice.device);
  const measured = await measure(choice, chosen.tasks, prompts, world);
  const evaluation = { ...scoresOf(measured, chosen), notes: [...unsupportedNote(chosen), ...notes] };
  if (Object.keys(failures).length > 0) throw new FailedTasksError(failures, evaluation);
  return evaluation;
}

function unsupportedNote({ benchmark }: ChosenTasks): string[] {
  const left = benchmark === undefined ? [] : getBenchmark(benchmark).unsupported;
  return left.length === 0 ? [] : [`${benchmark}: not supported and left out: ${left.join(", ")}`];
}

const orNaN = (score: number | null | undefined): number => score ?? Number.NaN;

/** Returns the scores of the tasks that ran, and the means as the leaderboard has them. */
function scoresOf(measured: Measured, { tasks, benchmark }: ChosenTasks): Omit<ModelEvaluation, "notes"> {
  const { model, revision, results } = measured;
  const ran = tasks.map(requiredTask);
  const required = benchmark === undefined ? ran : requiredOf(benchmark);
  const [row] = boardOf(measured, ran, required).rows;
  const single = ran.flatMap((task) => {
    const result = results.find((one) => one.task === task.name);
    return result === undefined ? [] : [[task.name, orNaN(taskScore(result, task).score)] as const];
  });
  const aggregated = required
    .filter(({ name }) => !ran.some((task) => task.name === name))
    .map(({ name }) => [name, orNaN(row?.scores[name])] as const);
  const means = Object.entries(row?.byType ?? {}).map(([type, score]) => [type, orNaN(score)] as const);
  return {
    model,
    revision,
    scores: Object.fromEntries([...single, ...aggregated]),
    meanTask: orNaN(row?.meanTask),
    meanType: orNaN(row?.meanType),
    byType: Object.fromEntries(means),
    results,
  };
}
