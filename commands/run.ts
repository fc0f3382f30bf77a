import { asUsage } from "../datasets/errors.ts";
import { withPrompts } from "../models/prompts/prompting.ts";
import { promptTable } from "../reports/prompt-table.ts";
import { requiredOf, requiredTask } from "../reports/required.ts";
import { type MeasureChoice, measure } from "../runners/measure.ts";
import { readPrompting } from "../runners/model/open-model.ts";
import { readPrompts } from "../runners/model/prompts.ts";
import { selectTasks, type TaskChoices } from "../runners/select.ts";
import { getBenchmark } from "../tasks/benchmarks.ts";
import type { dryRunFormats, FormatOf } from "./formats.ts";
import { pointToShow } from "./models-show.ts";
import { nameTasks } from "./run-unnamed.ts";
import { type Terminal, worldOf } from "./terminal.ts";

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

/**
 * Runs tasks, stores their results, prints their scores. Returns the number of tasks that failed or could not be stored;
 * those that were to be skipped do not count.
 */
export async function run(given: RunChoice, terminal: Terminal): Promise<number> {
  const choice = await nameTasks(given, terminal);
  const { tasks: chosen, benchmark } = await asUsage(() => selectTasks(choice));
  const world = worldOf(terminal);
  const prompts = await readPrompts(choice.prompts, chosen, world);
  if (choice.explain) {
    const own = await readPrompting(choice, world.hub);
    terminal.out(promptTable(prompts === undefined ? own : withPrompts(own, prompts.given), chosen));
    pointToShow(choice, terminal);
    return 0;
  }
  if (choice.dryRun !== undefined) {
    const { printDryRun } = await import("./dry-run.ts");
    return printDryRun(choice.dryRun === true ? "text" : choice.dryRun, choice, chosen, prompts, terminal);
  }
  const required = benchmark === undefined ? chosen.map(requiredTask) : requiredOf(benchmark);
  const left = benchmark === undefined ? [] : getBenchmark(benchmark).unsupported;
  if (left.length > 0) terminal.err(`${benchmark}: not supported and left out: ${left.join(", ")}\n`);
  const isQueued = [choice.queue, choice.store, choice.hardware, choice.shardSize].some((one) => one !== undefined);
  const measured = isQueued
    ? await (await import("./run-queued.ts")).runQueued(choice, chosen, world)
    : await measure({ overwrite: false, mixed: false, skipMissing: false, ...choice }, chosen, prompts, world);
  const { summary } = await import("./run-summary.ts");
  terminal.out(summary(measured, chosen.map(requiredTask), required, terminal.outWidth));
  return chosen.length - measured.skipped.length - measured.results.length + measured.unstored;
}
