import { InputError } from "../datasets/errors.ts";
import type { TaskResult } from "../runners/results/result.ts";
import type { TaskType } from "../tasks/task.ts";

/** What a model reached. Scores are as in result files: 0 to 1, correlations −1 to 1; NaN where undefined. */
export interface ModelEvaluation {
  /** Its name with what changes its scores: `org/model`, `local/checkpoint-500`, `org/model[precision=int8]`. */
  readonly model: string;
  /** Commit hash, or for a folder the hash of its contents. */
  readonly revision: string;
  /** Main score by task; where a benchmark counts some tasks as one (CQADupstack), that one too. */
  readonly scores: Readonly<Record<string, number>>;
  /** Mean over the tasks; NaN where one is. */
  readonly meanTask: number;
  /** Mean over the means of the task types; NaN where one is. */
  readonly meanType: number;
  /** Mean over the tasks of each type that there is. */
  readonly byType: Readonly<Partial<Record<TaskType, number>>>;
  /** Every score of every split and subset, and what ran on what, in the order of the tasks. */
  readonly results: readonly TaskResult[];
  /** What the command line would have told on standard error: prompts that apply to nothing, unsupported tasks. */
  readonly notes: readonly string[];
}

/** Some tasks could not be run. The others were: `finished` has their scores. */
export class FailedTasksError extends InputError {
  /** Why, by task. */
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
