import type { TaskResult } from "../../runners/results/result.ts";
import type { TaskSpec } from "../../tasks/task.ts";

/** A result of a task of the catalogue, which is published. */
export interface PublishedTask {
  readonly spec: TaskSpec;
  readonly result: TaskResult;
  /** The result's file as it is stored. */
  readonly text: string;
}
