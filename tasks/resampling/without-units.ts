import { mean } from "../metrics/lists.ts";
import type { Statistic } from "../statistic.ts";
import { studentTwoSided } from "./quantiles.ts";

/** A subset's statistic, and the units that are left out of it. */
export interface PartWithout {
  readonly statistic: Statistic;
  readonly leftOut: ReadonlySet<number>;
}

/** A score over all units, and over those that stay. */
export interface WithoutUnits {
  readonly all: number;
  readonly rest: number;
  /** `rest` less `all`. */
  readonly difference: number;
  /** In which the difference lies with 95 %, were the units others of their kind; absent where too few are left out. */
  readonly interval?: readonly [low: number, high: number];
}

/** Most groups of units that are left out in turn. */
const mostGroups = 200;
/** Fewest units that are left out for the difference to have an interval. */
const fewestUnits = 5;

/** The difference of a subset, and its variance: by a jackknife of groups. */
function ofPart({ statistic, leftOut }: PartWithout) {
  const { units } = statistic;
  const score = (weights: Int32Array): number => mean(statistic.scores(weights));
  const [every, kept] = [new Int32Array(units).fill(1), new Int32Array(units).fill(1)];
  for (const unit of leftOut) kept[unit] = 0;
  const [all, rest] = [score(every), score(kept)];
  if (leftOut.size === 0) return { all, rest, variance: 0 };
  const groups = Math.min(units, mostGroups);
  const without = (weights: Int32Array, group: number): number => {
    const others = weights.slice();
    for (let unit = group; unit < units; unit += groups) others[unit] = 0;
    return score(others);
  };
  const differences = Float64Array.from({ length: groups }, (_, group) => without(kept, group) - without(every, group));
  const centre = mean(differences);
  const squares = differences.reduce((sum, one) => sum + (one - centre) ** 2, 0);
  return { all, rest, variance: ((groups - 1) / groups) * squares };
}

/**
 * Returns the mean score of some subsets with all units and without some, and how sure the difference is: a jackknife that
 * leaves groups of units out of both scores, with Student's t of as many degrees of freedom as units are left out, less one.
 * NaN where a score is undefined. Source of the variance: Efron and Stein, "The jackknife estimate of variance" (1981).
 */
export function withoutUnits(parts: readonly PartWithout[]): WithoutUnits {
  const found = parts.map(ofPart);
  const [all, rest] = [mean(found.map((one) => one.all)), mean(found.map((one) => one.rest))];
  const leftOut = parts.reduce((sum, part) => sum + part.leftOut.size, 0);
  const error = Math.sqrt(found.reduce((sum, { variance }) => sum + variance, 0)) / parts.length;
  const difference = rest - all;
  if (leftOut < fewestUnits || !Number.isFinite(error)) return { all, rest, difference };
  const half = studentTwoSided(0.05, leftOut - 1) * error;
  return { all, rest, difference, interval: [difference - half, difference + half] };
}
