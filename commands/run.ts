import type { Quantization } from "../models/forms/quantization.ts";
import { marked } from "../models/marks.ts";
import { closeAll, openAll } from "../models/runtime/open-all.ts";
import { openKernels } from "../models/runtime/ort-kernels.ts";
import { withAggregates } from "../reports/aggregates.ts";
import { makeLeaderboard } from "../reports/leaderboard.ts";
import { leaderboardMarkdown } from "../reports/render.ts";
import { type RequiredTask, requiredOf, requiredTask } from "../reports/required.ts";
import { taskTable } from "../reports/task-table.ts";
import { readEnvironment } from "../runners/environment.ts";
import { requireAnyTask } from "../runners/model.ts";
import type { TaskResult } from "../runners/result.ts";
import { runTasks } from "../runners/run.ts";
import { selectTasks, type TaskChoices } from "../runners/select.ts";
import { resultFolder, writeModelMeta, writeResult } from "../runners/store.ts";
import { aggregates } from "../tasks/aggregates.ts";
import { getBenchmark } from "../tasks/benchmarks.ts";
import type { Estimator } from "../tasks/task.ts";
import { acceleratorOf, findDevice } from "./device.ts";
import { explain } from "./explain.ts";
import { type ModelChoice, openModelOrRanker } from "./model.ts";
import { applyPrompts, readPrompts } from "./prompts.ts";
import { asUsage, hubOf, progressTo, type Terminal } from "./terminal.ts";

export interface RunChoice extends ModelChoice, TaskChoices {
  readonly results: string;
  readonly estimator: Estimator;
  /** File of prompts, or a model that some are published about. */
  readonly prompts?: string;
  /** Print what is put before the texts and run nothing. */
  readonly explain?: boolean;
  readonly quantize?: Quantization;
}

/** Runs tasks, stores their results, prints their scores. Returns the number of tasks that failed. */
export async function run(choice: RunChoice, terminal: Terminal): Promise<number> {
  const { tasks: chosen, benchmark } = await asUsage(() => selectTasks(choice));
  const prompts = await readPrompts(choice.prompts, chosen, terminal);
  if (choice.explain) return explain(choice, chosen, prompts, terminal);
  const required = benchmark === undefined ? chosen.map(requiredTask) : requiredOf(benchmark);
  const left = benchmark === undefined ? [] : getBenchmark(benchmark).unsupported;
  if (left.length > 0) terminal.err(`${benchmark}: not supported and left out: ${left.join(", ")}\n`);
  const emit = progressTo(terminal);
  const hub = hubOf(terminal, emit);
  const device = await findDevice(choice.device, terminal.env);
  const [opened, kernels] = await openAll([
    openModelOrRanker(choice, { ...terminal, hub, device }),
    openKernels({ threads: choice.threads }),
  ]);
  try {
    await asUsage(() => requireAnyTask(opened, chosen));
    const encoder = applyPrompts(opened, prompts, chosen);
    const { quantize: quantization } = choice;
    const id = quantization === undefined ? encoder.info.id : marked(encoder.info.id, quantization);
    const model = choice.estimator === "official" ? id : marked(id, `estimator=${choice.estimator}`);
    const folder = resultFolder(choice.results, model, encoder.info.revision);
    await writeModelMeta(folder, { ...encoder.info, id: model });
    const form = quantization === undefined ? {} : { quantization };
    const plan = { encoder, model, tasks: chosen, estimator: choice.estimator, ...form, kernels };
    const store = (result: TaskResult) => writeResult(folder, result);
    const { now, signal } = terminal;
    const environment = readEnvironment(await acceleratorOf(encoder.info.device, terminal.env));
    const results = await runTasks(plan, { hub, environment, store, emit, now, signal });
    terminal.err(`results in ${folder}\n`);
    terminal.out(summary(model, encoder.info.revision, results, chosen.map(requiredTask), required));
    return chosen.length - results.length;
  } finally {
    await closeAll([opened, kernels]);
  }
}

/** Each task's score and speed, then the means. */
function summary(
  model: string,
  revision: string,
  results: readonly TaskResult[],
  ran: readonly RequiredTask[],
  required: readonly RequiredTask[],
): string {
  const stored = withAggregates(
    results.map((result) => ({ model, revision, result, file: "" })),
    aggregates,
    ran,
  );
  const board = leaderboardMarkdown(makeLeaderboard(stored, [...ran, ...required], required));
  return `${taskTable([{ model, results }], ran)}\n${board}`;
}
