import { toPercent } from "../table.ts";
import type { Comparison, JudgedDifference } from "./comparison.ts";
import { type Gate, outcomesOf } from "./gate.ts";

/** Converts scores to percent and differences to points; null stands for what is missing. */
function numbers({ base, candidate, difference, interval, pValue, ...rest }: JudgedDifference) {
  return {
    ...rest,
    base: toPercent(base),
    candidate: toPercent(candidate),
    difference: toPercent(difference),
    interval: interval ? interval.map(toPercent) : null,
    pValue: pValue ?? null,
  };
}

/**
 * Writes a comparison as one JSON object: scores in percent, differences and intervals in points, unrounded, null where
 * there is none; each rule with the reasons for which it tripped.
 */
export function comparisonJson(comparison: Comparison, gate: Gate): string {
  const { tasks, types, overall, meanType, incomparable, notes, ...about } = comparison;
  const value = {
    ...about,
    verdict: overall?.verdict ?? null,
    overall: overall ? numbers(overall) : null,
    meanType: meanType ? numbers(meanType) : null,
    types: types.map(numbers),
    tasks: tasks.map(numbers),
    incomparable,
    notes,
    gate: outcomesOf(gate),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}
