/** Measures of predicted against true labels; every value lies in 0 … 1, higher is better, 0 for no rows. */
export interface ClassificationMeasures {
  /** Share of rows whose label was predicted. */
  readonly accuracy: number;
  readonly f1: number;
  readonly f1Weighted: number;
  readonly precision: number;
  readonly precisionWeighted: number;
  readonly recall: number;
  readonly recallWeighted: number;
}

interface LabelCounts {
  /** Rows with this true label. */
  readonly support: Float64Array;
  /** Rows for which this label was predicted. */
  readonly predicted: Float64Array;
  /** Rows for which this label was predicted and true. */
  readonly hits: Float64Array;
}

function countLabels(truth: ArrayLike<number>, predicted: ArrayLike<number>, labels: number): LabelCounts {
  const counts = {
    support: new Float64Array(labels),
    predicted: new Float64Array(labels),
    hits: new Float64Array(labels),
  };
  const increment = (out: Float64Array, label: number): void => {
    out[label] = (out[label] as number) + 1;
  };
  for (let i = 0; i < truth.length; i++) {
    const label = truth[i] as number;
    increment(counts.support, label);
    increment(counts.predicted, predicted[i] as number);
    if (label === predicted[i]) increment(counts.hits, label);
  }
  return counts;
}

/** A ratio whose undefined case counts as 0 (scikit-learn's `zero_division`). */
const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/**
 * Accuracy, and per label precision (hits ÷ predicted), recall (hits ÷ true) and F1 (2 · hits ÷ (predicted + true)),
 * averaged plainly (macro) and by the number of rows with that true label (weighted). The labels averaged over are
 * those that are true or predicted somewhere; a label never predicted has precision 0, one never true recall 0.
 *
 * `truth` and `predicted` hold label indices, 0 ≤ index < labels, one length. Source: scikit-learn 1.9
 * `accuracy_score`, `precision_recall_fscore_support`.
 */
export function classificationMeasures(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  labels: number,
): ClassificationMeasures {
  if (truth.length !== predicted.length) {
    throw new RangeError(`classificationMeasures: ${truth.length} labels against ${predicted.length}`);
  }
  const counts = countLabels(truth, predicted, labels);
  const at = (values: Float64Array, label: number): number => values[label] as number;
  const present = Array.from({ length: labels }, (_, label) => label).filter(
    (label) => at(counts.support, label) + at(counts.predicted, label) > 0,
  );
  const precision = (label: number): number => ratio(at(counts.hits, label), at(counts.predicted, label));
  const recall = (label: number): number => ratio(at(counts.hits, label), at(counts.support, label));
  const f1 = (label: number): number =>
    ratio(2 * at(counts.hits, label), at(counts.predicted, label) + at(counts.support, label));
  const macro = (measure: (label: number) => number): number =>
    ratio(
      present.reduce((sum, label) => sum + measure(label), 0),
      present.length,
    );
  const weighted = (measure: (label: number) => number): number =>
    ratio(
      present.reduce((sum, label) => sum + measure(label) * at(counts.support, label), 0),
      truth.length,
    );
  return {
    accuracy: ratio(
      counts.hits.reduce((sum, hits) => sum + hits, 0),
      truth.length,
    ),
    f1: macro(f1),
    f1Weighted: weighted(f1),
    precision: macro(precision),
    precisionWeighted: weighted(precision),
    recall: macro(recall),
    recallWeighted: weighted(recall),
  };
}
