import { taskTypes } from "../../tasks/types/index.ts";
import { type Column, left, percent, right } from "../table.ts";
import type { Comparison, JudgedDifference, MeanComparison } from "./comparison.ts";
import { confidenceText, intervalText, pValueText, signedPoints } from "./wording.ts";

/** A row of a table of differences. */
export interface DifferenceRow extends JudgedDifference {
  readonly name: string;
  /** Text of the second column: the type of a task, the number of tasks of a mean. */
  readonly about: string;
  /** True for Mean (Type) and Mean (Task). */
  readonly isOverall: boolean;
}

/** A column of numbers or verdicts in a table of differences. */
interface DifferenceColumn extends Column {
  readonly text: (one: JudgedDifference) => string;
}

/** Returns the columns behind a row's name: base, candidate, difference, interval, p-value, verdict. */
export const differenceColumns = (comparison: Comparison): readonly DifferenceColumn[] => [
  { ...right("Base"), text: ({ base }) => percent(base) },
  { ...right("Candidate"), text: ({ candidate }) => percent(candidate) },
  { ...right("Difference"), text: ({ difference }) => signedPoints(difference) },
  { ...right(`${confidenceText(comparison)} interval`), text: intervalText },
  { ...right("p"), text: pValueText },
  { ...left("Verdict"), text: ({ verdict }) => verdict },
];

/** Returns a row for each compared task. */
export const taskRows = ({ tasks }: Comparison): DifferenceRow[] =>
  tasks.map((one) => ({ ...one, name: one.task, about: taskTypes[one.type].heading, isOverall: false }));

/** Returns a row for each mean: the types, then Mean (Type), then Mean (Task). */
export function meanRows({ types, meanType, overall }: Comparison): DifferenceRow[] {
  const row = (one: MeanComparison, name: string, isOverall: boolean): DifferenceRow => ({
    ...one,
    name,
    about: String(one.tasks),
    isOverall,
  });
  return [
    ...types.map((one) => row(one, taskTypes[one.type].heading, false)),
    ...(meanType ? [row(meanType, "Mean (Type)", true)] : []),
    ...(overall ? [row(overall, "Mean (Task)", true)] : []),
  ];
}
