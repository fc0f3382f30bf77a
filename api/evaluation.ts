import { InputError } from "../datasets/errors.ts";
import type { TaskResult } from "../runners/results/result.ts";
import type { TaskType } from "../tasks/task.ts";

/** Scores of a model, as in result files: 0 to 1, correlations −1 to 1; NaN where undefined. */
export interface ModelEvaluation {
  /** Name with the settings that change scores: `org/model`, `local/checkpoint-500`, `org/model[precision=int8]`. */
  readonly model: string;
  /** Commit hash, or for a folder the hash of its contents. */
  readonly revision: string;
  /** Main score by task; if a benchmark counts some tasks as one (CQADupstack), also of that one. */
  readonly scores: Readonly<Record<string, number>>;
  /** Mean over the tasks; NaN where one is. */
  readonly meanTask: number;
  /** Mean over the means of the task types; NaN where one is. */
  readonly meanType: number;
  /** Mean over the tasks of a type, for each type that occurs. */
  readonly byType: Readonly<Partial<Record<TaskType, number>>>;
  /** All scores of all splits and subsets, with the record of the run, in the order of the tasks. */
  readonly results: readonly TaskResult[];
  /** Lines that the command line tells on standard error: prompts that apply to nothing, unsupported tasks. */
  readonly notes: readonly string[];
}

/** Error of an evaluation some of whose tasks could not be run. The others were: `finished` has their scores. */
export class FailedTasksError extends InputError {
  /** Reason by task. */
  readonly failures: Readonly<Record<string, string>>;
  /** The evaluation without the failed tasks; means that need them are NaN. */
  readonly finished: ModelEvaluation;

  constructor(failures: Readonly<Record<string, string>>, finished: ModelEvaluation) {
    const reasons = Object.entries(failures).map(([task, reason]) => `${task}: ${reason}`);
    const count = reasons.length + finished.results.length;
    super(`tasks: ${reasons.length} of ${count} failed: ${reasons.join("; ")}`);
    this.failures = failures;
    this.finished = finished;
  }
}
