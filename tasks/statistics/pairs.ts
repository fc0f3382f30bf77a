import { averagePrecisionOf, bestAccuracy, bestF1, type Cuts } from "../metrics/threshold.ts";
import type { PairSamples } from "../samples.ts";
import { sortedRuns, type WeightedScore } from "./weighted-score.ts";

const measures: Readonly<Record<PairSamples["measure"], (cuts: Cuts) => number>> = {
  ap: averagePrecisionOf,
  accuracy: bestAccuracy,
  f1: (cuts) => bestF1(cuts).f1,
};

/** The cuts between different scores, from the highest down, where pairs count several times. */
function cutsOf(labels: Uint8Array, scores: Float32Array): (weights: Int32Array) => Cuts {
  const { order, ends } = sortedRuns(scores);
  const rows = new Int32Array(ends.length);
  const positives = new Int32Array(ends.length);
  return (weights) => {
    let [count, seen, found] = [0, 0, 0];
    for (let run = ends.length - 1; run >= 0; run--) {
      const before = seen;
      for (let i = (ends[run] as number) - 1; i >= (ends[run - 1] ?? 0); i--) {
        const weight = weights[order[i] as number] as number;
        seen += weight;
        if (labels[order[i] as number] !== 0) found += weight;
      }
      // Scores that no pair has any more are no place to cut at.
      if (seen === before) continue;
      rows[count] = seen;
      positives[count++] = found;
    }
    return { rows: rows.subarray(0, count), positives: positives.subarray(0, count) };
  };
}

function similarityScore(labels: Uint8Array, scores: Float32Array, measure: PairSamples["measure"]): WeightedScore {
  const cuts = cutsOf(labels, scores);
  const unusable = [...scores.keys()].filter((u) => Number.isNaN(scores[u]));
  return (weights) =>
    unusable.some((u) => (weights[u] as number) > 0) ? Number.NaN : measures[measure](cuts(weights));
}

/**
 * The best value, over the similarities, of a measure of `metrics/threshold.ts`, pairs repeated. Where the pairs that
 * count all have one label, or one score, it is what the formulas give: average precision and F1 0 without a pair that
 * belongs together, accuracy and F1 0 where there is no place to cut. NaN where a score is NaN.
 */
export function pairScore({ labels, scores, measure }: PairSamples): WeightedScore {
  const single = Object.values(scores).map((values) => similarityScore(labels, values, measure));
  return (weights) => {
    let best = -Infinity;
    for (const score of single) best = Math.max(best, score(weights));
    return best;
  };
}
