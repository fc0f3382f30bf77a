import { groupBy } from "../datasets/group-by.ts";
import { mean } from "./metrics/lists.ts";
import { correlationPValue } from "./metrics/significance.ts";
import { holm } from "./resampling/holm.ts";
import { studentTwoSided } from "./resampling/quantiles.ts";

/** What units are told apart by: each has one of its values, or none. */
export interface Facet {
  readonly name: string;
  /** Undefined for a unit that it does not tell anything about, [units]. */
  readonly values: readonly (string | undefined)[];
}

/** Units that have one value of a facet, beside all others. */
export interface Slice {
  readonly facet: string;
  readonly value: string;
  readonly units: number;
  /** Mean of the outcomes of these units, and of all others. */
  readonly mean: number;
  readonly rest: number;
  /** Ends of the 95 % interval of `mean`. */
  readonly interval: readonly [low: number, high: number];
  /** Two-sided, of the hypothesis that the slice's mean is that of the others; corrected for the number of slices (Holm). */
  readonly pValue: number;
}

/** Level below which a slice is called another than the rest. */
export const significant = 0.05;

/** Fewest units of a slice, and of those beside it. */
const fewestUnits = 10;

/** Least and greatest value that an outcome can have. */
export type Range = readonly [low: number, high: number];

const variance = (values: readonly number[], centre: number): number =>
  values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);

/** Two-sided p-value of Student's t. The degrees of freedom are rounded down, which makes it no smaller. */
const studentPValue = (t: number, degrees: number): number =>
  correlationPValue(t / Math.sqrt(Math.floor(degrees) + t * t), Math.floor(degrees) + 2);

/** Two-sided p-value of a difference of two means with this squared standard error. */
function meansPValue(difference: number, error: number, degrees: number): number {
  if (error === 0) return difference === 0 ? 1 : 0;
  return studentPValue(difference / Math.sqrt(error), degrees);
}

/**
 * Holds a slice against the others by the larger p-value of two tests, Welch's and Student's. Welch's alone believes that ten
 * units that happen to be alike cannot be otherwise, Student's alone that a small slice spreads as the others do. For the same
 * reason the interval of units that are all alike is as wide as the spread of all makes it.
 */
function sliceOf(facet: string, value: string, own: readonly number[], others: readonly number[], range: Range): Slice {
  const [a, b] = [mean(own), mean(others)];
  const [n, m] = [own.length, others.length];
  const [ofOwn, ofOthers] = [variance(own, a), variance(others, b)];
  const pooled = ((n - 1) * ofOwn + (m - 1) * ofOthers) / (n + m - 2);
  const welch = ofOwn / n + ofOthers / m;
  const degrees = welch ** 2 / ((ofOwn / n) ** 2 / (n - 1) + (ofOthers / m) ** 2 / (m - 1));
  const half = studentTwoSided(0.05, n - 1) * Math.sqrt((ofOwn === 0 ? pooled : ofOwn) / n);
  return {
    ...{ facet, value, units: n, mean: a, rest: b },
    interval: [Math.max(range[0], a - half), Math.min(range[1], a + half)],
    pValue: Math.max(meansPValue(a - b, welch, degrees), meansPValue(a - b, pooled * (1 / n + 1 / m), n + m - 2)),
  };
}

/**
 * Compares the outcomes of the units that have each value of each facet with those of all others by t-tests, whose p-values are
 * corrected for the number of slices. Units whose outcome is NaN, and values that fewer than ten units have, or
 * all but fewer than ten, are passed over. Those that differ significantly come first, and among them those that differ by
 * most, the square root of their units counted.
 *
 * @param outcomes One for each unit, in any unit of measure.
 * @param range What they can be, beyond which no interval goes.
 */
export function slicesOf(
  outcomes: Float64Array,
  facets: readonly Facet[],
  range: Range = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
): readonly Slice[] {
  const slices = facets.flatMap(({ name, values }) => {
    const told = [...outcomes.keys()].filter((u) => values[u] !== undefined && !Number.isNaN(outcomes[u]));
    const groups = groupBy(told, (u) => values[u] as string);
    return [...groups].flatMap(([value, units]) => {
      if (units.length < fewestUnits || told.length - units.length < fewestUnits) return [];
      const others = told.filter((u) => values[u] !== value);
      const of = (places: readonly number[]): number[] => places.map((u) => outcomes[u]);
      return [sliceOf(name, value, of(units), of(others), range)];
    });
  });
  const corrected = holm(slices.map(({ pValue }) => pValue));
  const deviation = ({ mean: own, rest, units }: Slice): number => Math.abs(own - rest) * Math.sqrt(units);
  return slices
    .map((slice, i) => ({ ...slice, pValue: corrected[i] }))
    .sort((a, b) => Number(b.pValue < significant) - Number(a.pValue < significant) || deviation(b) - deviation(a));
}

/** Puts numbers into some four classes of equal size, named by their bounds: `9 to 24 characters`. */
export function binned(numbers: readonly (number | undefined)[], noun: string): readonly (string | undefined)[] {
  const known = numbers.filter((one) => one !== undefined).sort((a, b) => a - b);
  const edges = [0.25, 0.5, 0.75].map((share) => known[Math.floor(share * known.length)]);
  const starts = [...new Set(edges)].filter((edge) => edge > known[0]);
  // Where most numbers are the least, it is a class of its own.
  const next = known.find((one) => one > known[0]);
  const bounds = [known[0], ...(starts.length > 0 || next === undefined ? starts : [next])];
  const nameOf = (bin: number): string => {
    const [low, end] = [bounds[bin], bounds[bin + 1]];
    const high = end === undefined ? known.at(-1) : (known.findLast((one) => one < end) as number);
    return low === high ? `${low} ${noun}` : `${low} to ${high} ${noun}`;
  };
  const names = bounds.map((_, bin) => nameOf(bin));
  return numbers.map((one) => (one === undefined ? undefined : names[bounds.findLastIndex((low) => one >= low)]));
}
