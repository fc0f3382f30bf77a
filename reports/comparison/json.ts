import { toPercent } from "../table.ts";
import type { Comparison, JudgedDifference } from "./comparison.ts";
import { type Gate, outcomesOf } from "./gate.ts";
import type { Gated } from "./gated.ts";

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

function objectOf({ comparison, gate }: Gated) {
  const { tasks, types, overall, meanType, incomparable, notes, ...about } = comparison;
  return {
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
}

/**
 * Writes a comparison as one JSON object: scores in percent, differences and intervals in points, unrounded, null where
 * there is none; each rule with the reasons for which it tripped.
 */
export const comparisonJson = (comparison: Comparison, gate: Gate): string =>
  `${JSON.stringify(objectOf({ comparison, gate }), null, 2)}\n`;

/** Writes several comparisons with one base as one JSON object: the base, and each comparison as it is by itself. */
export const severalJson = (gated: readonly Gated[]): string =>
  `${JSON.stringify({ base: gated[0].comparison.base, comparisons: gated.map(objectOf) }, null, 2)}\n`;
