/**
 * Matchers for vitest. Importing this file registers them: `import "pramana/vitest"` in a test, or
 * `setupFiles: ["pramana/vitest"]` in the configuration. See docs/testing-models.md.
 */
import { readFile } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { expect, type MatcherResult, type MatcherState } from "vitest";
import { codeOf, InputError, messageOf } from "../datasets/errors.ts";
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
  type Named,
  nameAndRevision,
  onlyLacks,
  parseBaseline,
  requireSameUnits,
  type TaskOutcome,
} from "./baseline.ts";
import type { ModelEvaluation } from "./evaluation.ts";
import { inTurn, type SharedOptions, sharing } from "./sharing.ts";
import { nameOf } from "./tasks.ts";

/** A model's name or folder, the options of `evaluate`, or an evaluation made before: the matchers take each of them. */
export type ModelUnderTest = string | SharedOptions | ModelEvaluation;

/** Options of a comparison with a baseline. */
export interface BaselineOptions {
  /**
   * Amount that a score may lie above or below, on the scale of 0 to 1: 0.002 is a fifth of a point. Default: 0.001, the
   * most by which other processors and libraries move a score.
   */
  readonly tolerance?: number;
}

/** Decimals of the scores of a baseline, as of those of a result file. */
const places = 6;

/** The matchers, as they are called. */
export interface ModelMatchers<Result = Promise<void>> {
  /**
   * Expects a model's main score on a task to be at least this. The model is evaluated unless that was done before in this
   * process.
   *
   * @param minimum On the scale of result files, mostly 0 to 1: 81 points are 0.81.
   *
   * @example
   * await expect("./checkpoint-500").toScoreAtLeast("STSBenchmark", 0.81);
   */
  toScoreAtLeast: (task: string, minimum: number) => Result;
  /**
   * Expects a model's scores to be those of a file, within a tolerance. The file is written where it is missing (but not in
   * CI), and anew with `vitest -u`. A model that is given without tasks is run on those of the file; of one with tasks,
   * these alone are compared. There is no `.not`.
   *
   * @param file Path, relative to the folder of the test file.
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

/** Evaluates once. What it needs is imported then: that takes half a second, which a test without it is spared. */
const evaluateOnce = sharing(async (options) => (await import("./evaluate.ts")).evaluate(options));
const onBaselines = inTurn();

/** Checks that a matcher was given a model: JavaScript may give it anything. */
function requireModel(model: unknown): void {
  if (typeof model === "string" || (typeof model === "object" && model !== null)) return;
  throw new InputError(
    `expect: ${JSON.stringify(model)} is no model; expected a model's name or folder, options, or an evaluation`,
  );
}

const isEvaluation = (model: SharedOptions | ModelEvaluation): model is ModelEvaluation => "scores" in model;

/** Evaluates the model under test on its tasks, or on those of `otherwise` where it names none. */
async function evaluationsOf(model: ModelUnderTest, otherwise: readonly string[]): Promise<readonly ModelEvaluation[]> {
  if (typeof model === "string") return evaluateOnce({ model, tasks: otherwise });
  if (isEvaluation(model)) return [model];
  const { tasks, benchmark } = model;
  return evaluateOnce(tasks === undefined && benchmark === undefined ? { ...model, tasks: otherwise } : model);
}

/** Finds the score of a task in evaluations. @throws InputError where none has it, or it is undefined */
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
  // Several tasks that a benchmark counts as one have no result and no revision of their data in common.
  return { score, datasetRevision: result?.datasetRevision ?? "1", model, revision };
}

/** Returns a model whose options name the task: as it is where they do, so that the task is run with the others. */
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
    if (codeOf(error) === "ENOENT") return undefined;
    if (error instanceof InputError) throw error;
    throw new InputError(`baseline ${file}: it cannot be read: ${messageOf(error)}`);
  }
}

const writeBaseline = (path: string, baseline: Baseline): Promise<string> =>
  replaceFile(dirname(path), basename(path), formatBaseline(baseline));

/** Measures the model, and returns its scores in the form of a baseline. */
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
  { tolerance = 0.001 }: BaselineOptions = {},
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
    requireSameUnits(base, now, file);
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

/** The matchers, for `extend` of another `expect` than vitest's own, which has them once this file is imported. */
export const matchers = { toScoreAtLeast, toMatchBaseline };

expect.extend(matchers);
