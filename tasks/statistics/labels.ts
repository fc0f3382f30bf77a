import { emptyCounts, labelCounts, measuresOf } from "../metrics/classification.ts";
import type { LabelSamples } from "../samples.ts";
import { renumber, type WeightedScore } from "./weighted-score.ts";

function accuracyOf(truth: Int32Array, predicted: Int32Array): WeightedScore {
  const hit = Uint8Array.from(truth, (label, row) => Number(label === predicted[row]));
  return (weights) => {
    let [hits, rows] = [0, 0];
    for (let row = 0; row < hit.length; row++) {
      const weight = weights[row];
      rows += weight;
      hits += weight * hit[row];
    }
    return rows === 0 ? 0 : hits / rows;
  };
}

/**
 * Returns accuracy, F1 or weighted F1 of `metrics/classification.ts` of each experiment, rows repeated. Labels that are
 * neither true nor predicted for any row that counts are left out of the mean over labels; 0 where no row counts.
 */
export function labelScores({ measure, truth, predicted }: LabelSamples): WeightedScore[] {
  if (measure === "accuracy") return predicted.map((labels) => accuracyOf(truth, labels));
  const [[numbers, ...experiments], count] = renumber([truth, ...predicted]);
  const counts = emptyCounts(count);
  const name = measure === "f1" ? "f1" : "f1Weighted";
  return experiments.map((labels) => (weights) => measuresOf(labelCounts(counts, numbers, labels, weights))[name]);
}
