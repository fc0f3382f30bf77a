import { averagePrecisionOf, bestAccuracy, bestF1, type Cuts } from "../metrics/threshold.ts";
import type { PairSamples } from "../samples.ts";
import { runsOf, type WeightedScore } from "./weighted-score.ts";

const measures: Readonly<Record<PairSamples["measure"], (cuts: Cuts) => number>> = {
  ap: averagePrecisionOf,
  accuracy: bestAccuracy,
  f1: (cuts) => bestF1(cuts).f1,
};

/** The cuts between different scores, from the highest down, where pairs count several times. */
function cutsOf(labels: Uint8Array, scores: Float32Array): (weights: Int32Array) => Cuts {
  const { runOf, runs } = runsOf(scores);
  const [sizes, hits] = [new Int32Array(runs), new Int32Array(runs)];
  const [rows, positives] = [new Int32Array(runs), new Int32Array(runs)];
  return (weights) => {
    sizes.fill(0);
    hits.fill(0);
    for (let u = 0; u < runOf.length; u++) {
      const run = runOf[u];
      const weight = weights[u];
      sizes[run] = sizes[run] + weight;
      if (labels[u] !== 0) hits[run] = hits[run] + weight;
    }
    let [count, seen, found] = [0, 0, 0];
    for (let run = runs - 1; run >= 0; run--) {
      // A score that no pair has any more is no place to cut at.
      if (sizes[run] === 0) continue;
      seen += sizes[run];
      found += hits[run];
      rows[count] = seen;
      positives[count++] = found;
    }
    return { rows: rows.subarray(0, count), positives: positives.subarray(0, count) };
  };
}

function similarityScore(labels: Uint8Array, scores: Float32Array, measure: PairSamples["measure"]): WeightedScore {
  const cuts = cutsOf(labels, scores);
  const unusable = [...scores.keys()].filter((u) => Number.isNaN(scores[u]));
  return (weights) => (unusable.some((u) => weights[u] > 0) ? Number.NaN : measures[measure](cuts(weights)));
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
