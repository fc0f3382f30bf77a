/** Measures of predicted against true sets of labels; every value lies in 0 … 1, higher is better. */
export interface MultilabelMeasures {
  /** Per row: 1 where the whole set is right, else 0. */
  readonly accuracy: Float64Array;
  /** Per row: label ranking average precision with the predictions, 0 or 1, as scores. */
  readonly lrap: Float64Array;
  /** Per row: labels true and predicted ÷ labels true or predicted; 1 where there are none. */
  readonly hamming: Float64Array;
  /** Mean over all labels of F1, 0 for a label that is neither true nor predicted. */
  readonly f1: number;
}

/**
 * Computes the measures of `truth` and `predicted`, [rows · labels], 1 where a row has a label, else 0. Source:
 * scikit-learn 1.9 `accuracy_score`, `label_ranking_average_precision_score`, `f1_score` (macro); mteb 2.26
 * `hamming_score`, which is the Jaccard index.
 */
export function multilabelMeasures(truth: Uint8Array, predicted: Uint8Array, labels: number): MultilabelMeasures {
  if (truth.length !== predicted.length || truth.length % labels !== 0) {
    throw new RangeError(`multilabelMeasures: ${truth.length} cells against ${predicted.length}, ${labels} labels`);
  }
  const rows = truth.length / labels;
  const [accuracy, lrap, hamming] = [0, 1, 2].map(() => new Float64Array(rows)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [hits, sums] = [new Float64Array(labels), new Float64Array(labels)];
  for (let row = 0; row < rows; row++) {
    let [trueCount, foundCount, both] = [0, 0, 0];
    for (let label = 0; label < labels; label++) {
      const [isTrue, isFound] = [truth[row * labels + label], predicted[row * labels + label]];
      trueCount += isTrue;
      foundCount += isFound;
      both += isTrue & isFound;
      hits[label] += isTrue & isFound;
      sums[label] += isTrue + isFound;
    }
    accuracy[row] = both === trueCount && both === foundCount ? 1 : 0;
    lrap[row] = rankingPrecision(trueCount, foundCount, both, labels);
    hamming[row] = trueCount + foundCount === 0 ? 1 : both / (trueCount + foundCount - both);
  }
  const f1 = hits.reduce((sum, hit, label) => sum + (sums[label] === 0 ? 0 : (2 * hit) / sums[label]), 0) / labels;
  return { accuracy, lrap, hamming, f1 };
}

/** A true label that was found shares its rank with all that were found, one that was not is the last of all. */
function rankingPrecision(trueCount: number, foundCount: number, both: number, labels: number): number {
  if (trueCount === 0 || trueCount === labels) return 1;
  const found = both === 0 ? 0 : both * (both / foundCount);
  return (found + (trueCount - both) * (trueCount / labels)) / trueCount;
}
