import { hasNaN } from "./lists.ts";

/** Measures of scores that tell two classes apart by the best threshold; each 0 … 1, higher is better. */
export interface ThresholdMeasures {
  /** Share of rows on the right side of the threshold that has most of them there. */
  readonly accuracy: number;
  /** F1 at the threshold with the highest one. */
  readonly f1: number;
  /** Precision at the threshold of `f1`. */
  readonly precision: number;
  /** Recall at the threshold of `f1`. */
  readonly recall: number;
  /** Average precision. */
  readonly ap: number;
}

/** Numbers of all and of positive rows that score at least as much as each distinct score, from the highest down. */
export interface Cuts {
  readonly rows: Int32Array;
  readonly positives: Int32Array;
}

/** Sorts the scores of one class, ascending; a typed array sorts without callbacks, which is several times faster. */
function sortedScores(positive: ArrayLike<number>, scores: ArrayLike<number>, wanted: boolean): Float64Array {
  const chosen = new Float64Array(scores.length);
  let count = 0;
  for (let i = 0; i < scores.length; i++) {
    if ((positive[i] !== 0) === wanted) chosen[count++] = scores[i];
  }
  return chosen.subarray(0, count).sort();
}

function cutsOf(positive: ArrayLike<number>, scores: ArrayLike<number>): Cuts {
  const hits = sortedScores(positive, scores, true);
  const misses = sortedScores(positive, scores, false);
  const rows = new Int32Array(scores.length);
  const positives = new Int32Array(scores.length);
  let count = 0;
  let hit = hits.length - 1;
  let miss = misses.length - 1;
  while (hit >= 0 || miss >= 0) {
    const bestHit = hit >= 0 ? hits[hit] : -Infinity;
    const bestMiss = miss >= 0 ? misses[miss] : -Infinity;
    const score = bestHit > bestMiss ? bestHit : bestMiss;
    while (hit >= 0 && hits[hit] === score) hit--;
    while (miss >= 0 && misses[miss] === score) miss--;
    positives[count] = hits.length - (hit + 1);
    rows[count++] = scores.length - (hit + 1) - (miss + 1);
  }
  return { rows: rows.subarray(0, count), positives: positives.subarray(0, count) };
}

export function averagePrecisionOf({ rows, positives }: Cuts): number {
  const relevant = positives.at(-1) ?? 0;
  let sum = 0;
  let before = 0;
  for (let i = 0; i < positives.length; i++) {
    const found = positives[i];
    if (found > before) sum += ((found - before) / relevant) * (found / rows[i]);
    before = found;
  }
  return sum;
}

/**
 * Computes average precision: over the distinct scores from the highest down, the precision of all rows that score at
 * least as much, times the recall gained. Rows of equal score enter together. `positive[i]` says whether row i is
 * relevant (non-zero); lists of one length. 0 … 1, higher is better; 0 without a relevant row, NaN where a score is
 * NaN. Source: scikit-learn 1.9 `average_precision_score`.
 */
export function averagePrecision(positive: ArrayLike<number>, scores: ArrayLike<number>): number {
  if (positive.length !== scores.length) {
    throw new RangeError(`averagePrecision: ${positive.length} labels against ${scores.length} scores`);
  }
  return hasNaN(scores) ? Number.NaN : averagePrecisionOf(cutsOf(positive, scores));
}

/** Returns the share of rows on the right side of the best cut but the last. */
export function bestAccuracy({ rows, positives }: Cuts): number {
  const count = rows.at(-1) ?? 0;
  const negatives = count - (positives.at(-1) ?? 0);
  let best = 0;
  for (let i = 0; i < rows.length - 1; i++) {
    const found = positives[i];
    best = Math.max(best, (found + negatives - (rows[i] - found)) / count);
  }
  return best;
}

/** Returns F1 at the best cut but the last. */
export function bestF1({ rows, positives }: Cuts): Pick<ThresholdMeasures, "f1" | "precision" | "recall"> {
  const relevant = positives.at(-1) ?? 0;
  let best = { f1: 0, precision: 0, recall: 0 };
  for (let i = 0; i < rows.length - 1; i++) {
    const found = positives[i];
    if (found === 0) continue;
    const precision = found / rows[i];
    const recall = found / relevant;
    const f1 = (2 * precision * recall) / (precision + recall);
    if (f1 > best.f1) best = { f1, precision, recall };
  }
  return best;
}

/**
 * Measures the best threshold on the scores: rows above it count as positive. Thresholds lie between two different
 * scores, so that tied rows stay together, and never below the lowest score. Of equal F1 values the one at the higher
 * threshold gives precision and recall. `positive[i]` says whether row i belongs to the class (non-zero); higher scores
 * speak for it, so distances are negated first; lists of one length. Accuracy and F1 are 0 where all scores are tied,
 * F1 and average precision 0 without a positive row, all NaN where a score is NaN. Source: mteb 2.26
 * `AbsTaskPairClassification._compute_metrics_values`.
 */
export function thresholdMeasures(positive: ArrayLike<number>, scores: ArrayLike<number>): ThresholdMeasures {
  if (positive.length !== scores.length) {
    throw new RangeError(`thresholdMeasures: ${positive.length} labels against ${scores.length} scores`);
  }
  if (hasNaN(scores)) {
    return { accuracy: Number.NaN, f1: Number.NaN, precision: Number.NaN, recall: Number.NaN, ap: Number.NaN };
  }
  const cuts = cutsOf(positive, scores);
  return { accuracy: bestAccuracy(cuts), ...bestF1(cuts), ap: averagePrecisionOf(cuts) };
}
