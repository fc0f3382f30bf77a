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

/** Numbers of rows, [labels] each. */
export interface LabelCounts {
  /** Rows with the true label. */
  readonly support: Float64Array;
  /** Rows for which the label was predicted. */
  readonly predicted: Float64Array;
  /** Rows for which the label was predicted and true. */
  readonly hits: Float64Array;
}

export function emptyCounts(labels: number): LabelCounts {
  return { support: new Float64Array(labels), predicted: new Float64Array(labels), hits: new Float64Array(labels) };
}

/** Overwrites `out` with the counts of these rows, row i weights[i] times or else once, and returns it. */
export function labelCounts(
  out: LabelCounts,
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  weights?: Int32Array,
): LabelCounts {
  out.support.fill(0);
  out.predicted.fill(0);
  out.hits.fill(0);
  for (let i = 0; i < truth.length; i++) {
    const label = truth[i];
    const weight = weights === undefined ? 1 : weights[i];
    out.support[label] += weight;
    out.predicted[predicted[i]] += weight;
    if (label === predicted[i]) out.hits[label] += weight;
  }
  return out;
}

/** Divides; 0 / 0 counts as 0 (scikit-learn's `zero_division`). */
const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/**
 * Computes accuracy, and per label precision (hits ÷ predicted), recall (hits ÷ true) and F1 (2 · hits ÷ (predicted +
 * true)), averaged plainly (macro) and by the number of rows with that true label (weighted). The labels averaged over
 * are those that are true or predicted somewhere; a label never predicted has precision 0, one never true recall 0.
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
  return measuresOf(labelCounts(emptyCounts(labels), truth, predicted));
}

/** Computes the measures of `classificationMeasures` from counts. */
export function measuresOf({ support, predicted, hits }: LabelCounts): ClassificationMeasures {
  const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
  const rows = sumOf(support);
  const present = [...support.keys()].filter((label) => support[label] + predicted[label] > 0);
  const precision = (label: number): number => ratio(hits[label], predicted[label]);
  const recall = (label: number): number => ratio(hits[label], support[label]);
  const f1 = (label: number): number => ratio(2 * hits[label], predicted[label] + support[label]);
  const macro = (measure: (label: number) => number): number => {
    const sum = present.reduce((before, label) => before + measure(label), 0);
    return ratio(sum, present.length);
  };
  const weighted = (measure: (label: number) => number): number => {
    const sum = present.reduce((before, label) => before + measure(label) * support[label], 0);
    return ratio(sum, rows);
  };
  return {
    accuracy: ratio(sumOf(hits), rows),
    f1: macro(f1),
    f1Weighted: weighted(f1),
    precision: macro(precision),
    precisionWeighted: weighted(precision),
    recall: macro(recall),
    recallWeighted: weighted(recall),
  };
}
