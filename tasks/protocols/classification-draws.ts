import { legacyNumpyRandom } from "../../datasets/random/numpy.ts";

const seed = 42;

/** An experiment: rows to learn from, in the order drawn, and rows that are scored; all test rows where it names none. */
export interface Experiment {
  readonly train: Int32Array;
  readonly test?: Int32Array;
}

/**
 * Makes what puts an order of so many rows into that of the next experiment. The generator starts anew for each, so that
 * all are shuffled in the same way.
 */
function reordering(rows: number): (order: Int32Array) => Int32Array {
  const places = legacyNumpyRandom(seed).permutation(rows);
  return (order) => places.map((place) => order[place]);
}

/** Takes, in that order, each label's first `perLabel` rows, or all where there are fewer. */
function firstPerLabel(order: Int32Array, labelOf: (row: number) => unknown, perLabel: number): Int32Array {
  const taken = new Map<unknown, number>();
  return order.filter((row) => {
    const count = taken.get(labelOf(row)) ?? 0;
    taken.set(labelOf(row), count + 1);
    return count < perLabel;
  });
}

const range = (size: number): Int32Array => Int32Array.from({ length: size }, (_, row) => row);

/**
 * Draws the training rows of each experiment: in a shuffled order, each label's first `perLabel` rows, or all where there
 * are fewer. Every experiment shuffles the order that the one before left, always with the same seed. Returns one list of
 * row numbers per experiment, in the order drawn. Source: mteb 2.26 `AbsTaskClassification._undersample_data`.
 */
export function undersample(labels: ArrayLike<unknown>, perLabel: number, experiments: number): Int32Array[] {
  const reordered = reordering(labels.length);
  let order = range(labels.length);
  return Array.from({ length: experiments }, () => {
    order = reordered(order);
    return firstPerLabel(order, (row) => labels[row], perLabel);
  });
}

/**
 * Divides rows into folds, each of which is scored by what is learnt from rows of the others, drawn as `undersample` draws
 * them: the order that it shuffles goes on from fold to fold, and has as many places as the first fold leaves rows. Source:
 * mteb 2.26 `AbsTaskClassification._evaluate_subset_cross_validation`, scikit-learn 1.9 `KFold`.
 */
export function crossValidation(labels: ArrayLike<unknown>, perLabel: number, folds: number): Required<Experiment>[] {
  const rows = labels.length;
  const shuffled = reordering(rows)(range(rows));
  // The first folds are longer by a row where the rows do not divide.
  const startOf = (fold: number): number => fold * Math.floor(rows / folds) + Math.min(fold, rows % folds);
  const learnt = rows - startOf(1);
  const reordered = reordering(learnt);
  let order = range(learnt);
  return Array.from({ length: folds }, (_, fold) => {
    const test = shuffled.slice(startOf(fold), startOf(fold + 1)).sort();
    const tested = new Set(test);
    const others = range(rows).filter((row) => !tested.has(row));
    order = reordered(order);
    const drawn = firstPerLabel(order, (place) => labels[others[place]], perLabel);
    return { train: drawn.map((place) => others[place]), test };
  });
}
