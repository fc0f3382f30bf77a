/** Returns the first and the last place of each value, from 1, in a list sorted from the highest down. */
function places(values: readonly number[]): ReadonlyMap<number, { first: number; last: number }> {
  const found = new Map<number, { first: number; last: number }>();
  for (const [i, value] of [...values].sort((a, b) => b - a).entries()) {
    found.set(value, { first: found.get(value)?.first ?? i + 1, last: i + 1 });
  }
  return found;
}

/**
 * Computes the points that rows earn by mteb's rule: on each task that it has, the number of rows less its place among
 * those that have the task, where ties share the mean place; on a task that it lacks nothing.
 *
 * @param scores `[rows][tasks]`, null where a row lacks a task.
 * @param rows Number of rows that a place is taken from. Default: all.
 * @returns `[rows][tasks]`, multiples of ½.
 */
export function bordaPoints(scores: readonly (readonly (number | null)[])[], rows = scores.length): number[][] {
  const tasks = (scores[0] ?? []).map((_, task) => places(scores.flatMap((row) => row[task] ?? [])));
  return scores.map((row) =>
    row.map((score, task) => {
      const place = score === null ? undefined : tasks[task]?.get(score);
      return place === undefined ? 0 : rows - (place.first + place.last) / 2;
    }),
  );
}

/**
 * Computes Borda ranks, 1 being best, as mteb 2.26.24 does (`_borda_rank_from_long` of `benchmarks/_create_table.py`):
 * equal sums of points share a rank, and the ranks behind them stay free.
 *
 * @param scores As `bordaPoints` takes them, and `rows`.
 * @returns One rank per row.
 */
export function bordaRanks(scores: readonly (readonly (number | null)[])[], rows = scores.length): number[] {
  const points = bordaPoints(scores, rows).map((own) => own.reduce((sum, one) => sum + one, 0));
  const ranks = places(points);
  return points.map((own) => ranks.get(own)?.first ?? 0);
}
