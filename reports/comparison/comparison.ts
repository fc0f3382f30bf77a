import type { TaskType } from "../../tasks/task.ts";

/** Whose results are compared. */
export interface RunName {
  readonly model: string;
  readonly revision: string;
}

/** Two scores, 0 … 1, and what can be said about their difference. */
export interface Difference {
  readonly base: number;
  readonly candidate: number;
  /** Candidate minus base. */
  readonly difference: number;
  /** Interval of the difference at the comparison's confidence; absent where no samples tell how sure it is. */
  readonly interval?: readonly [low: number, high: number];
  /**
   * Two-sided, that the difference is 0; of tasks, corrected for their number (Holm), and so of types. Absent with the
   * interval.
   */
  readonly pValue?: number;
  /** With how many degrees of freedom the spread is known that the interval shows; infinite where it is 0. */
  readonly degreesOfFreedom?: number;
}

/** `unknown`: the scores are comparable, but no samples are stored that would tell how sure the difference is. */
export type Verdict = "better" | "worse" | "no difference" | "unknown";

export interface TaskComparison extends Difference {
  readonly task: string;
  readonly type: TaskType;
  readonly verdict: Verdict;
}

/** A task that both have and that cannot be compared, or that one lacks. */
export interface IncomparableTask {
  readonly task: string;
  readonly type: TaskType;
  /** For people: what differs, and between what. */
  readonly reason: string;
}

/** A mean over tasks: of a type, or of all. */
export interface MeanComparison extends Difference {
  readonly verdict: Verdict;
  /** How many tasks it is over. */
  readonly tasks: number;
}

/** What is said of two runs. */
export interface Comparison {
  readonly base: RunName;
  readonly candidate: RunName;
  /** 0.95. */
  readonly confidence: number;
  readonly resamples: number;
  readonly seed: number;
  /** Ordered by type, then name. */
  readonly tasks: readonly TaskComparison[];
  readonly incomparable: readonly IncomparableTask[];
  /** Mean over the compared tasks of each type, in the order of the table. */
  readonly types: readonly (MeanComparison & { readonly type: TaskType })[];
  /** Mean(Task) over the compared tasks; absent where there are none. */
  readonly overall?: MeanComparison;
  /** Mean(Type): the mean over `types`; absent where there are none. */
  readonly meanType?: MeanComparison;
  /** What a reader must know besides, for people: what could not be told, what was allowed to differ. */
  readonly notes: readonly string[];
}
