import type { MeanSamples, PairSamples, Samples } from "./samples.ts";
import { agreementScore, tellingUnits } from "./statistics/agreement.ts";
import { clusterScores } from "./statistics/clusters.ts";
import { correlationScore } from "./statistics/correlation.ts";
import { labelScores } from "./statistics/labels.ts";
import { pairScore } from "./statistics/pairs.ts";
import { regressionScores } from "./statistics/regression.ts";
import { setScores } from "./statistics/sets.ts";
import type { WeightedScore } from "./statistics/weighted-score.ts";

/** A main score as a function of how often each of its units counts. */
export interface Statistic {
  /** Number of queries, pairs, rows or documents. */
  readonly units: number;
  /** Number of units that carry the score's variance, where not all do: the pairs of the smaller class, arrangements with triplets. */
  readonly effectiveUnits?: number;
  /** Length of `scores()`; 1 where there are no experiments. */
  readonly experiments: number;
  /**
   * Returns the main score of each experiment, or one where there are none, with unit u counted weights[u] times, a whole
   * number from 0. Without weights each unit counts once; the mean is then the main score, unrounded. But for rounding,
   * the scores equal the metric's for the list that repeats each unit so often. A score is NaN where that is undefined:
   * a mean of nothing, a correlation of constants. Throws `RangeError` for another number of weights.
   */
  scores(weights?: Int32Array): Float64Array;
}

function meanScore({ values }: MeanSamples): WeightedScore {
  return (weights) => {
    let [sum, count] = [0, 0];
    for (let u = 0; u < values.length; u++) {
      const weight = weights[u];
      if (weight === 0) continue;
      sum += weight * values[u];
      count += weight;
    }
    return sum / count;
  };
}

/** Counts the pairs of the smaller class. */
function fewerPairs({ labels }: PairSamples): number {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  return Math.min(positives, labels.length - positives);
}

function opened(
  samples: Samples,
): Pick<Statistic, "units" | "effectiveUnits"> & { readonly scores: readonly WeightedScore[] } {
  switch (samples.kind) {
    case "mean":
      return { units: samples.values.length, scores: [meanScore(samples)] };
    case "correlation":
      return { units: samples.gold.length, scores: [correlationScore(samples)] };
    case "pairs":
      return { units: samples.labels.length, effectiveUnits: fewerPairs(samples), scores: [pairScore(samples)] };
    case "labels":
      return { units: samples.truth.length, scores: labelScores(samples) };
    case "sets":
      return { units: samples.labels === 0 ? 0 : samples.truth.length / samples.labels, scores: setScores(samples) };
    case "regression":
      return { units: samples.truth.length, scores: regressionScores(samples) };
    case "agreement":
      return {
        units: samples.triplets[0].length,
        effectiveUnits: tellingUnits(samples),
        scores: [agreementScore(samples)],
      };
    case "clusters":
      return { units: samples.documents, scores: clusterScores(samples) };
  }
}

/**
 * Prepares samples to be scored thousands of times: sorts and counts once, so that a call takes time in proportion to
 * the units of all experiments. Calls share buffers and must not overlap.
 */
export function openStatistic(samples: Samples): Statistic {
  const { scores, ...counts } = opened(samples);
  const { units } = counts;
  const once = new Int32Array(units).fill(1);
  return {
    ...counts,
    experiments: scores.length,
    scores(weights = once) {
      if (weights.length !== units) throw new RangeError(`statistic: ${weights.length} weights for ${units} units`);
      const result = new Float64Array(scores.length);
      for (let e = 0; e < result.length; e++) result[e] = scores[e](weights);
      return result;
    },
  };
}
