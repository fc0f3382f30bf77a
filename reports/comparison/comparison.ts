import type { TaskType } from "../../tasks/task.ts";

/** Model and revision of a run. */
export interface RunName {
  readonly model: string;
  readonly revision: string;
}

/** Two scores, 0 … 1, and their difference. */
export interface Difference {
  readonly base: number;
  readonly candidate: number;
  /** Candidate minus base. */
  readonly difference: number;
  /** Interval of the difference at the comparison's confidence; absent where no samples are stored. */
  readonly interval?: readonly [low: number, high: number];
  /** Two-sided p-value; those of tasks, and those of types, are corrected for their number (Holm). Absent with the interval. */
  readonly pValue?: number;
  /** Degrees of freedom of the interval's spread; infinite where the spread is 0. */
  readonly degreesOfFreedom?: number;
}

/** `unknown`: the scores are comparable, but no samples are stored that would show how sure the difference is. */
export type Verdict = "better" | "worse" | "no difference" | "unknown";

export interface JudgedDifference extends Difference {
  readonly verdict: Verdict;
}

export interface TaskComparison extends JudgedDifference {
  readonly task: string;
  readonly type: TaskType;
  /** Seconds that the evaluations took, loading left out; a side is absent where its file does not say it. */
  readonly evaluationSeconds: { readonly base?: number; readonly candidate?: number };
}

/** A task that cannot be compared, or that one of the runs lacks. */
export interface IncomparableTask {
  readonly task: string;
  readonly type: TaskType;
  /** For people. */
  readonly reason: string;
}

/** A mean over the tasks of a type, or over all. */
export interface MeanComparison extends JudgedDifference {
  /** Number of tasks in the mean. */
  readonly tasks: number;
}

/** The look of a comparison at which a run stopped, and the units that were scored by then. */
export interface StoppedAt {
  /** From 1. */
  readonly look: number;
  readonly looks: number;
  readonly units: number;
  readonly ofUnits: number;
}

/** The comparison of two runs. */
export interface Comparison {
  readonly base: RunName;
  readonly candidate: RunName;
  /** Confidence of the intervals: 0.95. */
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
  /**
   * There where the candidate's run stopped before all units were scored: scores are then of the units that it scored, there
   * are no p-values and no resamples, and all intervals hold together with the confidence, whenever a run stops.
   */
  readonly stopped?: StoppedAt;
  /** There where several candidates were compared with the base: their number, for which p-values are corrected too. */
  readonly candidates?: number;
  /** Remarks for people: why a verdict is unknown, which settings were allowed to differ, which files were left out. */
  readonly notes: readonly string[];
}
