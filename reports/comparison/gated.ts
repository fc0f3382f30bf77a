import type { Comparison } from "./comparison.ts";
import type { Gate } from "./gate.ts";
import type { DifferenceRow } from "./rows.ts";
import { runText } from "./wording.ts";

/** A comparison, and the rules that it was held against. */
export interface Gated {
  readonly comparison: Comparison;
  readonly gate: Gate;
}

/**
 * Returns a row for each candidate that has a mean: Mean (Task), and the number of its tasks. It is named by its model, and by
 * its revision too where another candidate has the same.
 */
export function candidateRows(gated: readonly Gated[]): DifferenceRow[] {
  const models = gated.map(({ comparison: { candidate } }) => candidate.model);
  const areTold = new Set(models).size === models.length;
  return gated.flatMap(({ comparison: { candidate, overall } }) => {
    if (overall === undefined) return [];
    const name = areTold ? candidate.model : runText(candidate);
    return [{ ...overall, name, about: String(overall.tasks), isOverall: false }];
  });
}

/** Says that the candidates' means are not over the same tasks, or that there is none. */
export function unlikeNotes(gated: readonly Gated[]): string[] {
  const without = gated.filter(({ comparison: { overall } }) => overall === undefined);
  const lists = gated.map(({ comparison: { tasks } }) => tasks.map(({ task }) => task).join("\n"));
  return [
    ...without.map(({ comparison: { candidate } }) => `${runText(candidate)}: no task can be compared`),
    ...(new Set(lists).size > 1
      ? [
          "The candidates' means are not over the same tasks, and not to be held against each other; --tasks names those that count",
        ]
      : []),
  ];
}
