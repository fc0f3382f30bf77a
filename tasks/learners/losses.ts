import { toExponentials } from "./exponential.ts";

const { fround } = Math;

/**
 * Turns the scores of a block of rows into their errors, divided by the number of all rows, and writes the rows' losses.
 * `scores` is [outputs, block's rows]; `intercepts` [outputs] are added first; `labels` and `losses` are the block's.
 */
type BlockLoss = (
  scores: Float32Array,
  intercepts: Float32Array,
  labels: Int32Array,
  losses: Float32Array,
  rows: number,
) => void;

/**
 * Loss −log softmax of the true class, error softmax − truth; float32 as in scikit-learn. Each pass goes along the
 * scores as they lie in memory; a row's sum is taken in the order of its classes.
 */
export const softmaxLoss: BlockLoss = (scores, intercepts, labels, losses, rows) => {
  const count = labels.length;
  const largest = new Float32Array(count).fill(-Infinity);
  for (let start = 0, k = 0; k < intercepts.length; k++, start += count) {
    const intercept = intercepts[k];
    for (let row = 0; row < count; row++) {
      const score = fround(scores[start + row] + intercept);
      scores[start + row] = score;
      if (score > largest[row]) largest[row] = score;
    }
  }
  const truths = Float32Array.from(labels, (label, row) => scores[label * count + row]);
  const rounded = Float32Array.from(toExponentials(scores, largest));
  const own = Float32Array.from(labels, (label, row) => fround(scores[label * count + row] / rounded[row]) - 1);
  for (let start = 0; start < scores.length; start += count) {
    for (let row = 0; row < count; row++) {
      scores[start + row] = fround(scores[start + row] / rounded[row]) / rows;
    }
  }
  for (let row = 0; row < count; row++) {
    scores[labels[row] * count + row] = own[row] / rows;
    losses[row] = fround(Math.log(rounded[row]) + largest[row]) - truths[row];
  }
};

/** Loss −log sigmoid of the true side, error sigmoid − truth. Branches prevent overflow. */
export const sigmoidLoss: BlockLoss = (scores, [intercept], labels, losses, rows) => {
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row];
    const score = fround(scores[row] + intercept);
    const power = Math.exp(score <= -2 ? score : -score);
    let error: number;
    if (score <= -37) error = power - label;
    else if (score <= -2) error = ((1 - label) * power - label) / (1 + power);
    else error = (1 - label - label * power) / (1 + power);
    scores[row] = fround(error) / rows;
    const logarithm = score <= -37 || score > 18 ? power : Math.log1p(power);
    losses[row] = logarithm + (score <= -2 ? -label : 1 - label) * score;
  }
};
