/**
 * Matchers for vitest. Importing this file registers them: `import "pramana/vitest"` in a test, or
 * `setupFiles: ["pramana/vitest"]` in the configuration. See docs/testing-models.md.
 */
import { readFile } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { expect, type MatcherResult, type MatcherState } from "vitest";
import { InputError, messageOf } from "../datasets/errors.ts";
import { didYouMean } from "../datasets/suggest.ts";
import { pramanaVersion } from "../runners/environment.ts";
import { replaceFile } from "../runners/results/store.ts";
import { roundHalfEven } from "../tasks/metrics/rounding.ts";
import {
  type Baseline,
  decimalsFor,
  describeDeviations,
  deviations,
  formatBaseline,
  merged,
  nameAndRevision,
  onlyLacks,
  parseBaseline,
  type TaskOutcome,
} from "./baseline.ts";
import type { ModelEvaluation } from "./evaluation.ts";
import { inTurn, type SharedOptions, sharing } from "./sharing.ts";
import { nameOf } from "./tasks.ts";

/** What the matchers take: a model's name or folder, the options of `evaluate`, or an evaluation made before. */
export type ModelUnderTest = string | SharedOptions | ModelEvaluation;

/** How scores are held against a baseline. */
export interface BaselineOptions {
  /**
   * By how much a score may lie above or below, on the scale of 0 to 1: 0.002 is a fifth of a point. Default: 0.001, which
   * is what other processors and libraries move at most.
   */
  readonly tolerance?: number;
}

const defaultTolerance = 0.001;

/** Decimals of a baseline's scores, as of a result file's. */
const places = 6;

/** The matchers, as they are called. */
export interface ModelMatchers<Result = Promise<void>> {
  /**
   * That a model's main score on a task is at least this. The model is evaluated unless that was done before in this
   * process.
   *
   * @param minimum On the scale of result files, mostly 0 to 1: 81 points are 0.81.
   *
   * @example
   * await expect("./checkpoint-500").toScoreAtLeast("STSBenchmark", 0.81);
   */
  toScoreAtLeast: (task: string, minimum: number) => Result;
  /**
   * That a model's scores are those of a file, within a tolerance. The file is written where it is missing (but not in
   * CI), and anew with `vitest -u`. A model that is given without tasks is run on those of the file; of one with tasks,
   * these alone are compared. There is no `.not`.
   *
   * @param file From the folder of the test file.
   *
   * @example
   * const model = { model: "./checkpoint-500", tasks: ["STSBenchmark", "SICK-R"] };
   * await expect(model).toMatchBaseline("baseline.json", { tolerance: 0.002 });
   */
  toMatchBaseline: (file: string, options?: BaselineOptions) => Result;
}

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: the parameters of a merged interface must be vitest's own
  interface Matchers<T = any> extends ModelMatchers {}
}

/** Loaded on the first evaluation: half a second that a test file without one is spared. */
const evaluateOnce = sharing(async (options) => (await import("./evaluate.ts")).evaluate(options));
const onBaselines = inTurn();

/** JavaScript may expect it of anything. */
function requireModel(model: unknown): void {
  if (typeof model === "string" || (typeof model === "object" && model !== null)) return;
  throw new InputError(
    `expect: ${JSON.stringify(model)} is no model; expected a model's name or folder, options, or an evaluation`,
  );
}

const isEvaluation = (model: SharedOptions | ModelEvaluation): model is ModelEvaluation => "scores" in model;

/** Evaluations that have the tasks of the model under test; where it names none, those of `otherwise`. */
async function evaluationsOf(model: ModelUnderTest, otherwise: readonly string[]): Promise<readonly ModelEvaluation[]> {
  if (typeof model === "string") return evaluateOnce({ model, tasks: otherwise });
  if (isEvaluation(model)) return [model];
  const { tasks, benchmark } = model;
  return evaluateOnce(tasks === undefined && benchmark === undefined ? { ...model, tasks: otherwise } : model);
}

/** The score of a task in evaluations. Throws InputError where none has it, or it is undefined. */
function outcomeOf(evaluations: readonly ModelEvaluation[], task: string): TaskOutcome & Named {
  const evaluation = evaluations.find(({ scores }) => Object.hasOwn(scores, task));
  if (evaluation === undefined) {
    const there = evaluations.flatMap(({ scores }) => Object.keys(scores));
    throw new InputError(
      `expect: the evaluation has no task ${JSON.stringify(task)}${didYouMean(task, there)}; it has ${there.join(", ")}`,
    );
  }
  const { scores, results, model, revision } = evaluation;
  const score = scores[task];
  const result = results.find((one) => one.task === task);
  if (score === undefined || !Number.isFinite(score)) {
    const entries = Object.values(result?.splits ?? {}).flat();
    const reasons = entries.flatMap(({ undefinedScores }) => Object.values(undefinedScores));
    throw new InputError(`task ${task}: ${model} has no score, it is undefined: ${[...new Set(reasons)].join("; ")}`);
  }
  // What a benchmark counts as one task has no result, and its data no revision, of its own.
  return { score, datasetRevision: result?.datasetRevision ?? "1", model, revision };
}

type Named = Pick<Baseline, "model" | "revision">;

/** Whether the options have the task, so that it is run together with the others. */
function withTask(model: ModelUnderTest, task: string): ModelUnderTest {
  if (typeof model === "string" || isEvaluation(model) || model.tasks === undefined) return model;
  return model.tasks.some((one) => nameOf(one) === task) ? model : { ...model, tasks: [task] };
}

async function toScoreAtLeast(
  this: MatcherState,
  model: ModelUnderTest,
  task: string,
  minimum: number,
): Promise<Awaited<MatcherResult>> {
  if (typeof minimum !== "number" || !(Math.abs(minimum) <= 1)) {
    const hint = minimum > 1 && minimum <= 100 ? `; ${minimum} points are ${minimum / 100}` : "";
    throw new InputError(`toScoreAtLeast: ${minimum} is no score; expected a number from −1 to 1${hint}`);
  }
  requireModel(model);
  const evaluations = await evaluationsOf(withTask(model, task), [task]);
  const { score, ...name } = outcomeOf(evaluations, task);
  const difference = score - minimum;
  const decimals = decimalsFor(difference);
  const fixed = (value: number): string => value.toFixed(decimals);
  return {
    pass: score >= minimum,
    message: () =>
      `${nameAndRevision(name)} scores ${fixed(score)} on ${task}, ${fixed(Math.abs(difference))} ` +
      (difference < 0
        ? `below the ${fixed(minimum)} that it should reach`
        : `above the ${fixed(minimum)} that it should not reach`),
  };
}

async function readBaseline(file: string): Promise<Baseline | undefined> {
  try {
    return parseBaseline(await readFile(file, "utf8"), file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    if (error instanceof InputError) throw error;
    throw new InputError(`baseline ${file}: it cannot be read: ${messageOf(error)}`);
  }
}

const writeBaseline = (path: string, baseline: Baseline): Promise<string> =>
  replaceFile(dirname(path), basename(path), formatBaseline(baseline));

/** What was measured, in the form of a baseline. */
async function currentScores(model: ModelUnderTest, base: Baseline | undefined, file: string): Promise<Baseline> {
  const known = Object.keys(base?.tasks ?? {});
  const named = typeof model === "object" && (isEvaluation(model) || (model.tasks ?? model.benchmark) !== undefined);
  if (!named && known.length === 0) {
    throw new InputError(
      `baseline ${file}: there is none yet that names tasks; expected a model with tasks, such as ` +
        '{ model: "./checkpoint-500", tasks: ["STSBenchmark"] }',
    );
  }
  const evaluations = await evaluationsOf(model, known);
  const tasks = evaluations.flatMap((one) => Object.keys(one.scores));
  const asked = typeof model === "object" && "tasks" in model ? model.tasks?.map(nameOf) : undefined;
  const outcomes = [...new Set(asked ?? (named ? tasks : known))].map((task) => {
    const { score, datasetRevision, ...name } = outcomeOf(evaluations, task);
    return { task, name, outcome: { score: roundHalfEven(score, places), datasetRevision } };
  });
  const name = outcomes[0]?.name ?? { model: "", revision: "" };
  const byTask = outcomes.map(({ task, outcome }) => [task, outcome] as const);
  return { pramana: pramanaVersion(), ...name, tasks: Object.fromEntries(byTask) };
}

async function toMatchBaseline(
  this: MatcherState,
  model: ModelUnderTest,
  file: string,
  { tolerance = defaultTolerance }: BaselineOptions = {},
): Promise<Awaited<MatcherResult>> {
  if (this.isNot) throw new InputError("toMatchBaseline: it has no .not; hold a score against a bound instead");
  if (!(tolerance >= 0 && tolerance <= 1)) {
    throw new InputError(`toMatchBaseline: the tolerance is ${tolerance}; expected a number from 0 to 1`);
  }
  requireModel(model);
  const { testPath, snapshotState } = this;
  const path = isAbsolute(file) ? file : join(testPath === undefined ? resolve() : dirname(testPath), file);
  const update = snapshotState.snapshotUpdateState;
  return onBaselines(async () => {
    const base = await readBaseline(path);
    const now = await currentScores(model, base, file);
    if (base === undefined) {
      if (update !== "none") await writeBaseline(path, now);
      return { pass: update !== "none", message: () => missingMessage(file) };
    }
    const found = deviations(base, now, tolerance);
    if (found.length === 0) return { pass: true, message: () => `${nameAndRevision(now)} matches ${file}` };
    if (update === "all" || (update === "new" && onlyLacks(base, now, found))) {
      await writeBaseline(path, merged(base, now));
      return { pass: true, message: () => `${file} is written anew` };
    }
    return { pass: false, message: () => describeDeviations(file, base, now, found, tolerance) };
  });
}

const missingMessage = (file: string): string =>
  `baseline ${file} does not exist, and in CI none is written; run the tests once elsewhere, or with \`vitest -u\`, and ` +
  "commit the file";

/** For `extend` of another `expect` than vitest's own, which has them once this file is imported. */
export const matchers = { toScoreAtLeast, toMatchBaseline };

expect.extend(matchers);
