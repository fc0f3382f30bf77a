import { mean } from "../metrics/lists.ts";
import type { Statistic } from "../statistic.ts";
import { pooledDegrees } from "./draws.ts";
import { leaveOut } from "./one-sample.ts";
import { type Order, type OrderOptions, tellOrder } from "./order.ts";
import { normalTwoSided, studentTwoSidedTail } from "./quantiles.ts";

/** One subset, scored for some models on the same units and experiments. */
export interface SharedSubset {
  /** Its score's weight in the mean. */
  readonly weight: number;
  /** One a model. */
  readonly statistics: readonly Statistic[];
}

/** Fewest parts whose sums under signs are about normal. */
const fewestParts = 30;

/** What a subset's score may be off by, in parts that are independent of each other. */
interface Level {
  /** [models][parts]; the squares of a model's sum up to the variance of its score, in the mean. */
  readonly parts: readonly Float64Array[];
  readonly degreesOfFreedom: number;
}

/** The units, by the jackknife: each group that is left out moves the score. */
function unitLevel({ weight, statistics }: SharedSubset): Level {
  const left = statistics.map((one) => leaveOut(one));
  const count = left[0].values.length;
  const factor = weight * Math.sqrt((count - 1) / count);
  return {
    parts: left.map(({ values }) => values.map((value) => value * factor)),
    degreesOfFreedom: Math.min(...left.map(({ units }) => units)) - 1,
  };
}

/** The experiments, by how far each score is from their mean. */
function experimentLevel({ weight, statistics }: SharedSubset): Level[] {
  const { experiments } = statistics[0];
  if (experiments < 2) return [];
  const factor = weight / Math.sqrt(experiments * (experiments - 1));
  const parts = statistics.map((one) => {
    const scores = one.scores().slice();
    const centre = mean(scores);
    return scores.map((score) => (score - centre) * factor);
  });
  return [{ parts, degreesOfFreedom: experiments - 1 }];
}

/** Joins the parts of all levels, model by model. */
const joined = (levels: readonly Level[], model: number): Float64Array =>
  Float64Array.from(levels.flatMap(({ parts }) => [...parts[model]]));

/** Least probability that is told from 0. */
const least = 1e-300;

/** Converts Student's t to the number that is as rare in a normal variable. */
function asNormal(t: number, degreesOfFreedom: number): number {
  if (t === 0 || degreesOfFreedom > 10_000) return t;
  const tail = studentTwoSidedTail(Math.abs(t), degreesOfFreedom);
  return tail < least ? t : Math.sign(t) * normalTwoSided(tail);
}

/**
 * Tells which models have the higher mean over some subsets, were these scored over other units of the same kind, such that
 * the probability of a single false claim is at most the level. The variance of a difference is that of a jackknife of
 * groups of units, the same ones for all models, and of the experiments; what belongs to a single unit in a single
 * experiment counts in both, so that it is rather too large. Student's t has the degrees of freedom of both.
 *
 * @param scores The models' means.
 * @returns The order, or the reason why there is none.
 */
export function orderOfScores(
  subsets: readonly SharedSubset[],
  scores: readonly number[],
  options: OrderOptions,
): Order | string {
  const levels = subsets.flatMap((subset) => [unitLevel(subset), ...experimentLevel(subset)]);
  if (levels.some(({ degreesOfFreedom }) => degreesOfFreedom < 1)) return "too few units carry a score";
  if (levels.some(({ parts }) => parts.some((own) => own.some(Number.isNaN)))) {
    return "a score is undefined without some of its units";
  }
  const size = levels.reduce((sum, { parts: [first] }) => sum + first.length, 0);
  if (size < fewestParts) return `${size} queries, pairs and rows are too few, it takes ${fewestParts}`;
  const varianceOf = ({ parts }: Level, one: number, other: number): number =>
    parts[one].reduce((sum, own, i) => sum + (own - parts[other][i]) ** 2, 0);
  return tellOrder(
    {
      parts: scores.map((_, model) => joined(levels, model)),
      distance: (one, other, scale) => {
        const variances = levels.map((level) => [varianceOf(level, one, other), level.degreesOfFreedom] as const);
        return asNormal((scores[one] - scores[other]) / scale, pooledDegrees(scale ** 2, variances));
      },
    },
    options,
  );
}
