import type { SetSamples } from "../samples.ts";
import type { WeightedScore } from "./weighted-score.ts";

/** Cells of rows and labels that are true or predicted. */
interface Cells {
  readonly rows: Int32Array;
  readonly labels: Int32Array;
  /** 1 where it is true, 2 where it is predicted, 3 for both. */
  readonly kinds: Uint8Array;
}

function cellsOf(truth: Uint8Array, predicted: Uint8Array, labels: number): Cells {
  const kinds = truth.map((isTrue, cell) => isTrue + 2 * predicted[cell]);
  const used = Int32Array.from(kinds.keys()).filter((cell) => kinds[cell] > 0);
  return {
    rows: used.map((cell) => Math.floor(cell / labels)),
    labels: used.map((cell) => cell % labels),
    kinds: Uint8Array.from(used, (cell) => kinds[cell]),
  };
}

/**
 * Returns the macro F1 of `metrics/multilabel.ts` of each experiment, rows repeated. The labels of the mean are those that
 * are true for some row that counts, as those of an evaluation are; NaN where there are none.
 */
export const setScores = ({ labels: count, truth, predicted }: SetSamples): WeightedScore[] =>
  predicted.map((found) => {
    const { rows, labels, kinds } = cellsOf(truth, found, count);
    const [support, predictions, hits] = [1, 2, 3].map(() => new Float64Array(count));
    return (weights) => {
      for (const counts of [support, predictions, hits]) counts.fill(0);
      for (let i = 0; i < rows.length; i++) {
        const [weight, label, kind] = [weights[rows[i]], labels[i], kinds[i]];
        if (kind & 1) support[label] += weight;
        if (kind & 2) predictions[label] += weight;
        if (kind === 3) hits[label] += weight;
      }
      let [sum, known] = [0, 0];
      for (let label = 0; label < count; label++) {
        if (support[label] === 0) continue;
        sum += (2 * hits[label]) / (support[label] + predictions[label]);
        known++;
      }
      return sum / known;
    };
  });
