import type { TaskResult } from "./results/result.ts";

/** What happens in a run, in the order in which it happens. */
export type RunEvent =
  | {
      readonly kind: "run-started";
      readonly model: string;
      /** Names of the tasks, in order. */
      readonly tasks: readonly string[];
    }
  | {
      readonly kind: "task-started";
      readonly task: string;
      /** Place among the tasks, from 1. */
      readonly index: number;
      /** Number of tasks. */
      readonly count: number;
    }
  | {
      readonly kind: "loading";
      readonly task: string;
      /** What is being read, where that is known. */
      readonly file?: string;
    }
  | {
      readonly kind: "downloading";
      readonly repository: string;
      readonly file: string;
      /** Bytes. */
      readonly received: number;
      /** Bytes; undefined where the server does not say. */
      readonly total: number | undefined;
    }
  | {
      readonly kind: "reading";
      /** Files of results. */
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly kind: "measuring";
      /** What is measured next. */
      readonly what: string;
      /** Expected seconds that are over. */
      readonly done: number;
      /** Expected seconds of all; 0 while nothing can be said. */
      readonly total: number;
    }
  | {
      readonly kind: "comparing";
      readonly task: string;
      /** Tasks, with the share of the one at work. */
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly kind: "encoding";
      readonly task: string;
      /** Texts. */
      readonly done: number;
      /** Texts, those done among them. */
      readonly total: number;
    }
  | {
      readonly kind: "task-finished";
      readonly task: string;
      /** As in the result, mostly 0 to 1; NaN where undefined. */
      readonly mainScore: number;
      /** Of the whole task, loading included. */
      readonly seconds: number;
      readonly result: TaskResult;
    }
  | {
      readonly kind: "task-failed";
      readonly task: string;
      readonly message: string;
    }
  | {
      readonly kind: "run-finished";
      readonly seconds: number;
      /** Number of tasks that failed. */
      readonly failed: number;
    };
