import { InputError } from "../datasets/errors.ts";
import type { ModelEvaluation } from "./evaluate.ts";

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
