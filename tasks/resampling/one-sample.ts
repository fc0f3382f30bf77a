import type { Share } from "../limit.ts";
import { mean } from "../metrics/lists.ts";
import type { Samples } from "../samples.ts";
import { openStatistic, type Statistic } from "../statistic.ts";
import { pooledDegrees } from "./draws.ts";
import { studentTwoSided } from "./quantiles.ts";

/** A subset of which a share was scored. */
export interface ScoredShare {
  /** NaN where it is undefined. */
  readonly mainScore: number;
  /** Absent where the main score is made of no units. */
  readonly samples?: Samples | undefined;
  readonly share: Share;
}

/** The interval in which the score of all units may lie, or the reason why there is none. */
export type Estimate = { readonly interval: readonly [low: number, high: number] } | { readonly without: string };

/** Most groups of units that are left out in turn; as many scores are computed. */
const mostGroups = 200;

/** How often the interval holds the score of all units. */
const confidence = 0.95;

/** Fewest rows of each class for a mean of F1 over classes. */
const fewestOfClass = 10;

/** Tells whether a mean of F1 over classes is that of few rows of some class, which is mostly lower. */
function hasFewOfClass(samples: Samples): boolean {
  if (samples.kind !== "labels" || samples.measure !== "f1") return false;
  const counts = new Map<number, number>();
  for (const label of samples.truth) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Math.min(...counts.values()) < fewestOfClass;
}

/** Says why a share tells nothing sure about the score of all units; nothing where it does. */
function whyNot({ mainScore, samples, share }: ScoredShare): string | undefined {
  if (share.differs !== undefined) return share.differs;
  if (Number.isNaN(mainScore)) return "the score is undefined";
  if (share.units === share.of) return undefined;
  if (samples === undefined) return "the main score is not made of units";
  return hasFewOfClass(samples)
    ? `a class has fewer than ${fewestOfClass} of the drawn rows, which F1 needs`
    : undefined;
}

/** The scores of some units without each of some groups of them, as deviations from their mean. */
export interface Deviations {
  readonly values: Float64Array;
  /** Number of units that carry the variance. */
  readonly units: number;
}

/** Leaves out every group of units in turn; unit u is of group u mod the number of groups. */
export function leaveOut(statistic: Statistic): Deviations {
  const { units, effectiveUnits = units } = statistic;
  const groups = Math.min(units, mostGroups);
  const weights = new Int32Array(units);
  const scores = Float64Array.from({ length: groups }, (_, group) => {
    for (let unit = 0; unit < units; unit++) weights[unit] = unit % groups === group ? 0 : 1;
    return mean(statistic.scores(weights));
  });
  const centre = mean(scores);
  return { values: scores.map((score) => score - centre), units: Math.min(groups, effectiveUnits) };
}

/** The least number that scores of these samples can be. */
const leastOf = (samples: Samples | undefined): number =>
  samples?.kind === "correlation" ||
  samples?.kind === "agreement" ||
  (samples?.kind === "mean" && samples.values.some((value) => value < 0))
    ? -1
    : 0;

/**
 * Estimates the interval (95 %) in which the mean score over some subsets lies if all of their units are scored, from
 * drawn ones: a jackknife of groups of units, with Student's t. Its variance is that of a draw without replacement, which
 * is 0 where all are drawn. Subsets of equal size were drawn at the same places (`drawUnits`), such as those of parallel
 * texts, whose scores then deviate together: their deviations are added up place by place.
 *
 * There is none where a score is undefined, is made of no units, or is systematically another one; where fewer than two
 * units carry the score; and where all units score alike, as rare others may not be among them. Sources: Efron and Stein,
 * "The jackknife estimate of variance", Annals of Statistics 9 (1981); Cochran, "Sampling Techniques", 2.6 (1977), on
 * finite populations.
 */
export function estimateWhole(parts: readonly ScoredShare[]): Estimate {
  const reason = parts.map(whyNot).find((one) => one !== undefined);
  if (reason !== undefined) return { without: reason };
  const cut = parts.filter(({ share }) => share.units < share.of);
  if (cut.length === 0) return { without: "nothing was left out" };
  const sums = new Map<string, Deviations>();
  for (const { samples, share } of cut) {
    const { values, units } = leaveOut(openStatistic(samples as Samples));
    const left = Math.sqrt(1 - share.units / share.of) / parts.length;
    const key = JSON.stringify([values.length, share.units, share.of]);
    const known = sums.get(key);
    sums.set(key, {
      values: values.map((value, group) => value * left + (known?.values[group] ?? 0)),
      units: Math.min(units, known?.units ?? units),
    });
  }
  const drawn = [...sums.values()];
  if (drawn.some(({ units }) => units < 2)) return { without: "too few units carry the score" };
  const variances = drawn.map(
    ({ values }) => ((values.length - 1) / values.length) * values.reduce((sum, value) => sum + value ** 2, 0),
  );
  const variance = variances.reduce((sum, one) => sum + one, 0);
  if (Number.isNaN(variance)) return { without: "the score is undefined without some of the units" };
  if (variance < 1e-18) return { without: "all units that were scored are alike, of which others may differ" };
  const degrees = pooledDegrees(
    variance,
    variances.map((one, i) => [one, drawn[i].units - 1] as const),
  );
  const half = studentTwoSided(1 - confidence, degrees) * Math.sqrt(variance);
  const score = mean(parts.map(({ mainScore }) => mainScore));
  const least = Math.min(...parts.map(({ samples }) => leastOf(samples)));
  return { interval: [Math.max(least, score - half), Math.min(1, score + half)] };
}
