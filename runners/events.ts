import type { PlacedFinding } from "../tasks/findings/kinds.ts";
import type { TaskResult } from "./results/result.ts";

/** An event of a run, in the order in which they happen. */
export type RunEvent =
  /** `tasks`: names of the tasks, in order. `work`: how much each is expected to take, in any unit; where it is known. */
  | {
      readonly kind: "run-started";
      readonly model: string;
      readonly tasks: readonly string[];
      readonly work?: readonly number[];
    }
  /** `index`: position among the tasks, from 1. `count`: number of tasks. */
  | { readonly kind: "task-started"; readonly task: string; readonly index: number; readonly count: number }
  /** Another process is at a task, which is left for later; `by` names it. */
  | { readonly kind: "task-taken"; readonly task: string; readonly by: string }
  /** Nothing is left but what other processes are at. */
  | { readonly kind: "awaiting"; readonly tasks: readonly string[]; readonly by: string }
  /** The next of a task's several subsets and splits: `index` from 1, `count` of them. */
  | { readonly kind: "place-started"; readonly task: string; readonly index: number; readonly count: number }
  /** `file`: the file that is being read, where that is known. */
  | { readonly kind: "loading"; readonly task: string; readonly file?: string }
  /** The rows of a task that is only looked at were read. */
  | { readonly kind: "loaded"; readonly task: string }
  /** `received` and `total` in bytes; `total` is undefined where the server does not say. */
  | {
      readonly kind: "downloading";
      readonly repository: string;
      readonly file: string;
      readonly received: number;
      readonly total: number | undefined;
    }
  /** `seconds` that are left of a wait that a server asked for. */
  | { readonly kind: "waiting"; readonly host: string; readonly seconds: number }
  /** `done` and `total` in data sets whose files are looked up. */
  | { readonly kind: "surveying"; readonly done: number; readonly total: number }
  /** `done` and `total` in bytes of all files that are fetched; `files` are there of `count`. */
  | {
      readonly kind: "fetching";
      readonly done: number;
      readonly total: number;
      readonly files: number;
      readonly count: number;
    }
  /** `done` and `total` in files of results. */
  | { readonly kind: "reading"; readonly done: number; readonly total: number }
  /** `done` and `total` in bytes of files whose checksums are computed. */
  | { readonly kind: "checking"; readonly done: number; readonly total: number }
  /** `what`: name of the next measurement. `done` and `total` in expected seconds; `total` is 0 while nothing can be said. */
  | { readonly kind: "measuring"; readonly what: string; readonly done: number; readonly total: number }
  /** `done` and `total` in tasks, with the share of the one at work. */
  | { readonly kind: "comparing"; readonly task: string; readonly done: number; readonly total: number }
  /** `done` and `total` in units of a run whose units others do; `workers` that are connected. */
  | {
      readonly kind: "queued";
      readonly done: number;
      readonly total: number;
      readonly running: number;
      readonly failed: number;
      readonly workers: number;
    }
  /** `done` and `total` in subsets that are scored together. */
  | { readonly kind: "scoring"; readonly task: string; readonly done: number; readonly total: number }
  /** `done` and `total` in texts. */
  | { readonly kind: "encoding"; readonly task: string; readonly done: number; readonly total: number }
  /**
   * Something peculiar about a task's rows, told where it is first found: further subsets with the same are not.
   * `places`: number of the task's subsets and splits.
   */
  | { readonly kind: "finding"; readonly task: string; readonly finding: PlacedFinding; readonly places: number }
  /**
   * `mainScore`: as in the result, mostly 0 to 1; NaN where undefined. `seconds`: of the whole task, with loading.
   * `isOthers`: another process stored it meanwhile.
   */
  | {
      readonly kind: "task-finished";
      readonly task: string;
      readonly mainScore: number;
      readonly seconds: number;
      readonly result: TaskResult;
      readonly isOthers?: boolean;
    }
  /** One cause for all of these tasks: several where it was known before any was run. */
  | { readonly kind: "task-failed"; readonly tasks: readonly string[]; readonly message: string }
  /** `failed`: number of tasks that failed. */
  | { readonly kind: "run-finished"; readonly seconds: number; readonly failed: number };
