/** Leaves out what is not there. */
const present = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/**
 * Returns how much text a task holds by split, as `StoredSize` of tasks/catalog/stored.ts, from the descriptive statistics
 * that the facts repeat; undefined where they have none of its splits.
 */
export function sizeOf({ splits, statistics }) {
  const known = splits.filter((split) => statistics?.[split]?.num_samples > 0);
  if (known.length < splits.length) return undefined;
  return Object.fromEntries(
    splits.map((split) => {
      const { num_samples, number_of_characters, unique_labels, subsets } = statistics[split];
      const counts = subsets === undefined || Object.keys(subsets).length < 2 ? undefined : subsets;
      return [
        split,
        present({ rows: num_samples, characters: number_of_characters, labels: unique_labels, subsets: counts }),
      ];
    }),
  );
}
