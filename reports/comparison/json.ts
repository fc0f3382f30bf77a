import { toPercent } from "../table.ts";
import type { Comparison, Difference, Verdict } from "./comparison.ts";
import type { Gate } from "./gate.ts";

/** In percent and points, null where there is none. */
function numbers({
  base,
  candidate,
  difference,
  interval,
  pValue,
  ...rest
}: Difference & { readonly verdict: Verdict }) {
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
 * A comparison as one JSON object: scores in percent, differences and intervals in points, unrounded, null where there is
 * none; each rule with the reasons for which it tripped.
 */
export function comparisonJson(comparison: Comparison, { rules, trips }: Gate): string {
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
    gate: rules.map((rule) => {
      const trip = trips.find((one) => one.rule === rule);
      return { rule: rule.text, tripped: trip !== undefined, reasons: trip?.reasons ?? [] };
    }),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}
