import { marked } from "../models/marks.ts";
import { openKernels } from "../models/ort-kernels.ts";
import { withAggregates } from "../reports/aggregates.ts";
import { makeLeaderboard } from "../reports/leaderboard.ts";
import { leaderboardMarkdown } from "../reports/render.ts";
import { type RequiredTask, requiredOf, requiredTask } from "../reports/required.ts";
import { taskTable } from "../reports/task-table.ts";
import { readEnvironment } from "../runners/environment.ts";
import type { TaskResult } from "../runners/result.ts";
import { runTasks } from "../runners/run.ts";
import { selectTasks, type TaskChoices } from "../runners/select.ts";
import { resultFolder, writeModelMeta, writeResult } from "../runners/store.ts";
import { aggregates } from "../tasks/aggregates.ts";
import { getBenchmark } from "../tasks/benchmarks.ts";
import type { Estimator } from "../tasks/task.ts";
import { type ModelChoice, openEncoder } from "./model.ts";
import { asUsage, hubOf, progressTo, type Terminal } from "./terminal.ts";

export interface RunChoice extends ModelChoice, TaskChoices {
  readonly results: string;
  readonly estimator: Estimator;
}

/** Runs tasks, stores their results, prints their scores. Returns the number of tasks that failed. */
export async function run(choice: RunChoice, terminal: Terminal): Promise<number> {
  const { tasks: chosen, benchmark } = await asUsage(() => selectTasks(choice));
  const required = benchmark === undefined ? chosen.map(requiredTask) : requiredOf(benchmark);
  const left = benchmark === undefined ? [] : getBenchmark(benchmark).unsupported;
  if (left.length > 0) terminal.err(`${benchmark}: not supported and left out: ${left.join(", ")}\n`);
  const emit = progressTo(terminal);
  const hub = hubOf(terminal, emit);
  const encoder = await openEncoder(choice, hub);
  const kernels = await openKernels({ threads: choice.threads });
  try {
    const { id } = encoder.info;
    const model = choice.estimator === "official" ? id : marked(id, `estimator=${choice.estimator}`);
    const folder = resultFolder(choice.results, model, encoder.info.revision);
    await writeModelMeta(folder, { ...encoder.info, id: model });
    const plan = { encoder, model, tasks: chosen, estimator: choice.estimator, kernels };
    const store = (result: TaskResult) => writeResult(folder, result);
    const { now, signal } = terminal;
    const results = await runTasks(plan, { hub, environment: readEnvironment(), store, emit, now, signal });
    terminal.err(`results in ${folder}\n`);
    terminal.out(summary(model, encoder.info.revision, results, chosen.map(requiredTask), required));
    return chosen.length - results.length;
  } finally {
    await Promise.all([encoder.close(), kernels.close()]);
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
