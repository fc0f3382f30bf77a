import { asUsage, UsageError } from "../datasets/errors.ts";
import { count, flagOf } from "../datasets/shown.ts";
import { withPrompts } from "../models/prompts/prompting.ts";
import { promptTable } from "../reports/prompt-table.ts";
import { requiredOf, requiredTask } from "../reports/required.ts";
import type { MeasuredRun, RunReport } from "../reports/run-report.ts";
import type { RunEvent } from "../runners/events.ts";
import { measure } from "../runners/measure.ts";
import { readPrompting } from "../runners/model/open-model.ts";
import { type ChosenPrompts, readPrompts } from "../runners/model/prompts.ts";
import { describeFailure } from "../runners/run.ts";
import { selectTasks } from "../runners/select.ts";
import type { World } from "../runners/world.ts";
import { getBenchmark } from "../tasks/benchmarks.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { writeLastRun } from "./config/last-run.ts";
import { formatFor, runFormats } from "./formats.ts";
import { pointToShow } from "./models-show.ts";
import { gate, outputsOf, requireGate, sureOptions } from "./run-after.ts";
import type { RunChoice, RunOptions } from "./run-options.ts";
import { nameTasks } from "./run-unnamed.ts";
import { type Terminal, worldOf } from "./terminal.ts";

/** Options that are of one model, or whose files are. */
const ofOneModel = ["name", "revision", "fusion", "weights", "savePredictions"] as const;

/** Returns the choice for each of the models, each once. Throws `UsageError` for options that only one can have. */
function choicesOf({ model: all = [], ...rest }: RunOptions, { err }: Terminal): readonly RunChoice[] {
  const model = all.map((one) => JSON.stringify(typeof one === "string" ? { model: one } : one));
  const models = [...new Set(model)];
  const choices = models.map((one): RunChoice => ({ ...rest, ...JSON.parse(one) }));
  if (choices.length === 0) return [rest];
  if (choices.length > 1) {
    const given = ofOneModel.filter((key) => rest[key] !== undefined).map(flagOf);
    if (given.length > 0) {
      throw new UsageError(`${given.join(" and ")}: of one model, and here are ${models.length}; run them one by one`);
    }
  }
  const twice = models.filter((one) => model.indexOf(one) < model.lastIndexOf(one));
  for (const one of twice) err(`model: ${nameOf(JSON.parse(one))} is named more than once, and runs once\n`);
  return choices;
}

/** Names the model or the pair of a choice, as the user did. */
const nameOf = ({ model, queryModel, documentModel }: Partial<RunChoice>): string =>
  model ?? [queryModel, documentModel].filter((one) => one !== undefined).join(" and ");

/**
 * Runs what is asked with one model after the other, each closed before the next is opened. One of several that fails is told
 * and does not stop the others. Returns with the runs their choices, in the same order.
 */
async function withEach(
  choices: readonly RunChoice[],
  measureOne: (choice: RunChoice, world: World) => Promise<MeasuredRun>,
  terminal: Terminal,
): Promise<Pick<RunReport, "runs" | "failed"> & { readonly done: readonly RunChoice[] }> {
  const { err, signal } = terminal;
  const done: RunChoice[] = [];
  const runs: RunReport["runs"][number][] = [];
  const failed: { model: string; reason: string }[] = [];
  for (const [i, choice] of choices.entries()) {
    const model = nameOf(choice);
    if (choices.length > 1) err(`model ${i + 1} of ${choices.length}: ${model}\n`);
    const failures = new Map<string, string>();
    const world = worldOf(terminal);
    const emit = (event: RunEvent): void => {
      if (event.kind === "task-failed") for (const task of event.tasks) failures.set(task, event.message);
      world.emit(event);
    };
    try {
      runs.push({ ...(await measureOne(choice, { ...world, emit })), failures });
      done.push(choice);
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
  return { runs, failed, done };
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
    if (choices.length > 1) terminal.out(`${choice === choices[0] ? "" : "\n"}${nameOf(choice)}\n\n`);
    terminal.out(promptTable(prompts === undefined ? own : withPrompts(own, prompts.given), tasks));
    pointToShow(choice, terminal);
  }
}

/**
 * Runs tasks, stores their results, prints their scores. Returns the number of tasks and models that failed or could not be
 * stored, and of models over which a rule tripped; tasks that were to be skipped do not count.
 */
export async function run(given: RunOptions, terminal: Terminal): Promise<number> {
  const options = await nameTasks(given, terminal);
  const choices = choicesOf(options, terminal);
  const quick = options.quick === undefined ? undefined : await (await import("./run-quick.ts")).chooseQuick(options);
  for (const line of quick?.lines ?? []) terminal.err(`${line}\n`);
  const selected = { ...options, ...quick?.selection };
  const { tasks: chosen, benchmark = quick?.selection.benchmark } = await asUsage(() => selectTasks(selected));
  const prompts = await readPrompts(options.prompts, chosen, worldOf(terminal));
  if (options.explain) {
    await explain(choices, chosen, prompts, terminal);
    return 0;
  }
  if (options.dryRun !== undefined) {
    const { printDryRun } = await import("./dry-run.ts");
    return printDryRun(options.dryRun === true ? "text" : options.dryRun, choices, chosen, prompts, terminal);
  }
  const form = formatFor(options.format, terminal.outWidth);
  const write = await runFormats[form].load();
  const writeAll = await outputsOf(options);
  await requireGate(selected, choices.length, terminal);
  const required = benchmark === undefined ? chosen.map(requiredTask) : requiredOf(benchmark);
  const left = benchmark === undefined || quick !== undefined ? [] : getBenchmark(benchmark).unsupported;
  if (left.length > 0) terminal.err(`${benchmark}: not supported and left out: ${left.join(", ")}\n`);
  const isQueued = [options.queue, options.store, options.hardware, options.shardSize].some((one) => one !== undefined);
  const sure = sureOptions(options, isQueued);
  const measureOne = async (choice: RunChoice, world: World): Promise<MeasuredRun> => {
    if (isQueued) return (await import("./run-queued.ts")).runQueued(choice, chosen, world);
    const whole = { overwrite: false, mixed: false, skipMissing: false, ...choice };
    if (sure === undefined) return measure(whole, chosen, prompts, world);
    const { runSure } = await import("./run-sure.ts");
    return runSure(sure, { choice: whole, tasks: chosen, prompts }, required, world);
  };
  const { runs, failed, done } = await withEach(choices, measureOne, terminal);
  const ran = chosen.map(requiredTask);
  const report = { runs, failed, ran, required, benchmark, ...(quick && { prediction: quick.predict(runs, ran) }) };
  terminal.out(write(report, terminal.outWidth ?? Number.POSITIVE_INFINITY));
  await writeAll(report);
  if (runs.length > 0) {
    const revisions = new Map(done.map((choice, i) => [choice, runs[i]?.revision]));
    await writeLastRun(options, choices, revisions, terminal);
  }
  const tripped = await gate(selected, report, form === "md" || form === "window", terminal);
  const missing = runs.map(
    ({ skipped, results, unstored }) => chosen.length - skipped.length - results.length + unstored,
  );
  return missing.reduce((sum, one) => sum + one, failed.length + tripped);
}
