import { legacyNumpyRandom } from "../../datasets/random/numpy.ts";

const seed = 42;

/**
 * The training rows of each experiment: in a shuffled order, each label's first `perLabel` rows, or all where there are
 * fewer. Every experiment shuffles the order that the one before left, always with the same seed. One list of row
 * numbers per experiment, in the order drawn. Source: mteb 2.26 `AbsTaskClassification._undersample_data`.
 */
export function undersample(labels: ArrayLike<unknown>, perLabel: number, experiments: number): Int32Array[] {
  let order: ArrayLike<number> = Int32Array.from({ length: labels.length }, (_, row) => row);
  return Array.from({ length: experiments }, () => {
    order = legacyNumpyRandom(seed).shuffle(order);
    const taken = new Map<unknown, number>();
    return Int32Array.from(order).filter((row) => {
      const count = taken.get(labels[row]) ?? 0;
      taken.set(labels[row], count + 1);
      return count < perLabel;
    });
  });
}
