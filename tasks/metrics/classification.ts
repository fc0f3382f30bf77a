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

/** How often each label is true, predicted, and both. */
export interface LabelCounts {
  /** Rows with this true label. */
  readonly support: Float64Array;
  /** Rows for which this label was predicted. */
  readonly predicted: Float64Array;
  /** Rows for which this label was predicted and true. */
  readonly hits: Float64Array;
}

/** Counts of no rows, for labels numbered from 0. */
export function emptyCounts(labels: number): LabelCounts {
  return {
    support: new Float64Array(labels),
    predicted: new Float64Array(labels),
    hits: new Float64Array(labels),
  };
}

/**
 * Overwrites `out` with the counts of these rows and hands it back. Where there are weights, row i counts weights[i]
 * times.
 */
export function labelCounts(
  out: LabelCounts,
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  weights?: Int32Array,
): LabelCounts {
  out.support.fill(0);
  out.predicted.fill(0);
  out.hits.fill(0);
  const add = (counts: Float64Array, label: number, weight: number): void => {
    counts[label] = counts[label] + weight;
  };
  for (let i = 0; i < truth.length; i++) {
    const label = truth[i];
    const weight = weights === undefined ? 1 : weights[i];
    add(out.support, label, weight);
    add(out.predicted, predicted[i], weight);
    if (label === predicted[i]) add(out.hits, label, weight);
  }
  return out;
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
  return measuresOf(labelCounts(emptyCounts(labels), truth, predicted));
}

/** The measures of `classificationMeasures` from counts. */
export function measuresOf(counts: LabelCounts): ClassificationMeasures {
  const labels = counts.support.length;
  const rows = counts.support.reduce((sum, support) => sum + support, 0);
  const at = (values: Float64Array, label: number): number => values[label];
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
      rows,
    );
  return {
    accuracy: ratio(
      counts.hits.reduce((sum, hits) => sum + hits, 0),
      rows,
    ),
    f1: macro(f1),
    f1Weighted: weighted(f1),
    precision: macro(precision),
    precisionWeighted: weighted(precision),
    recall: macro(recall),
    recallWeighted: weighted(recall),
  };
}
