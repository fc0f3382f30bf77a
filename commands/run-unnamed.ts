import { asUsage, InputError } from "../datasets/errors.ts";
import { count } from "../datasets/shown.ts";
import { standardQuick } from "../reports/prediction/quick-size.ts";
import type { ForeseenTask } from "../runners/dry-run.ts";
import { namesTasks, selectTasks, standardBenchmark } from "../runners/select.ts";
import type { RunChoice, RunOptions } from "./run-options.ts";
import { type Terminal, worldOf } from "./terminal.ts";

/** The built-in model on the built-in benchmark: a first try, which takes seconds and no network. */
const sample = { model: "pramana/static-minilm-128", benchmark: "pramana-mini" };

/**
 * Completes a choice that names no tasks. Where few are to stand for a benchmark, it is the standard one; where it names nothing at all, it is that of the sample. Where it names a model, a
 * whole benchmark would be hours of work: what that takes is told on a terminal, and run where the user says yes.
 *
 * @throws UsageError where nobody can be asked, InputError where the answer is no
 */
export async function nameTasks(choice: RunOptions, terminal: Terminal): Promise<RunOptions> {
  // A number, as files of options have it.
  if (choice.quick !== undefined) {
    return { benchmark: standardBenchmark, ...choice, quick: choice.quick === true ? standardQuick : choice.quick };
  }
  if (namesTasks(choice)) return choice;
  if (![choice.model, choice.queryModel, choice.documentModel].some((name) => name !== undefined)) {
    terminal.err(
      `nothing was named, so this is the sample: --model ${sample.model} --benchmark ${sample.benchmark}; --help shows ` +
        "what else there is\n",
    );
    return { ...choice, model: [sample.model], benchmark: sample.benchmark };
  }
  const standard = { ...choice, benchmark: standardBenchmark };
  // These two run nothing.
  if (choice.explain || choice.dryRun !== undefined) return standard;
  if (terminal.ask === undefined) await asUsage(() => selectTasks(choice));
  return askForStandard(standard, terminal);
}

/**
 * Tells what the standard benchmark takes, of several models with the first, and asks whether to run it, without the tasks
 * whose data cannot be had.
 */
async function askForStandard(choice: RunOptions, terminal: Terminal): Promise<RunOptions> {
  const { tasks } = await asUsage(() => selectTasks(choice));
  const { dryRun } = await import("../runners/dry-run.ts");
  const { model: [model = {}, ...more] = [], ...rest } = choice;
  const first: RunChoice = { ...rest, ...(typeof model === "string" ? { model } : model) };
  const plan = await dryRun(first, tasks, undefined, worldOf(terminal));
  const { dryRunHead } = await import("../reports/dry-run.ts");
  const isLacking = ({ state }: ForeseenTask): boolean => state === "not to be had";
  const others = plan.tasks.filter((task) => !isLacking(task));
  const lacking = tasks.length - others.length;
  const left = others.filter(({ state }) => state !== "stored").length;
  const each = more.length === 0 ? "" : ` with each of ${count(more.length + 1, "model")}`;
  terminal.err(`no tasks were named; those of ${standardBenchmark} would take${each}\n`);
  // The vectors are counted of all tasks.
  terminal.err(dryRunHead(lacking === 0 ? plan : { ...plan, tasks: others, vectorBytes: null }));
  if (lacking > 0) terminal.err(`the data of ${count(lacking, "other task")} cannot be had; --dry-run says why\n`);
  const answer = left > 0 ? await terminal.ask?.(`run ${count(left, "task")}? [y/N] `) : "";
  if (!/^\s*y(?:es)?\s*$/i.test(answer ?? "")) {
    throw new InputError("run: nothing was run; --tasks A,B or --benchmark NAME say what is to be");
  }
  return lacking === 0 ? choice : { ...choice, skipMissing: true };
}
