import type { Samples } from "../tasks/samples.ts";
import type { SubsetResult } from "./results/result.ts";

/**
 * One subset of one split, scored: the smallest piece of a task that outlives the process. Besides its scores it holds
 * what it adds to the task's record, so that a task put together from units of several runs has the record of one.
 */
export interface Unit extends Omit<SubsetResult, "languages"> {
  readonly split: string;
  /** What the main score is made of, where the protocol says. */
  readonly samples?: Samples | undefined;
  /** Texts that the model encoded, and tokens that it saw. */
  readonly texts: number;
  readonly tokens: number;
  /** Seconds in the model, and of all. */
  readonly encodingSeconds: number;
  readonly seconds: number;
  /** What was put before the texts, by role or `text`. */
  readonly prompts: Readonly<Record<string, string>>;
}
