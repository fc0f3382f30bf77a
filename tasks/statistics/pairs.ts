import { averagePrecisionOf, bestAccuracy, bestF1, type Cuts } from "../metrics/threshold.ts";
import type { PairSamples } from "../samples.ts";
import { runsOf, type WeightedScore } from "./weighted-score.ts";

const measures: Readonly<Record<PairSamples["measure"], (cuts: Cuts) => number>> = {
  ap: averagePrecisionOf,
  accuracy: bestAccuracy,
  f1: (cuts) => bestF1(cuts).f1,
};

/** Makes the cuts between different scores, from the highest down, pairs repeated. */
function cutsOf(labels: Uint8Array, scores: Float32Array): (weights: Int32Array) => Cuts {
  const { runOf, runs } = runsOf(scores);
  const [sizes, hits] = [new Int32Array(runs), new Int32Array(runs)];
  const [rows, positives] = [new Int32Array(runs), new Int32Array(runs)];
  return (weights) => {
    sizes.fill(0);
    hits.fill(0);
    for (let u = 0; u < runOf.length; u++) {
      sizes[runOf[u]] += weights[u];
      if (labels[u] !== 0) hits[runOf[u]] += weights[u];
    }
    let [count, seen, found] = [0, 0, 0];
    for (let run = runs - 1; run >= 0; run--) {
      // There is no cut at a score that no pair has any more.
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
 * Returns the best value, over the similarities, of a measure of `metrics/threshold.ts`, pairs repeated. Average
 * precision and F1 are 0 where no pair that counts belongs together, accuracy and F1 where all have one score. NaN
 * where a score of them is NaN.
 */
export function pairScore({ labels, scores, measure }: PairSamples): WeightedScore {
  const single = Object.values(scores).map((values) => similarityScore(labels, values, measure));
  return (weights) => {
    let best = -Infinity;
    for (const score of single) best = Math.max(best, score(weights));
    return best;
  };
}
