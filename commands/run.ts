import { asUsage, UsageError } from "../datasets/errors.ts";
import { count, flagOf } from "../datasets/shown.ts";
import { withPrompts } from "../models/prompts/prompting.ts";
import { promptTable } from "../reports/prompt-table.ts";
import { requiredOf, requiredTask } from "../reports/required.ts";
import type { RunReport } from "../reports/run-report.ts";
import type { RunEvent } from "../runners/events.ts";
import { type MeasureChoice, type Measured, measure } from "../runners/measure.ts";
import { readPrompting } from "../runners/model/open-model.ts";
import { type ChosenPrompts, readPrompts } from "../runners/model/prompts.ts";
import { describeFailure } from "../runners/run.ts";
import { selectTasks, type TaskChoices } from "../runners/select.ts";
import type { World } from "../runners/world.ts";
import { getBenchmark } from "../tasks/benchmarks.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { type dryRunFormats, type FormatOf, formatFor, runFormats } from "./formats.ts";
import { pointToShow } from "./models-show.ts";
import { nameTasks } from "./run-unnamed.ts";
import { type Terminal, worldOf } from "./terminal.ts";

/** How tasks are run with one model. */
export interface RunChoice extends MeasureChoice, TaskChoices {
  readonly results: string;
  /** File of prompts, or a model that some are published about. */
  readonly prompts?: string;
  /** Tell what a run would need and take, in a form, and run nothing. */
  readonly dryRun?: true | FormatOf<typeof dryRunFormats>;
  /** Print what is put before the texts of each task, and run nothing. */
  readonly explain?: boolean;
  /** Address of the queue whose workers run the tasks; beside `store`. */
  readonly queue?: string;
  /** Folder or S3 address that those workers share. */
  readonly store?: string;
  /** Name of the hardware whose workers are to do it, where there are several kinds. */
  readonly hardware?: string;
  /** Most documents of a shard, beside a queue: a larger corpus is cut. */
  readonly shardSize?: number;
}

/** How tasks are run, with one model or with several. */
export interface RunOptions extends Omit<RunChoice, "model"> {
  readonly model?: readonly string[];
  /** Default: a table. */
  readonly format?: FormatOf<typeof runFormats>;
}

/** Options that are of one model, or whose files are. */
const ofOneModel = ["name", "revision", "fusion", "weights", "savePredictions"] as const;

/** Returns the choice for each of the models, each once. Throws `UsageError` for options that only one can have. */
function choicesOf({ model = [], ...rest }: RunOptions, { err }: Terminal): readonly RunChoice[] {
  const models = [...new Set(model)];
  if (models.length === 0) return [rest];
  if (models.length > 1) {
    const given = ofOneModel.filter((key) => rest[key] !== undefined).map(flagOf);
    if (given.length > 0) {
      throw new UsageError(`${given.join(" and ")}: of one model, and here are ${models.length}; run them one by one`);
    }
    const twice = models.filter((one) => model.indexOf(one) < model.lastIndexOf(one));
    for (const one of twice) err(`model: ${one} is named more than once, and runs once\n`);
  }
  return models.map((one) => ({ ...rest, model: one }));
}

/**
 * Runs what is asked with one model after the other, each closed before the next is opened. One of several that fails is told
 * and does not stop the others.
 */
async function withEach(
  choices: readonly RunChoice[],
  measureOne: (choice: RunChoice, world: World) => Promise<Measured>,
  terminal: Terminal,
): Promise<Pick<RunReport, "runs" | "failed">> {
  const { err, signal } = terminal;
  const runs: RunReport["runs"][number][] = [];
  const failed: { model: string; reason: string }[] = [];
  for (const [i, choice] of choices.entries()) {
    const { model = "" } = choice;
    if (choices.length > 1) err(`model ${i + 1} of ${choices.length}: ${model}\n`);
    const failures = new Map<string, string>();
    const world = worldOf(terminal);
    const emit = (event: RunEvent): void => {
      if (event.kind === "task-failed") for (const task of event.tasks) failures.set(task, event.message);
      world.emit(event);
    };
    try {
      runs.push({ ...(await measureOne(choice, { ...world, emit })), failures });
    } catch (error) {
      signal.throwIfAborted();
      if (choices.length === 1) throw error;
      const reason = describeFailure(error);
      err(`${model} failed: ${reason}\n`);
      failed.push({ model, reason });
    }
  }
  if (failed.length > 0) {
    err(
      `${failed.length} of ${count(choices.length, "model")} failed: ${failed.map(({ model }) => model).join(", ")}\n`,
    );
  }
  return { runs, failed };
}

/** Prints what is put before the texts of each task. */
async function explain(
  choices: readonly RunChoice[],
  tasks: readonly TaskSpec[],
  prompts: ChosenPrompts | undefined,
  terminal: Terminal,
): Promise<void> {
  for (const choice of choices) {
    const own = await readPrompting(choice, worldOf(terminal).hub);
    if (choices.length > 1) terminal.out(`${choice === choices[0] ? "" : "\n"}${choice.model}\n\n`);
    terminal.out(promptTable(prompts === undefined ? own : withPrompts(own, prompts.given), tasks));
    pointToShow(choice, terminal);
  }
}

/**
 * Runs tasks, stores their results, prints their scores. Returns the number of tasks and models that failed or could not be
 * stored; those that were to be skipped do not count.
 */
export async function run(given: RunOptions, terminal: Terminal): Promise<number> {
  const options = await nameTasks(given, terminal);
  const choices = choicesOf(options, terminal);
  const { tasks: chosen, benchmark } = await asUsage(() => selectTasks(options));
  const prompts = await readPrompts(options.prompts, chosen, worldOf(terminal));
  if (options.explain) {
    await explain(choices, chosen, prompts, terminal);
    return 0;
  }
  if (options.dryRun !== undefined) {
    const { printDryRun } = await import("./dry-run.ts");
    return printDryRun(options.dryRun === true ? "text" : options.dryRun, choices, chosen, prompts, terminal);
  }
  const write = await runFormats[formatFor(options.format, terminal.outWidth)].load();
  const required = benchmark === undefined ? chosen.map(requiredTask) : requiredOf(benchmark);
  const left = benchmark === undefined ? [] : getBenchmark(benchmark).unsupported;
  if (left.length > 0) terminal.err(`${benchmark}: not supported and left out: ${left.join(", ")}\n`);
  const isQueued = [options.queue, options.store, options.hardware, options.shardSize].some((one) => one !== undefined);
  const measureOne = async (choice: RunChoice, world: World): Promise<Measured> =>
    isQueued
      ? (await import("./run-queued.ts")).runQueued(choice, chosen, world)
      : measure({ overwrite: false, mixed: false, skipMissing: false, ...choice }, chosen, prompts, world);
  const { runs, failed } = await withEach(choices, measureOne, terminal);
  const report = { runs, failed, ran: chosen.map(requiredTask), required, benchmark };
  terminal.out(write(report, terminal.outWidth ?? Number.POSITIVE_INFINITY));
  const missing = runs.map(
    ({ skipped, results, unstored }) => chosen.length - skipped.length - results.length + unstored,
  );
  return missing.reduce((sum, one) => sum + one, failed.length);
}
