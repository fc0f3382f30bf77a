/** The interface for programs. The matchers for vitest are in `pramana/vitest`. */
export { InputError } from "../datasets/errors.ts";
export type { EncoderInfo, Role } from "../models/encoder.ts";
export type { RunEvent } from "../runners/events.ts";
export type { TaskResult } from "../runners/results/result.ts";
export type { TaskSpec } from "../tasks/task.ts";
export { type CompareOptions, compare, type GatedComparison, type TrippedRule } from "./compare-stored-runs.ts";
export { type OpenModel, openModel, type TextOptions } from "./encode.ts";
export { type EvaluateOptions, evaluate } from "./evaluate.ts";
export { FailedTasksError, type ModelEvaluation } from "./evaluation.ts";
export type { ModelOptions } from "./options.ts";
export type { OwnTask } from "./tasks.ts";
