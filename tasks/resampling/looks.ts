/** The shares of all units at which a comparison is looked at before all are scored. */
const shares = [1 / 40, 1 / 20, 1 / 10, 1 / 5, 2 / 5];

/** Fewest units of a subset at a look, where it has as many: intervals of fewer hold less often than they say. */
export const fewestUnits = 50;

/** A planned look at a comparison whose units are still being scored. */
export interface Look {
  /** Most units of each subset that are scored by then, those of `drawUnits`; absent where all are. */
  readonly most?: number;
  /** Share of the whole error that this look may spend; those of all looks add up to 1. */
  readonly spends: number;
}

/** Returns the largest limit at which subsets of these sizes have at most so many units together. */
function limitFor(sizes: readonly number[], room: number): number {
  let [low, high] = [0, Math.max(0, ...sizes)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const units = sizes.reduce((sum, size) => sum + Math.min(size, middle), 0);
    if (units <= room) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Plans the looks at a comparison: at growing shares of all units, the last at all of them. Each subset has at most as many
 * units as any other, as those of a large one tell less than as many of a small one: all subsets count alike in a mean. The
 * k-th look of K may spend k / (1 + … + K) of the error: early looks have few units, and what is told by them is large.
 *
 * The plan follows from the sizes alone, so that nobody can choose it by what was seen.
 *
 * @param sizes Number of units of each subset of all tasks, one or more.
 */
export function planLooks(sizes: readonly number[]): readonly Look[] {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const largest = Math.max(0, ...sizes);
  const wanted = shares.map((share) => Math.max(fewestUnits, limitFor(sizes, share * all)));
  const limits = [...new Set(wanted)].filter((most) => most < largest);
  const count = limits.length + 1;
  const spends = (look: number): number => look / ((count * (count + 1)) / 2);
  return [...limits.map((most, i) => ({ most, spends: spends(i + 1) })), { spends: spends(count) }];
}
