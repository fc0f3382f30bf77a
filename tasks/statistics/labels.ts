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

/** Picks the places of a list. */
const pick = (list: Int32Array, places: Int32Array): Int32Array => places.map((place) => list[place]);

/** Scores true and predicted labels, weighted. */
type Scoring = (truth: Int32Array, predicted: Int32Array) => WeightedScore;

/** Returns the score of the rows that an experiment scores, those of which it predicts a label. */
function experimentScore(scoring: Scoring, truth: Int32Array, predicted: Int32Array): WeightedScore {
  const scored = Int32Array.from(predicted.keys()).filter((row) => predicted[row] >= 0);
  if (scored.length === predicted.length) return scoring(truth, predicted);
  const score = scoring(pick(truth, scored), pick(predicted, scored));
  return (weights) => score(pick(weights, scored));
}

/** Returns F1 or weighted F1 of labels. */
const f1Of =
  (name: "f1" | "f1Weighted"): Scoring =>
  (truth, predicted) => {
    const [[own, found], count] = renumber([truth, predicted]);
    const counts = emptyCounts(count);
    return (weights) => measuresOf(labelCounts(counts, own, found, weights))[name];
  };

const scorings: Readonly<Record<LabelSamples["measure"], Scoring>> = {
  accuracy: accuracyOf,
  f1: f1Of("f1"),
  f1_weighted: f1Of("f1Weighted"),
};

/**
 * Returns accuracy, F1 or weighted F1 of `metrics/classification.ts` of each experiment, rows repeated. Labels that are
 * neither true nor predicted for any row that counts are left out of the mean over labels, and so are rows that the
 * experiment leaves out; 0 where no row counts.
 */
export const labelScores = ({ measure, truth, predicted }: LabelSamples): WeightedScore[] =>
  predicted.map((labels) => experimentScore(scorings[measure], truth, labels));
